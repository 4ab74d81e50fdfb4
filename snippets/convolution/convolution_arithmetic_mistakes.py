"""Three wrong sums about a stack of convolutions. All of it is wrong on purpose."""


# --8<-- [start:jump]
def field_without_jump(layers: list[tuple[int, int, int, int]]) -> int:
    """Wrong after a stride: one step there is several pixels of the input."""
    return 1 + sum(dilation * (kernel - 1) for kernel, _, _, dilation in layers)
# --8<-- [end:jump]


# --8<-- [start:order]
def field_with_own_stride(layers: list[tuple[int, int, int, int]]) -> int:
    """Wrong: counts a layer's stride before its own kernel."""
    field, jump = 1, 1
    for kernel, stride, _, dilation in layers:
        jump *= stride
        field += dilation * (kernel - 1) * jump
    return field
# --8<-- [end:order]


# --8<-- [start:input]
def multiply_adds_at_input(
    in_channels: int, channels: int, kernel: int, in_size: int
) -> int:
    """Wrong with a stride: multiplications happen once per output position."""
    return in_channels * channels * kernel * kernel * in_size * in_size
# --8<-- [end:input]
