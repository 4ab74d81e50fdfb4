"""Cross-entropy, wrong in three ways that people write.

tests/activations_and_losses/test_cross_entropy_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:clip]
def clipped_loss(logit, eps=1e-7):
    """WRONG: target 1. Below eps the loss is constant: no gradient, no learning."""
    prob = 1 / (1 + np.exp(-logit))
    return -np.log(np.clip(prob, eps, 1 - eps))
# --8<-- [end:clip]


# --8<-- [start:means]
def mean_of_means(batches):
    """WRONG: a token in a short batch weighs more than one in a long batch."""
    return np.mean([np.mean(losses) for losses in batches])
# --8<-- [end:means]


# --8<-- [start:perplexity]
def mean_perplexity(losses):
    """WRONG: the mean of exponentials is more than the exponential of the mean."""
    return np.mean(np.exp(losses))
# --8<-- [end:perplexity]


# --8<-- [start:swapped]
def swapped(target, prediction):
    """WRONG: H(q, p). The logarithm of a one-hot target is -inf."""
    return -(prediction * np.log(target)).sum()
# --8<-- [end:swapped]


if __name__ == "__main__":
    for logit in (-10.0, -20.0, -30.0):
        slope = (clipped_loss(logit + 1e-4) - clipped_loss(logit - 1e-4)) / 2e-4
        print(f"logit {logit}: clipped loss {clipped_loss(logit):.3f}, gradient {slope:.3f}")
    batches = [[4.0], [0.0, 0.0, 0.0]]
    print(f"mean of means {mean_of_means(batches)}, mean over all tokens "
          f"{np.mean(np.concatenate(batches))}")
    print(f"mean of the perplexities {mean_perplexity(np.array([1.0, 5.0])):.2f}, "
          f"perplexity {np.exp(3.0):.2f}")
