"""Forward passes that run without an error and are wrong. The tests show how."""

import numpy as np


def relu(z):
    return np.maximum(0.0, z)


# --8<-- [start:last]
def forward_with_activation_on_the_output(x, weights, biases):
    """WRONG for regression and for logits: no output can be negative."""
    for weight, bias in zip(weights, biases, strict=True):
        x = relu(x @ weight + bias)  # right: not after the last layer
    return x
# --8<-- [end:last]


# --8<-- [start:transposed]
def forward_with_torch_weights(x, torch_weights, biases):
    """WRONG: nn.Linear keeps its weight as (D_out, D_in)."""
    for weight, bias in zip(torch_weights[:-1], biases[:-1], strict=True):
        x = relu(x @ weight + bias)  # right: x @ weight.T
    return x @ torch_weights[-1] + biases[-1]
# --8<-- [end:transposed]
