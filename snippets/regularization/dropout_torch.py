"""Monte Carlo dropout: leave dropout on at inference, and nothing else.

Gal and Ghahramani, *Dropout as a Bayesian Approximation*,
https://arxiv.org/abs/1506.02142.
"""

import torch
from torch import nn

# --8<-- [start:mc]
DROPOUT = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d,
           nn.AlphaDropout, nn.FeatureAlphaDropout)


@torch.no_grad()
def mc_dropout(
    model: nn.Module, x: torch.Tensor, samples: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of the probabilities over sub-networks.

    Dropout inside ``nn.LSTM`` or ``nn.MultiheadAttention`` is not a module
    of its own and stays off.

    Args:
        model: Returns logits (N, K). Comes back in the modes it had.
        x: A batch, (N, ...).
        samples: Number of forward passes, at least 2.

    Raises:
        ValueError: If ``samples`` is below 2 or ``model`` has no dropout
            layer: either way there is no spread.
    """
    if samples < 2:
        raise ValueError(f"samples must be at least 2, got {samples}")
    dropouts = [m for m in model.modules() if isinstance(m, DROPOUT)]
    if not dropouts:
        raise ValueError(f"model has no dropout layer: {model}")
    modes = {module: module.training for module in model.modules()}
    model.eval()  # batch norm keeps its running statistics
    for module in dropouts:
        module.train()
    try:
        # (samples, N, K)
        probs = torch.stack([model(x).softmax(-1) for _ in range(samples)])
    finally:
        for module, training in modes.items():
            module.training = training
    return probs.mean(0), probs.std(0)
# --8<-- [end:mc]


if __name__ == "__main__":
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 3)).eval()
    mean, spread = mc_dropout(model, torch.tensor([[1.0, -1.0], [8.0, -8.0]]), 1000)
    print(mean.numpy().round(2), spread.numpy().round(2), sep="\n")
