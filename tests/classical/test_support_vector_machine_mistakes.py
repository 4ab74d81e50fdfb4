"""The wrong code fails, and the right code beside it does not."""

import numpy as np

from snippets.classical.support_vector_machine import decision, objective, smo
from snippets.classical.support_vector_machine_mistakes import (
    dual_one_at_a_time,
    objective_without_margin,
)

LINE = np.array([[10.0], [12.0], [13.0]])
LABELS = np.array([-1, 1, 1])


def test_without_the_margin_zero_is_the_minimum():
    assert objective_without_margin(np.zeros(1), 0.0, LINE, LABELS, 5.0) == 0.0
    assert objective_without_margin(np.array([1e-9]), -11e-9, LINE, LABELS, 5.0) < 1e-17
    # The hinge loss charges C for each point there, and less at the separating line.
    assert objective(np.zeros(1), 0.0, LINE, LABELS, 5.0)[0] == 15.0
    assert objective(np.ones(1), -11.0, LINE, LABELS, 5.0)[0] == 0.5


def test_targets_of_zero_and_one_leave_a_class_without_a_say():
    zero_one = np.array([0, 1, 1])
    loss, grad, _ = objective(np.zeros(1), 0.0, LINE, zero_one, 5.0)
    assert loss == 15.0 and grad[0] == -5.0 * (12 + 13)  # the point at 10 pulls nowhere


def test_one_multiplier_at_a_time_solves_another_problem():
    kernel = LINE @ LINE.T
    alpha = dual_one_at_a_time(kernel, LABELS, 100.0, sweeps=2000)
    assert abs(alpha @ LABELS) > 0.1  # the right multipliers are balanced
    right, bias = smo(kernel, LABELS, 100.0)
    assert abs(right @ LABELS) < 1e-12
    np.testing.assert_array_equal(np.sign(decision(kernel, right, LABELS, bias)), LABELS)
    scores = decision(kernel, alpha, LABELS, 0.0)
    # No line through the origin separates points on one side of it.
    assert np.any(np.sign(scores) != LABELS)
    # Even the best bias leaves the margin violated: the weight is not the one that it is for.
    weight = (alpha * LABELS) @ LINE[:, 0]
    assert abs(weight - 1.0) > 0.5


def test_a_bias_that_counts_in_the_norm_is_another_line():
    x, targets = np.array([[10.0, 0.0], [12.0, 1.0]]), np.array([-1, 1])
    alpha, bias = smo(x @ x.T, targets, 1e6)
    np.testing.assert_allclose([*(alpha * targets) @ x, bias], [0.8, 0.4, -9.0])
    # A constant feature 1 puts b into the norm, and without Σ α y = 0 one at a time is right.
    alpha = dual_one_at_a_time(x @ x.T + 1, targets, 1e6, sweeps=5000)
    np.testing.assert_allclose((alpha * targets) @ x, [-0.06, 2.11], atol=0.005)
