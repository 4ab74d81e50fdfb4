"""What the one-dimensional losses promise. Runs wherever the snippet runs."""

import numpy as np

from snippets.generative.cyclegan import (
    candidates,
    count_maps,
    cycle_loss,
    distribution_gap,
    identity_loss,
)

GRID = (np.arange(2000) + 0.5) / 2000


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_cycle_loss_goes_there_and_back_and_compares_with_the_start():
    x = np.array([1.0, 2.0, 6.0])
    # there doubles, back adds one: 3, 5, 13 against 1, 2, 6, so (2 + 3 + 7) / 3 = 4
    got = cycle_loss(x, lambda v: 2 * v, lambda v: v + 1)
    assert got == 4.0, f"back(there(x)) against x gives 4, got {got}"


def test_cycle_loss_does_not_let_errors_cancel():
    x = np.array([-1.0, 1.0])
    assert cycle_loss(x, lambda v: v, lambda v: 0 * v) == 1.0


def test_identity_loss_feeds_the_target_domain():
    assert identity_loss(np.array([[1.0, 3.0], [5.0, 7.0]]), lambda v: v + np.float64(0.5)) == 0.5
    assert identity_loss(np.array([-2.0, 3.0]), np.abs) == 2.0


def test_distribution_gap_ignores_the_order_and_sees_a_shift():
    a = np.array([0.3, 0.1, 0.9])
    assert distribution_gap(a, a[::-1]) == 0.0
    np.testing.assert_allclose(distribution_gap(a, a + 0.25), 0.25)
    np.testing.assert_allclose(distribution_gap(np.array([0.0, 1.0]), np.array([0.5, 0.5])), 0.5)


def test_three_different_maps_have_no_loss_at_all():
    for name in ("keep", "reverse", "swap halves"):
        there, back = candidates()[name]
        assert distribution_gap(there(GRID), GRID) < 1e-9, name
        assert cycle_loss(GRID, there, back) < 1e-9, name
        assert cycle_loss(GRID, back, there) < 1e-9, name
    outputs = [candidates()[name][0](np.array([0.1]))[0] for name in ("keep", "reverse", "swap halves")]
    np.testing.assert_allclose(outputs, [0.1, 0.9, 0.6])


def test_the_fold_matches_the_distribution_but_cannot_be_undone():
    fold, back = candidates()["fold"]
    assert distribution_gap(fold(GRID), GRID) < 1e-3
    np.testing.assert_allclose(cycle_loss(GRID, fold, back), 0.25, atol=1e-3)
    # no way back is better: inputs (1 - y) / 2 and (1 + y) / 2 are y apart, so y / 2 is lost on average
    for other in (lambda v: 0.5 + 0 * v, lambda v: v, lambda v: (1 - v) / 2, lambda v: 0.3 + 0.5 * v):
        assert cycle_loss(GRID, fold, other) >= 0.25 - 1e-3


def test_identity_loss_prefers_to_keep():
    names = ("keep", "reverse", "swap halves", "fold")
    losses = [identity_loss(GRID, candidates()[name][0]) for name in names]
    np.testing.assert_allclose(losses, [0.0, 0.5, 0.5, 1 / 3], atol=1e-3)


def test_counts_by_hand():
    # n^n maps, n! of them bijections; every bijection has an inverse
    assert [count_maps(n) for n in (1, 2, 3, 4)] == [(1, 1, 1), (4, 2, 2), (27, 6, 6), (256, 24, 24)]


def test_bad_input_is_named():
    assert "x must" in raises(cycle_loss, np.zeros(0), np.abs, np.abs)
    assert "(2,)" in raises(distribution_gap, np.zeros(2), np.zeros(3))
    assert "n must be positive, got 0" in raises(count_maps, 0)
