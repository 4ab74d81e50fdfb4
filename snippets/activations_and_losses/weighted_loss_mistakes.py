"""Class weights, wrong in three ways that people write.

tests/activations_and_losses/test_weighted_loss_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:after]
def weight_after_the_mean(losses, targets, class_weights):
    """WRONG: one factor for the whole batch; no example gains on another."""
    return losses.mean() * class_weights[targets].mean()
# --8<-- [end:after]


# --8<-- [start:single]
def accumulate_batches_of_one(losses, targets, class_weights):
    """WRONG: each batch of one divides by its only weight: w * loss / w."""
    total = 0.0
    for loss, target in zip(losses, targets, strict=True):
        weight = class_weights[target]
        total += weight * loss / weight
    return total / len(losses)
# --8<-- [end:single]


# --8<-- [start:twice]
def odds_of_a_balanced_sampler_and_weights(odds, ratio):
    """WRONG: each multiplies the odds by the ratio, so together by its square."""
    return odds * ratio * ratio
# --8<-- [end:twice]


if __name__ == "__main__":
    odds = odds_of_a_balanced_sampler_and_weights(0.02 / 0.98, 49.0)
    print(f"sampler and weights: an average example gets {odds / (1 + odds):.3f}")
    losses, targets = np.array([0.2, 0.2, 0.2, 2.0]), np.array([0, 0, 0, 1])
    weights = np.array([1.0, 3.0])
    print("batches of one:", accumulate_batches_of_one(losses, targets, weights),
          "weighted mean:", (weights[targets] * losses).sum() / weights[targets].sum())
