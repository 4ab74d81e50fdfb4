"""What DyT and the curve it imitates promise."""

import numpy as np

from snippets.interviews.explain_a_paper import dyt, dyt_backward, normalized_entry, rms_norm


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def layer(seed: int = 0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 3, 5)), 0.7, rng.normal(size=5), rng.normal(size=5), rng.normal(size=(2, 3, 5))


def test_dyt_is_weight_times_tanh_plus_bias():
    # tanh(ln(3) / 2) = (3 - 1) / (3 + 1) = 0.5
    y = dyt(np.full((1, 2), np.log(3.0)), 0.5, np.array([2.0, -4.0]), np.array([1.0, 10.0]))
    np.testing.assert_allclose(y, [[2.0, 8.0]])


def test_no_entry_leaves_weight_around_bias():
    x, alpha, weight, bias, _ = layer()
    assert np.all(np.abs(dyt(1e6 * x, alpha, weight, bias) - bias) <= np.abs(weight) + 1e-12)


def test_an_entry_of_dyt_does_not_see_its_neighbors_and_one_of_the_norm_does():
    x, alpha, weight, bias, _ = layer()
    moved = x.copy()
    moved[1, 2, 3] += 1.0
    changed = dyt(moved, alpha, weight, bias) != dyt(x, alpha, weight, bias)
    assert changed[1, 2, 3] and changed.sum() == 1, "only the entry that moved may change"
    assert (rms_norm(moved) != rms_norm(x)).sum() == 5, "the norm changes its whole row, and no other"


def test_the_norm_ignores_the_scale_and_dyt_does_not():
    x, alpha, weight, bias, _ = layer()
    np.testing.assert_allclose(rms_norm(100 * x), rms_norm(x), rtol=1e-12)
    assert np.abs(dyt(100 * x, alpha, weight, bias) - dyt(x, alpha, weight, bias)).max() > 0.1
    np.testing.assert_allclose(dyt(100 * x, alpha / 100, weight, bias), dyt(x, alpha, weight, bias))


def test_rms_is_one_after_the_norm():
    y = rms_norm(np.random.default_rng(1).normal(3.0, 7.0, (4, 9)))
    np.testing.assert_allclose(np.mean(y**2, axis=-1), np.ones(4))


def test_gradients_match_central_differences():
    x, alpha, weight, bias, grad = layer()

    def loss(x, alpha, weight, bias):
        return np.sum(grad * dyt(x, alpha, weight, bias))

    got = dyt_backward(x, alpha, weight, grad)
    step = 1e-6
    values = [x, np.array(alpha), weight, bias]
    for k, name in enumerate(["x", "alpha", "weight", "bias"]):
        for index in np.ndindex(values[k].shape):
            up, down = [v.copy() for v in values], [v.copy() for v in values]
            up[k][index] += step
            down[k][index] -= step
            slope = (loss(*up) - loss(*down)) / (2 * step)
            mine = np.asarray(got[k])[index]
            np.testing.assert_allclose(mine, slope, atol=1e-7, err_msg=f"gradient of {name}")


def test_saturated_entries_get_no_gradient():
    one = np.ones(4)
    grad_x = dyt_backward(np.array([[100.0, -200.0, 200.0, 400.0]]), 0.5, one, np.ones((1, 4)))[0]
    assert np.abs(grad_x).max() < 1e-20


def test_the_curve_is_the_norm_seen_from_one_entry():
    rng = np.random.default_rng(2)
    rest = rng.normal(size=6)
    for value in (-50.0, -1.0, 0.0, 0.3, 2.0, 1e6):
        row = np.concatenate([[value], rest])
        np.testing.assert_allclose(
            normalized_entry(np.array(value), float(rest @ rest), 7), rms_norm(row[None])[0, 0], rtol=1e-12
        )


def test_a_row_of_two_entries_and_a_small_rest_are_enough():
    # the row (1.2, 0.5) has the length 1.3
    np.testing.assert_allclose(normalized_entry(np.array(1.2), 0.25, 2), 2**0.5 * 12 / 13)


def test_the_curve_has_slope_and_ceiling_of_a_scaled_tanh_but_is_not_one():
    size, rest = 9, 4.0
    ceiling, scale = 3.0, 2.0  # sqrt(size), sqrt(rest)
    small = 1e-5
    up, down = (normalized_entry(np.array(step), rest, size) for step in (small, -small))
    slope = (up - down) / (2 * small)
    np.testing.assert_allclose(slope, ceiling / scale, rtol=1e-8)
    for far in (1e9, 1e200):
        np.testing.assert_allclose(normalized_entry(np.array(far), rest, size), ceiling)
    scaled = np.linspace(0, 10, 2001)
    gap = np.tanh(scaled) - normalized_entry(scaled * scale, rest, size) / ceiling
    assert gap.min() >= 0, "tanh never lies below the norm's curve for positive values"
    assert 0.0735 < gap.max() < 0.0745


def test_an_empty_batch_passes():
    empty = np.zeros((0, 5))
    assert dyt(empty, 0.5, np.ones(5), np.zeros(5)).shape == (0, 5)
    grad_x, grad_alpha, grad_weight, grad_bias = dyt_backward(empty, 0.5, np.ones(5), empty)
    assert grad_x.shape == (0, 5) and grad_alpha == 0.0
    np.testing.assert_array_equal(grad_weight, np.zeros(5))
    np.testing.assert_array_equal(grad_bias, np.zeros(5))


def test_bad_input_is_named():
    assert "rest" in raises(normalized_entry, np.array(1.0), 0.0, 4)
    assert "size" in raises(normalized_entry, np.array(1.0), 1.0, 1)
