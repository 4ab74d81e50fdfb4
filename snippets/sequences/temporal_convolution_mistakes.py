"""A temporal convolution, wrong in three ways. The tests show how each one fails."""

# --8<-- [start:cut]
def cut_on_the_wrong_side(padded_output, steps):
    """WRONG after padding both sides: keeps the end, which saw the future."""
    return padded_output[..., -steps:]  # right: [..., :steps]
# --8<-- [end:cut]


# --8<-- [start:buffer]
def buffer_sizes(kernel_size, dilations):
    """WRONG: one shared history; each layer needs the past of its own inputs."""
    return [(kernel_size - 1) * sum(dilations)]  # right: one (K - 1) * d per layer
# --8<-- [end:buffer]


# --8<-- [start:normalize]
def normalize(x):
    """WRONG in a causal network: the statistics are over time, future included."""
    # right: over channels, for each step
    mean, std = x.mean(axis=2, keepdims=True), x.std(axis=2, keepdims=True)
    return (x - mean) / (std + 1e-5)
# --8<-- [end:normalize]
