"""What dropout promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import itertools

import numpy as np

from snippets.regularization.dropout import (
    arithmetic_mean,
    classic_dropout,
    dropout_backward,
    dropout_forward,
    normalized_geometric_mean,
    softmax,
    subnetworks,
)

RATES = (0.1, 0.25, 0.5, 0.75, 0.9)
SIGMAS = 5  # a correct implementation exceeds 5 standard deviations once in 1.7 million draws


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def problem() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x = np.array([1.0, 2.0, -1.0, 0.5])
    weight = np.array([[1.0, -0.5, 0.3, 2.0], [-1.0, 0.8, 0.2, 0.1], [0.2, 0.1, -1.0, -0.4]])
    return x, weight, np.array([0.1, -0.2, 0.0])


def test_kept_units_are_doubled_at_50_and_quadrupled_at_75_percent():
    x = np.random.default_rng(0).uniform(1, 2, (7, 5))
    for p, factor in ((0.5, 2.0), (0.75, 4.0)):
        out, mask = dropout_forward(x, p, np.random.default_rng(1))
        kept = out != 0
        assert 0 < kept.sum() < kept.size
        np.testing.assert_allclose(out[kept], factor * x[kept], err_msg=f"kept units at p = {p}")
        np.testing.assert_array_equal(mask, np.where(kept, factor, 0.0))


def test_inference_changes_nothing():
    x = np.random.default_rng(0).standard_normal((2, 3))
    for p in (0.0, 0.5, 1.0):
        out, mask = dropout_forward(x, p, np.random.default_rng(1), training=False)
        np.testing.assert_array_equal(out, x)
        np.testing.assert_array_equal(mask, np.ones((2, 3)))


def test_p_0_keeps_everything_and_p_1_nothing():
    x = np.random.default_rng(0).standard_normal((2, 3))
    out, mask = dropout_forward(x, 0.0, np.random.default_rng(1))
    np.testing.assert_array_equal(out, x)
    np.testing.assert_array_equal(mask, np.ones((2, 3)))
    out, mask = dropout_forward(x, 1.0, np.random.default_rng(1))
    np.testing.assert_array_equal(out, np.zeros((2, 3)))
    np.testing.assert_array_equal(dropout_backward(x, mask), np.zeros((2, 3)))


def test_a_draw_of_exactly_p_is_kept():
    class Constant:
        def __init__(self, value: float):
            self.value = value

        def random(self, shape: tuple[int, ...]) -> np.ndarray:
            return np.full(shape, self.value)

    for p in (0.0, 0.5):
        out, _ = dropout_forward(np.ones((2, 3)), p, Constant(p))
        np.testing.assert_array_equal(out, np.full((2, 3), 1 / (1 - p)), err_msg=f"p = {p}")
        np.testing.assert_array_equal(classic_dropout(np.ones((2, 3)), p, Constant(p)), np.ones((2, 3)))


def test_classic_dropout_drops_nothing_at_p_0_and_everything_at_p_1():
    x = np.random.default_rng(0).standard_normal((2, 3))
    for p, expected in ((0.0, x), (1.0, 0 * x)):
        for training in (True, False):
            out = classic_dropout(x, p, np.random.default_rng(1), training)
            np.testing.assert_array_equal(out, expected)


def test_number_of_kept_units_is_binomial():
    n = 100_000
    for p in RATES:
        _, mask = dropout_forward(np.ones(n), p, np.random.default_rng(2))
        bound = SIGMAS * np.sqrt(n * p * (1 - p))
        assert abs((mask > 0).sum() - n * (1 - p)) < bound, f"kept units at p = {p}"


def test_mean_is_kept_and_variance_is_p_over_1_minus_p():
    n = 100_000
    for p in RATES:
        out, _ = dropout_forward(np.full(n, 3.0), p, np.random.default_rng(3))
        variance = 9 * p / (1 - p)
        assert abs(out.mean() - 3) < SIGMAS * np.sqrt(variance / n), f"mean at p = {p}"
        # out is 0 or 3 / (1 - p), so its variance follows from the number of kept units
        kept = (out > 0).mean()
        np.testing.assert_allclose(out.var(), 9 * kept * (1 - kept) / (1 - p) ** 2, rtol=1e-9)
        assert abs(kept - (1 - p)) < SIGMAS * np.sqrt(p * (1 - p) / n)


def test_units_and_examples_are_dropped_independently():
    # Two neighbors are both kept with probability (1 - p)^2, along either axis.
    n, p = 300, 0.25
    _, mask = dropout_forward(np.ones((n, n + 1)), p, np.random.default_rng(4))
    kept, both = mask > 0, (1 - p) ** 2
    for pairs in (kept[:, 0::2][:, : n // 2] & kept[:, 1::2], kept[0::2] & kept[1::2]):
        bound = SIGMAS * np.sqrt(both * (1 - both) / pairs.size)
        assert abs(pairs.mean() - both) < bound


def test_every_call_draws_a_new_mask_and_a_seed_repeats_it():
    rng = np.random.default_rng(5)
    first, second = (dropout_forward(np.ones(64), 0.5, rng)[1] for _ in range(2))
    assert (first != second).any()
    again = dropout_forward(np.ones(64), 0.5, np.random.default_rng(5))[1]
    np.testing.assert_array_equal(again, first)


def test_backward_is_the_derivative_of_forward():
    x = np.random.default_rng(6).standard_normal((2, 3))
    grad_out = np.random.default_rng(7).standard_normal((2, 3))

    def loss(value: np.ndarray) -> float:  # the same seed draws the same mask
        return float((dropout_forward(value, 0.75, np.random.default_rng(8))[0] * grad_out).sum())

    numeric = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[index] = 1e-6
        numeric[index] = (loss(x + step) - loss(x - step)) / 2e-6
    _, mask = dropout_forward(x, 0.75, np.random.default_rng(8))
    assert (mask == 0).any() and (mask > 0).any()
    np.testing.assert_allclose(dropout_backward(grad_out, mask), numeric, atol=1e-8)


def test_classic_and_inverted_differ_by_a_factor_that_is_the_same_in_both_modes():
    x = np.random.default_rng(9).standard_normal((5, 7))
    for p, factor in ((0.5, 0.5), (0.75, 0.25)):
        for training in (True, False):
            inverted, _ = dropout_forward(x, p, np.random.default_rng(10), training)
            classic = classic_dropout(x, p, np.random.default_rng(10), training)
            np.testing.assert_allclose(classic, factor * inverted)


def test_shape_dtype_and_input_are_kept():
    for dtype in (np.float32, np.float64):
        x = np.ones((2, 3, 5), dtype=dtype)[:, ::-1]
        out, mask = dropout_forward(x, 0.5, np.random.default_rng(0))
        assert out.dtype == mask.dtype == dtype
        assert out.shape == mask.shape == x.shape
        out, mask = dropout_forward(x, 0.5, np.random.default_rng(0), training=False)
        assert out.dtype == mask.dtype == dtype
        assert out.shape == mask.shape == x.shape
        np.testing.assert_array_equal(x, np.ones((2, 3, 5)))
    assert dropout_forward(np.ones((0, 3)), 0.5, np.random.default_rng(0))[0].shape == (0, 3)


def test_chances_of_the_subnetworks():
    x, weight, bias = problem()
    for p in (0.0, 0.3, 0.5):
        probs, chance = subnetworks(x, weight, bias, p)
        assert probs.shape == (16, 3) and chance.shape == (16,)
        np.testing.assert_allclose(chance.sum(), 1.0)
        np.testing.assert_allclose(probs.sum(axis=1), np.ones(16))
        np.testing.assert_allclose(np.sort(chance)[-1], max(p, 1 - p) ** 4)


def test_for_one_softmax_layer_the_whole_network_is_the_geometric_mean():
    x, weight, bias = problem()
    for p in (0.0, 0.3, 0.5, 0.75):
        probs, chance = subnetworks(x, weight, bias, p)
        whole = softmax(weight @ x + bias)
        np.testing.assert_allclose(normalized_geometric_mean(probs, chance), whole)


def test_the_softmax_of_a_row_does_not_depend_on_the_others():
    far = np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])
    np.testing.assert_allclose(softmax(far), 0.5, rtol=1e-12)


def test_but_not_the_arithmetic_mean_and_the_prediction_can_differ():
    x, weight, bias = problem()
    average = arithmetic_mean(*subnetworks(x, weight, bias, 0.5))
    whole = softmax(weight @ x + bias)
    np.testing.assert_allclose(whole, [0.326, 0.188, 0.486], atol=5e-4)
    np.testing.assert_allclose(average, [0.366, 0.278, 0.356], atol=5e-4)
    assert whole.argmax() == 2 and average.argmax() == 0


def test_for_linear_regression_dropout_is_an_l2_penalty():
    # All masks of one example: E (y - w.(x m)/(1-p))^2 = (y - w.x)^2 + p/(1-p) sum w^2 x^2.
    x, weight, _ = problem()
    w, y = weight[0], 0.7
    for p in (0.0, 0.3, 0.5, 0.75):
        expected = 0.0
        for mask in itertools.product([0.0, 1.0], repeat=x.size):
            chance = np.prod([1 - p if kept else p for kept in mask])
            expected += chance * (y - w @ (x * np.array(mask)) / (1 - p)) ** 2
        penalty = p / (1 - p) * (w**2 * x**2).sum()
        np.testing.assert_allclose((y - w @ x) ** 2 + penalty, expected, rtol=1e-12)


def test_one_relu_unit_by_hand():
    # Inputs (1, 1), weights (1, -1), p = 0.5: pre-activations 0, 2, -2, 0 with chance 1/4 each.
    outputs = [max(0.0, 2 * a - 2 * b) for a in (0, 1) for b in (0, 1)]
    assert np.mean(outputs) == 0.5
    assert max(0.0, 1 - 1) == 0.0


def test_bad_input_is_named():
    rng = np.random.default_rng(0)
    for p in (-0.1, 1.5, float("nan")):
        assert "p must" in raises(dropout_forward, np.ones(2), p, rng)
        assert "p must" in raises(classic_dropout, np.ones(2), p, rng)
    x, weight, bias = problem()
    for p in (-0.1, 1.0):
        assert "p must" in raises(subnetworks, x, weight, bias, p)
    assert "int" in raises(dropout_forward, np.ones(2, dtype=np.int32), 0.5, rng)
