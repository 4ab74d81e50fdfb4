"""The clone as scikit-learn's decision tree, the cost from SciPy's matrix exponential."""

import numpy as np
from scipy.sparse.linalg import expm_multiply
from sklearn.tree import DecisionTreeClassifier

from snippets.reinforcement_learning.behavioral_cloning import (
    EDGE,
    clone,
    drive,
    expected_cost,
    expert_actions,
    random_road,
)


def test_a_full_tree_fits_the_same_labels():
    rng = np.random.default_rng(0)
    probs, shifts = random_road(30, rng)
    expert = expert_actions(shifts)
    offsets, kinds = drive(expert, probs, shifts, 800, rng, noise=0.5)
    inputs = np.stack([offsets, kinds], axis=1)
    tree = DecisionTreeClassifier(random_state=0).fit(inputs, expert[offsets + EDGE, kinds])
    policy = clone(offsets, kinds, expert)
    np.testing.assert_array_equal(tree.predict(inputs), policy[offsets + EDGE, kinds])


def test_the_cost_in_continuous_time_is_the_same_chain():
    # If the steps come as a Poisson process of rate 1, the mean over the number of steps of the
    # chain's probabilities is exp(t (P - 1)).
    rng = np.random.default_rng(1)
    probs, shifts = random_road(8, rng)
    policy = rng.integers(-2, 3, size=(2 * EDGE + 1, 8))
    size = 2 * EDGE + 1
    chain = np.zeros((size, size))
    for row in range(size):
        for kind in range(8):
            chain[row, min(max(row + policy[row, kind] - shifts[kind], 0), size - 1)] += probs[kind]
    start = np.eye(size)[EDGE]
    at_zero = expm_multiply(3.0 * (chain - np.eye(size)).T, start)[EDGE]
    steps = np.diff(np.concatenate([[0.0], expected_cost(policy, probs, shifts, 60)]))
    weights = np.exp(-3.0) * np.cumprod(np.concatenate([[1.0], 3.0 / np.arange(1, 61)]))
    assert abs(weights[1:] @ steps - (1 - at_zero)) < 1e-9
