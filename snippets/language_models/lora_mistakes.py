"""LoRA, wrong in three ways. The tests show how each one fails."""

import numpy as np
import torch


# --8<-- [start:zeros]
def init_both_zero(in_features, out_features, r):
    """WRONG: each factor's gradient contains the other, so both stay zero."""
    return np.zeros((r, in_features)), np.zeros((out_features, r))  # right: A drawn
# --8<-- [end:zeros]


# --8<-- [start:random]
def init_both_random(in_features, out_features, r, rng):
    """WRONG: the model is changed before the first step."""
    lora_A = rng.standard_normal((r, in_features)) / np.sqrt(in_features)
    return lora_A, rng.standard_normal((out_features, r))  # right: B zero
# --8<-- [end:random]


# --8<-- [start:swap]
def swap_adapters(weight, updates):
    """WRONG in bfloat16: merge, serve, subtract, next. Rounding stays behind."""
    weight = weight.to(torch.bfloat16)
    for update in updates:
        weight = weight + update.to(torch.bfloat16)
        weight = weight - update.to(torch.bfloat16)
    return weight  # right: keep the base weight and merge into a copy of it
# --8<-- [end:swap]
