"""What each estimator promises, in expectation and sample by sample."""

import numpy as np

from snippets.backpropagation.straight_through import (
    exact_gradient,
    fake_quantize,
    gumbel_argmax,
    gumbel_softmax,
    score_function,
    softmax,
    straight_through,
    straight_through_backward,
)

LOGITS, TARGET = np.array([0.5, 0.0, -0.5]), np.array([0.6, 0.3, 0.1])


def loss(z):
    return ((z - TARGET) ** 2).sum(axis=-1)


def grad_loss(z):
    return 2 * (z - TARGET)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def off(rows, expected):
    """Largest distance of the mean from what is expected, in standard errors."""
    return np.max(np.abs(rows.mean(axis=0) - expected) / (rows.std(axis=0) / np.sqrt(len(rows))))


def test_fake_quantize_rounds_to_the_grid_and_cuts_off():
    x = np.array([-5.0, -1.0, 0.2, 0.26, 0.8, 9.0])
    np.testing.assert_allclose(fake_quantize(x, 0.5, -2, 1), [-1, -1, 0, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(fake_quantize(x, 0.1, -100, 100), [-5, -1, 0.2, 0.3, 0.8, 9.0])
    assert "scale" in raises(fake_quantize, x, 0.0, -2, 1)
    assert "low" in raises(fake_quantize, x, 1.0, 2, 1)


def test_its_gradient_passes_inside_the_range_and_stops_outside():
    x, grad = np.array([-1.3, -0.2, 0.3, 0.8]), np.array([2.0, 3.0, 5.0, 7.0])
    np.testing.assert_array_equal(straight_through_backward(grad, x, 0.5, -2, 1), [0, 3, 5, 0])


def test_softmax_is_normalized_without_overflow():
    probs = softmax(np.array([[800.0, 800.0], [0.0, np.log(3)]]))
    np.testing.assert_allclose(probs, [[0.5, 0.5], [0.25, 0.75]])


def test_the_exact_gradient_equals_central_differences():
    def expected(logits):
        return softmax(logits) @ loss(np.eye(3))

    numeric = [(expected(LOGITS + 1e-6 * e) - expected(LOGITS - 1e-6 * e)) / 2e-6 for e in np.eye(3)]
    np.testing.assert_allclose(exact_gradient(LOGITS, loss), numeric, atol=1e-9)
    np.testing.assert_allclose(exact_gradient(LOGITS, loss), [-0.1877, 0.0705, 0.1173], atol=5e-5)


def test_the_argmax_of_gumbel_noise_has_the_probabilities_of_softmax():
    classes, noisy = gumbel_argmax(LOGITS, 20_000, np.random.default_rng(0))
    assert noisy.shape == (20_000, 3)
    np.testing.assert_array_equal(classes, noisy.argmax(axis=1))
    probs = softmax(LOGITS)
    deviation = np.sqrt(probs * (1 - probs) / 20_000)
    assert np.max(np.abs(np.bincount(classes) / 20_000 - probs) / deviation) < 5


def test_the_score_function_is_unbiased_with_any_baseline():
    exact = exact_gradient(LOGITS, loss)
    for baseline in (0.0, 0.63, -3.0):
        rows = score_function(LOGITS, loss, 20_000, np.random.default_rng(1), baseline)
        assert rows.shape == (20_000, 3) and off(rows, exact) < 5


def test_a_baseline_lowers_the_spread():
    spread = [score_function(LOGITS, loss, 20_000, np.random.default_rng(1), b).var(axis=0).sum()
              for b in (0.0, 0.63)]
    assert spread[1] < 0.2 * spread[0]


def test_straight_through_is_exact_for_a_linear_loss_only():
    values = np.array([0.26, 0.86, 1.26])
    linear = straight_through(LOGITS, lambda z: np.broadcast_to(values, z.shape), 5, np.random.default_rng(0))
    np.testing.assert_allclose(linear, np.tile(exact_gradient(LOGITS, lambda z: z @ values), (5, 1)))
    np.testing.assert_allclose(loss(np.eye(3)), values)  # the same on every one-hot vector
    rows = straight_through(LOGITS, grad_loss, 20_000, np.random.default_rng(0))
    assert off(rows, exact_gradient(LOGITS, loss)) > 10
    probs = softmax(LOGITS)
    slope = 2 * (probs - TARGET)
    assert off(rows, probs * (slope - probs @ slope)) < 5


def test_straight_through_can_point_the_wrong_way():
    target, probs = np.array([0.4, 0.3, 0.3]), softmax(LOGITS)
    rows = straight_through(LOGITS, lambda z: 2 * (z - target), 20_000, np.random.default_rng(0))
    exact = exact_gradient(LOGITS, lambda z: ((z - target) ** 2).sum(axis=-1))
    np.testing.assert_allclose(exact, [-0.05, 0.0311, 0.0189], atol=5e-5)
    slope = 2 * (probs - target)
    expected = probs * (slope - probs @ slope)
    np.testing.assert_allclose(expected, [0.0724, -0.0171, -0.0554], atol=5e-5)
    assert off(rows, expected) < 5 and expected @ exact < 0


def test_gumbel_softmax_is_the_gradient_of_the_relaxed_loss():
    for tau in (0.5, 2.0):
        rows = gumbel_softmax(LOGITS, grad_loss, 7, np.random.default_rng(2), tau)
        noise = np.random.default_rng(2).gumbel(size=(7, 3))
        for e in np.eye(3):
            ends = [loss(softmax((LOGITS + h * e + noise) / tau)) for h in (1e-6, -1e-6)]
            np.testing.assert_allclose(rows @ e, (ends[0] - ends[1]) / 2e-6, atol=1e-8)


def test_the_hard_variant_takes_the_slope_at_the_one_hot_sample():
    noisy = LOGITS + np.random.default_rng(3).gumbel(size=(7, 3))
    soft, hard = softmax(noisy / 0.7), np.eye(3)[noisy.argmax(axis=1)]
    grad = grad_loss(hard)
    expected = soft * (grad - (grad * soft).sum(axis=1, keepdims=True)) / 0.7
    found = gumbel_softmax(LOGITS, grad_loss, 7, np.random.default_rng(3), 0.7, hard=True)
    np.testing.assert_allclose(found, expected)


def test_one_level_is_allowed_and_the_lowest_level_passes_its_gradient():
    np.testing.assert_array_equal(fake_quantize(np.array([-1.0, 0.2, 3.0]), 0.5, 1, 1), 0.5)
    found = straight_through_backward(np.full(4, 3.0), np.array([-1.3, -1.0, 0.6, 0.8]), 0.5, -2, 1)
    np.testing.assert_array_equal(found, [0, 3, 3, 0])


def test_left_out_the_baseline_is_zero_and_the_temperature_one():
    rngs = [np.random.default_rng(4) for _ in range(4)]
    np.testing.assert_array_equal(score_function(LOGITS, loss, 7, rngs[0]),
                                  score_function(LOGITS, loss, 7, rngs[1], 0.0))
    np.testing.assert_array_equal(gumbel_softmax(LOGITS, grad_loss, 7, rngs[2]),
                                  gumbel_softmax(LOGITS, grad_loss, 7, rngs[3], 1.0))
