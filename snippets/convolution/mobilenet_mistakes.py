"""Two ways to get a MobileNet layer wrong. All of it is wrong on purpose."""

from torch import nn


# --8<-- [start:unmixed]
def grouped_only(in_channels: int, channels: int) -> nn.Sequential:
    """Wrong: widens within the depthwise layer and drops the 1x1 convolution."""
    return nn.Sequential(
        nn.Conv2d(in_channels, channels, 3, padding=1,
                  groups=in_channels, bias=False),
        nn.BatchNorm2d(channels), nn.ReLU6())
# --8<-- [end:unmixed]


# --8<-- [start:relu]
def projection_with_relu(hidden: int, channels: int) -> nn.Sequential:
    """Wrong: an activation on the thin end, where no other channel has a copy."""
    return nn.Sequential(nn.Conv2d(hidden, channels, 1, bias=False),
                         nn.BatchNorm2d(channels), nn.ReLU6())
# --8<-- [end:relu]
