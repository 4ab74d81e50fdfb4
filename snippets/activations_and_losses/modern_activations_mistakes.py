"""Modern activations, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:width]
def swiglu_parameters(features):
    """WRONG comparison: a gated block at 4 D has half as many parameters again."""
    hidden = 4 * features  # right: 2 / 3 of this
    return 3 * features * hidden
# --8<-- [end:width]


# --8<-- [start:overflow]
def silu_by_exp(x):
    """WRONG in float16: exp(-x) overflows below -11.1, and warns."""
    return x / (1 + np.exp(-x))  # right: from exp(-|x|), in both branches
# --8<-- [end:overflow]


# --8<-- [start:halves]
def swiglu_fused(x, weight_gate_up, weight_down):
    """WRONG for weights stacked as gate, up: here SiLU goes to the second half."""
    value, gate = np.split(x @ weight_gate_up.T, 2, axis=-1)
    return (gate / (1 + np.exp(-gate)) * value) @ weight_down.T
# --8<-- [end:halves]
