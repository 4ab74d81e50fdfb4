"""What the sigmoid, its loss and the output families promise. NumPy and plain asserts only."""

import math

import numpy as np

from snippets.activations_and_losses.sigmoid import (
    bce_with_logits,
    mean_and_loss,
    sigmoid,
    sigmoid_slope,
    tanh_from_sigmoid,
)

Z = np.linspace(-30, 30, 241)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_values_and_symmetry():
    np.testing.assert_allclose(sigmoid(np.array([0.0, 1.0, -1.0])),
                               [0.5, 1 / (1 + math.exp(-1)), 1 / (1 + math.e)], rtol=1e-14)
    np.testing.assert_allclose(sigmoid(Z) + sigmoid(-Z), np.ones_like(Z), rtol=1e-14)
    np.testing.assert_allclose(np.log(sigmoid(Z) / sigmoid(-Z)), Z, atol=1e-12)


def test_huge_logits_neither_overflow_nor_turn_nan():
    np.testing.assert_array_equal(sigmoid(np.array([-1e4, 1e4])), [0, 1])
    # Small probabilities keep their relative accuracy, also in float32.
    np.testing.assert_allclose(sigmoid(np.array([-80.0])), [math.exp(-80)], rtol=1e-12)
    single = sigmoid(np.array([-80.0, 3.0], dtype=np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single[0], math.exp(-80), rtol=1e-5)


def test_slope_is_the_derivative_and_a_quarter_at_most():
    numeric = (sigmoid(Z + 1e-5) - sigmoid(Z - 1e-5)) / 2e-5
    np.testing.assert_allclose(sigmoid_slope(Z), numeric, atol=1e-10)
    assert sigmoid_slope(np.zeros(1))[0] == 0.25
    assert (sigmoid_slope(Z[Z != 0]) < 0.25).all()
    np.testing.assert_allclose(0.25**10, 9.5e-7, rtol=0.01)


def test_slope_does_not_cancel_where_the_sigmoid_rounds_to_one():
    np.testing.assert_allclose(sigmoid_slope(np.array([40.0])), [math.exp(-40)], rtol=1e-10)


def test_tanh_is_a_stretched_sigmoid():
    np.testing.assert_allclose(tanh_from_sigmoid(Z), np.tanh(Z), atol=1e-15)
    np.testing.assert_array_equal(tanh_from_sigmoid(np.array([-1e3, 1e3])), [-1, 1])


def test_table_on_the_page():
    z = np.array([0.0, 2.0, 5.0, 10.0])
    np.testing.assert_allclose(sigmoid(z), [0.5, 0.881, 0.9933, 0.99995], atol=6e-5 * 10)
    np.testing.assert_allclose(sigmoid_slope(z), [0.25, 0.105, 0.0066, 0.000045], rtol=0.01)
    np.testing.assert_allclose(1 / np.cosh(z) ** 2, [1, 0.071, 0.00018, 8.2e-9], rtol=0.01)


def naive_bce(logits: np.ndarray, targets: np.ndarray) -> float:
    probs = 1 / (1 + np.exp(-logits))
    return float(-(targets * np.log(probs) + (1 - targets) * np.log(1 - probs)).mean())


def test_loss_matches_its_definition_where_that_is_safe():
    rng = np.random.default_rng(0)
    for shape in ((7,), (5, 3)):
        logits, targets = rng.standard_normal(shape) * 3, rng.uniform(0, 1, shape)
        loss, _ = bce_with_logits(logits, targets)
        np.testing.assert_allclose(loss, naive_bce(logits, targets), rtol=1e-12)


def test_gradient_of_the_loss():
    rng = np.random.default_rng(1)
    logits, targets = rng.standard_normal((5, 3)), rng.integers(0, 2, (5, 3)).astype(float)
    _, grad = bce_with_logits(logits, targets)
    numeric = np.zeros_like(logits)
    for index in np.ndindex(*logits.shape):
        step = np.zeros_like(logits)
        step[index] = 1e-6
        numeric[index] = (bce_with_logits(logits + step, targets)[0]
                          - bce_with_logits(logits - step, targets)[0]) / 2e-6
    np.testing.assert_allclose(grad, numeric, atol=1e-9)


def test_huge_logits_give_the_linear_loss():
    logits = np.array([1000.0, -1000.0, 1000.0])
    loss, grad = bce_with_logits(logits, np.array([0.0, 1.0, 1.0]))
    np.testing.assert_allclose(loss, 2000 / 3)
    np.testing.assert_allclose(grad, [1 / 3, -1 / 3, 0])


def test_small_losses_keep_their_digits():
    loss, _ = bce_with_logits(np.array([40.0]), np.array([1.0]))
    np.testing.assert_allclose(loss, math.exp(-40), rtol=1e-10)


def test_wrong_shapes_are_named():
    message = raises(bce_with_logits, np.zeros((5, 3)), np.zeros(5))
    assert "(5,)" in message and "(5, 3)" in message
    message = raises(mean_and_loss, np.zeros((5, 1)), np.zeros(5), "gaussian")
    assert "(5,)" in message and "(5, 1)" in message


def test_an_empty_batch_has_no_mean_loss():
    assert "(0, 3)" in raises(bce_with_logits, np.zeros((0, 3)), np.zeros((0, 3)))
    assert sigmoid(np.zeros((0, 3))).shape == (0, 3)


def test_each_label_is_normalized_on_its_own():
    logits = np.array([2.0, -1.0, 3.0])
    np.testing.assert_allclose(sigmoid(logits), [0.881, 0.269, 0.953], atol=5e-4)
    np.testing.assert_allclose(sigmoid(logits).sum(), 2.102, atol=5e-4)


def test_a_confident_mistake_keeps_its_gradient_with_cross_entropy_only():
    logits, targets = np.array([-10.0]), np.array([1.0])
    _, grad = bce_with_logits(logits, targets)
    squared = (sigmoid(logits) - targets) * sigmoid_slope(logits)
    np.testing.assert_allclose(grad, [-0.99995], atol=1e-5)
    np.testing.assert_allclose(squared, [-4.5e-5], rtol=0.01)
    np.testing.assert_allclose(grad / squared, [22_028], rtol=1e-4)


def test_two_class_softmax_is_a_sigmoid_of_the_difference():
    a, b = 1.7, -0.4
    np.testing.assert_allclose(math.exp(a) / (math.exp(a) + math.exp(b)), sigmoid(np.array(a - b)))


def test_families():
    z = np.array([[-1.0, 0.5], [2.0, 3.0], [0.0, -2.0]])
    targets = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    for family, mean in (("bernoulli", 1 / (1 + np.exp(-z))), ("gaussian", z),
                         ("poisson", np.exp(z))):
        found, loss, grad = mean_and_loss(z, targets, family)
        np.testing.assert_allclose(found, mean, rtol=1e-12, err_msg=family)
        np.testing.assert_allclose(grad, mean - targets, atol=1e-12, err_msg=family)
        numeric = (mean_and_loss(z + 1e-6, targets, family)[1]
                   - mean_and_loss(z - 1e-6, targets, family)[1]) / 2e-6
        np.testing.assert_allclose(grad, numeric, atol=1e-7, err_msg=f"gradient, {family}")
        assert loss.shape == z.shape


def test_losses_are_negative_log_likelihoods_up_to_a_constant():
    z = np.array([-0.7, 1.2])
    one = np.ones(2)
    np.testing.assert_allclose(mean_and_loss(z, one, "bernoulli")[1], -np.log(sigmoid(z)))
    np.testing.assert_allclose(mean_and_loss(z, 3 * one, "gaussian")[1] + 9 / 2, (z - 3) ** 2 / 2)
    rate = np.exp(z)  # the chance of 2 events is rate^2 exp(-rate) / 2
    np.testing.assert_allclose(mean_and_loss(z, 2 * one, "poisson")[1] + np.log(2),
                               -np.log(rate**2 * np.exp(-rate) / 2))


def test_bernoulli_family_survives_huge_logits():
    mean, loss, grad = mean_and_loss(np.array([1e3, -1e3]), np.array([0.0, 1.0]), "bernoulli")
    np.testing.assert_array_equal(mean, [1, 0])
    np.testing.assert_allclose(loss, [1e3, 1e3])
    np.testing.assert_array_equal(grad, [1, -1])
    _, loss, _ = mean_and_loss(np.array([-40.0]), np.zeros(1), "bernoulli")
    np.testing.assert_allclose(loss, [math.exp(-40)], rtol=1e-10)


def test_unknown_families_are_named():
    assert "gamma" in raises(mean_and_loss, np.zeros(2), np.zeros(2), "gamma")


def test_threshold_and_first_bias_on_the_page():
    threshold = 1 / (1 + 9)  # a miss nine times as costly as a false alarm
    np.testing.assert_allclose((1 - threshold) * 1, threshold * 9)
    base = math.log(0.01 / 0.99)
    np.testing.assert_allclose(base, -4.595, atol=5e-4)
    targets = np.array([1.0] + [0.0] * 99)
    first = [bce_with_logits(np.full(100, z), targets)[0] for z in (0.0, base)]
    np.testing.assert_allclose(first, [0.693, 0.056], atol=5e-4)


def test_numbers_of_the_cosine_example():
    # Gradient of -log((1 + cos z) / 2) is tan(z / 2): it changes sign at pi.
    np.testing.assert_allclose([math.tan(1.0), math.tan(2.0)], [1.56, -2.19], atol=0.006)
    probs = [(1 + math.cos(z)) / 2 for z in (2.0, 4.0, 2 * math.pi)]
    np.testing.assert_allclose(probs, [0.292, 0.173, 1.0], atol=5e-4)
    assert 2.0**-9 < 0.002
