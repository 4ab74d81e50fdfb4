"""GRPO, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:batch]
def batch_advantages(rewards):
    """WRONG: one mean for all prompts praises any answer to an easy one."""
    return (rewards - rewards.mean()) / (rewards.std() + 1e-4)  # right: axis=1
# --8<-- [end:batch]


# --8<-- [start:eps]
def unguarded_advantages(rewards):
    """WRONG: a group with equal rewards is 0 / 0, and nan reaches every weight."""
    centered = rewards - rewards.mean(axis=1, keepdims=True)
    return centered / rewards.std(axis=1, keepdims=True)  # right: + eps
# --8<-- [end:eps]


# --8<-- [start:ratio]
def sequence_ratio(logprobs, old_logprobs, mask):
    """WRONG: one ratio per answer; 500 tokens make 0.1 % each into 65 %."""
    return np.exp(((logprobs - old_logprobs) * mask).sum(axis=1))  # per token!
# --8<-- [end:ratio]
