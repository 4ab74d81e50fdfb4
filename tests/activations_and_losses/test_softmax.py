"""What softmax promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.activations_and_losses.softmax import log_softmax, softmax, softmax_backward


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_worked_numbers():
    # e^2, e^1, e^0 over their sum 11.1073.
    np.testing.assert_allclose(softmax(np.array([2.0, 1.0, 0.0])), [0.66524, 0.24473, 0.09003], atol=5e-6)
    np.testing.assert_allclose(log_softmax(np.array([2.0, 1.0, 0.0])),
                               [-0.40761, -1.40761, -2.40761], atol=5e-6)
    np.testing.assert_allclose(softmax(np.array([2.0, 1.0, 4.0])), [0.11420, 0.04201, 0.84379], atol=5e-6)


def test_rows_are_distributions_over_the_last_axis():
    logits = np.random.default_rng(0).standard_normal((2, 3, 5)) * 3
    probs = softmax(logits)
    assert probs.shape == (2, 3, 5)
    assert (probs > 0).all() and (probs < 1).all()
    np.testing.assert_allclose(probs.sum(axis=-1), np.ones((2, 3)), rtol=1e-12)


def test_only_differences_of_logits_count():
    logits = np.random.default_rng(1).standard_normal((3, 5))
    shift = np.array([[1.0], [-7.0], [50.0]])
    np.testing.assert_allclose(softmax(logits + shift), softmax(logits), rtol=1e-12)


def test_two_classes_are_the_sigmoid_of_the_difference():
    a, b = np.random.default_rng(2).standard_normal((2, 7)) * 4
    np.testing.assert_allclose(softmax(np.stack([a, b], axis=-1))[:, 0], 1 / (1 + np.exp(b - a)), rtol=1e-12)


def test_the_odds_of_two_classes_ignore_the_others():
    few = softmax(np.array([2.0, 1.0]))
    many = softmax(np.array([2.0, 1.0, 5.0, -3.0]))
    np.testing.assert_allclose([few[0] / few[1], many[0] / many[1]], [np.e, np.e], rtol=1e-12)


def test_huge_logits_do_not_overflow():
    np.testing.assert_allclose(softmax(np.array([1000.0, 1001.0])), softmax(np.array([0.0, 1.0])), rtol=1e-12)
    np.testing.assert_array_equal(log_softmax(np.array([1000.0, 0.0])), [0.0, -1000.0])
    half = softmax(np.array([60000.0, 60000.0], dtype=np.float16))
    np.testing.assert_array_equal(half, [0.5, 0.5])


def test_temperature_limits_are_argmax_and_uniform():
    logits = np.array([2.0, 1.0, 0.0])
    np.testing.assert_allclose(softmax(logits, 0.01), [1.0, 0.0, 0.0], atol=1e-40)
    np.testing.assert_allclose(softmax(logits, 1e6), np.full(3, 1 / 3), atol=1e-6)
    np.testing.assert_allclose(softmax(logits, 0.5), softmax(2 * logits), rtol=1e-12)
    # A tie stays a tie, however cold.
    np.testing.assert_allclose(softmax(np.array([3.0, 3.0, 0.0]), 0.01), [0.5, 0.5, 0.0], atol=1e-12)


def test_a_higher_temperature_has_a_higher_entropy_and_the_same_winner():
    logits = np.random.default_rng(3).standard_normal(7)
    entropies = []
    for temperature in (0.1, 0.3, 1.0, 3.0, 10.0):
        probs = softmax(logits, temperature)
        assert probs.argmax() == logits.argmax()
        entropies.append(-(probs * np.log(probs)).sum())
    assert all(np.diff(entropies) > 0)


def test_slope_in_the_inverse_temperature():
    # dp_k / d(1/T) = p_k (z_k - mean of z under p); the entropy falls by var(z) / T.
    logits, step = np.array([2.0, 1.0, 0.0, -1.5]), 1e-6
    for inverse in (0.5, 1.0, 3.0):
        probs = softmax(logits, 1 / inverse)
        above, below = (softmax(logits, 1 / (inverse + s)) for s in (step, -step))
        mean = probs @ logits
        np.testing.assert_allclose((above - below) / (2 * step), probs * (logits - mean), atol=1e-8)
        fall = sum(s * -(p * np.log(p)).sum() for s, p in ((1, above), (-1, below))) / (2 * step)
        np.testing.assert_allclose(fall, -inverse * probs @ (logits - mean) ** 2, atol=1e-7)


def test_masked_classes_get_exactly_zero():
    np.testing.assert_allclose(softmax(np.array([0.0, -np.inf, 0.0])), [0.5, 0.0, 0.5])


def test_one_class_is_certain():
    np.testing.assert_array_equal(softmax(np.array([[3.7], [-2.0]])), [[1.0], [1.0]])


def test_a_transposed_array_gives_the_same():
    logits = np.random.default_rng(6).standard_normal((5, 3)).T
    assert not logits.flags.c_contiguous
    np.testing.assert_array_equal(softmax(logits), softmax(logits.copy()))
    np.testing.assert_allclose(softmax(logits).sum(axis=-1), np.ones(3), rtol=1e-12)


def test_empty_batch_and_types():
    assert softmax(np.zeros((0, 3))).shape == (0, 3)
    assert softmax(np.zeros(3, dtype=np.float32)).dtype == np.float32


def test_backward_is_the_jacobian():
    logits = np.array([2.0, 1.0, 0.0])
    probs, step = softmax(logits), 1e-6
    jacobian = np.stack([softmax_backward(probs, row) for row in np.eye(3)])
    numeric = np.stack([(softmax(logits + step * e) - softmax(logits - step * e)) / (2 * step)
                        for e in np.eye(3)], axis=1)
    np.testing.assert_allclose(jacobian, numeric, atol=1e-9)
    np.testing.assert_allclose(jacobian, [[0.2227, -0.1628, -0.0599], [-0.1628, 0.1848, -0.0220],
                                          [-0.0599, -0.0220, 0.0819]], atol=5e-5)
    assert np.linalg.eigvalsh(jacobian)[0] > -1e-12  # positive semidefinite


def test_backward_of_a_batch_sums_to_zero():
    rng = np.random.default_rng(4)
    probs, grad_probs = softmax(rng.standard_normal((2, 3, 5))), rng.standard_normal((2, 3, 5))
    grad = softmax_backward(probs, grad_probs)
    assert grad.shape == (2, 3, 5)
    np.testing.assert_allclose(grad.sum(axis=-1), np.zeros((2, 3)), atol=1e-12)
    np.testing.assert_allclose(grad[1, 2], (np.diag(probs[1, 2]) - np.outer(probs[1, 2], probs[1, 2]))
                               @ grad_probs[1, 2], rtol=1e-9)


def test_one_pass_gives_the_same_normalizer():
    logits = np.random.default_rng(5).standard_normal(50) * 300
    peak, total = -np.inf, 0.0
    for z in logits:
        new = max(peak, z)
        total = total * np.exp(peak - new) + np.exp(z - new)
        peak = new
    np.testing.assert_allclose(logits - peak - np.log(total), log_softmax(logits), rtol=1e-12, atol=1e-10)


def test_large_logits_saturate_attention():
    # 64 products of unit variance sum to a standard deviation of 8.
    rng = np.random.default_rng(0)
    for scale, largest, trace in ((1.0, 0.25, 0.87), (8.0, 0.85, 0.22)):
        probs = softmax(scale * rng.standard_normal((10_000, 16)))
        np.testing.assert_allclose(probs.max(axis=1).mean(), largest, atol=0.005)
        np.testing.assert_allclose((probs * (1 - probs)).sum(axis=1).mean(), trace, atol=0.005)


def test_bad_input_is_named():
    assert "temperature" in raises(softmax, np.zeros(2), 0.0)
    assert "temperature" in raises(log_softmax, np.zeros(2), -1.0)
    for number in (np.inf, np.nan):  # -inf / inf would be NaN for a masked class
        assert "temperature" in raises(softmax, np.array([0.0, -np.inf]), number)
    assert "logits" in raises(softmax, np.full((2, 3), -np.inf))
    assert "logits" in raises(softmax, np.array([0.0, np.nan]))
    assert "logits" in raises(softmax, np.array([0.0, np.inf]))
