"""Networks that look deeper than they are. The tests show what each one cannot do."""

import numpy as np


# --8<-- [start:no_activation]
def forward_without_activation(x, weights, biases):
    """WRONG: three layers, one linear map. XOR stays out of reach."""
    for weight, bias in zip(weights, biases, strict=True):
        x = x @ weight + bias  # an activation belongs between the layers
    return x
# --8<-- [end:no_activation]


# --8<-- [start:only_at_the_end]
def forward_with_activation_only_at_the_end(x, weights, biases):
    """WRONG: a sigmoid on a linear map is logistic regression, at any depth."""
    for weight, bias in zip(weights, biases, strict=True):
        x = x @ weight + bias
    return 1.0 / (1.0 + np.exp(-x))
# --8<-- [end:only_at_the_end]


# --8<-- [start:doubled]
def forward_with_doubled_relu(x, weight, bias):
    """WRONG: relu(relu(z)) = relu(z). A linear layer is missing in between."""
    return np.maximum(0.0, np.maximum(0.0, x @ weight + bias))
# --8<-- [end:doubled]
