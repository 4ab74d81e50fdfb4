"""What the one-dimensional losses promise. Runs wherever the snippet runs."""

import numpy as np

from snippets.generative.cyclegan import (
    candidates,
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
    np.testing.assert_allclose(back(np.array([0.0, 0.5, 1.0])), [0.5, 0.75, 1.0])
    # no way back is better: inputs (1 - y) / 2 and (1 + y) / 2 are y apart, so y / 2 is lost on average
    for other in (lambda v: 0.5 + 0 * v, lambda v: v, lambda v: (1 - v) / 2, lambda v: 0.3 + 0.5 * v):
        assert cycle_loss(GRID, fold, other) >= 0.25 - 1e-3


def test_identity_loss_prefers_to_keep():
    names = ("keep", "reverse", "swap halves", "fold")
    losses = [identity_loss(GRID, candidates()[name][0]) for name in names]
    np.testing.assert_allclose(losses, [0.0, 0.5, 0.5, 1 / 3], atol=1e-3)


def test_every_map_of_four_images_that_matches_the_distribution_closes_the_cycle():
    maps = np.stack(np.meshgrid(*4 * [np.arange(4, dtype=np.int64)]), axis=-1).reshape(-1, 4)
    matching = [g for g in maps if distribution_gap(g, np.arange(4, dtype=np.int64)) == 0]
    assert (len(maps), len(matching)) == (256, 24)
    x = np.arange(4, dtype=np.int64)
    for g in matching:
        assert cycle_loss(x, lambda i, g=g: g[i], lambda j, g=g: np.argsort(g)[j]) == 0, g


def test_an_ambiguous_pair_of_maps_is_wrong_and_costs_nothing_in_either_cycle():
    # sigma reverses: G' = sigma G and F' = F sigma^-1 for the perfect pair G(x) = x + 2, F(y) = y - 2
    there, back = (lambda x: 2 + (1 - x)), (lambda y: 1 - (y - 2))
    assert cycle_loss(GRID, there, back) < 1e-9
    assert cycle_loss(GRID + 2, back, there) < 1e-9
    assert distribution_gap(there(GRID), GRID + 2) < 1e-9
    assert distribution_gap(back(GRID + 2), GRID) < 1e-9
    np.testing.assert_allclose(np.mean(np.abs(there(GRID) - (GRID + 2))), 0.5)


def test_views_and_float32_give_the_same_loss():
    x = np.arange(12, dtype=np.float32).reshape(3, 4)[:, ::2]
    assert cycle_loss(x, lambda v: 2 * v, lambda v: v - 1) == float(np.mean(np.abs(x - 1), dtype=np.float64))


def test_unsigned_integers_do_not_wrap_around():
    x = np.array([10, 20], np.uint8)
    assert cycle_loss(x, lambda v: v + np.uint8(1), lambda v: v - np.uint8(3)) == 2.0
    assert identity_loss(x, lambda v: v - np.uint8(3)) == 3.0
    assert distribution_gap(x, x + np.uint8(5)) == 5.0


def test_bad_input_is_named():
    assert "x must not be empty, got shape (0,)" in raises(cycle_loss, np.zeros(0), np.abs, np.abs)
    assert "y must not be empty, got shape (0, 2)" in raises(identity_loss, np.zeros((0, 2)), np.abs)
    for a, b in (((2,), (3,)), ((0,), (0,)), ((2, 3), (2, 3))):
        told = f"a and b must be (N,), got {a} and {b}"
        assert raises(distribution_gap, np.zeros(a), np.zeros(b)) == told
