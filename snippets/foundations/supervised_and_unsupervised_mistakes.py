"""Unsupervised and self-supervised learning, wrong in two ways that people write.

tests/foundations/test_supervised_and_unsupervised_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:numbers]
def cluster_accuracy(clusters, targets):
    """WRONG: the number of a cluster is arbitrary, not the name of a class."""
    return float((clusters == targets).mean())
# --8<-- [end:numbers]


# --8<-- [start:visible]
def reconstruction_loss(x, encoder, decoder):
    """WRONG as a pretext task: nothing is hidden, so copying is perfect."""
    return float(((x @ encoder @ decoder - x) ** 2).mean())
# --8<-- [end:visible]


if __name__ == "__main__":
    targets = np.array([0, 0, 1, 1, 2, 2])
    print("same groups, other numbers:", cluster_accuracy((targets + 1) % 3, targets))
    noise = np.random.default_rng(0).standard_normal((100, 6))
    print("copying noise:", reconstruction_loss(noise, np.eye(6), np.eye(6)))
