"""What the weighted losses promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.activations_and_losses.weighted_loss import (
    balanced_weights,
    effective_weight,
    focal_optimum,
    undo_class_weights,
    weighted_binary_cross_entropy,
    weighted_cross_entropy,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def softmax(z):
    exps = np.exp(z - z.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def data(n=7, num_classes=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, num_classes)) * 2, rng.integers(0, num_classes, n)


def test_values_by_hand():
    # Losses ln 2 = 0.6931 and ln(1 + e^-2) = 0.1269.
    loss, grad = weighted_cross_entropy(np.array([[0.0, 0.0], [0.0, 2.0]]), np.array([0, 1]),
                                        np.array([1.0, 3.0]))
    np.testing.assert_allclose(loss, (np.log(2) + 3 * np.log1p(np.exp(-2))) / 4, rtol=1e-12)
    np.testing.assert_allclose(grad[0], [-0.125, 0.125], rtol=1e-12)
    loss, grad = weighted_binary_cross_entropy(np.zeros(2), np.array([0.0, 1.0]), 3.0)
    np.testing.assert_allclose(loss, 2 * np.log(2), rtol=1e-12)
    np.testing.assert_allclose(grad, [0.25, -0.75], rtol=1e-12)


def test_gradients_match_central_differences():
    logits, targets = data()
    weights = np.array([1.0, 5.0, 0.3])
    _, grad = weighted_cross_entropy(logits, targets, weights)
    binary = (targets == 1).astype(float)
    _, binary_grad = weighted_binary_cross_entropy(logits[:, 0], binary, 4.0)
    for i in range(7):
        for k in range(3):
            step = np.zeros((7, 3))
            step[i, k] = 1e-6
            numeric = (weighted_cross_entropy(logits + step, targets, weights)[0]
                       - weighted_cross_entropy(logits - step, targets, weights)[0]) / 2e-6
            np.testing.assert_allclose(grad[i, k], numeric, atol=1e-8)
        step = np.zeros(7)
        step[i] = 1e-6
        numeric = (weighted_binary_cross_entropy(logits[:, 0] + step, binary, 4.0)[0]
                   - weighted_binary_cross_entropy(logits[:, 0] - step, binary, 4.0)[0]) / 2e-6
        np.testing.assert_allclose(binary_grad[i], numeric, atol=1e-8)


def test_an_integer_weight_is_the_same_as_repeating_the_example():
    logits, targets = data()
    repeats = np.array([1, 3, 2])
    many = np.repeat(np.arange(7), repeats[targets])
    ours = weighted_cross_entropy(logits, targets, repeats.astype(float))[0]
    repeated = weighted_cross_entropy(logits[many], targets[many], np.ones(3))[0]
    np.testing.assert_allclose(ours, repeated, rtol=1e-12)


def test_the_weighted_mean_ignores_a_common_factor_and_the_plain_mean_does_not():
    logits, targets = data()
    weights = np.array([1.0, 5.0, 0.3])
    np.testing.assert_allclose(weighted_cross_entropy(logits, targets, 10 * weights)[0],
                               weighted_cross_entropy(logits, targets, weights)[0], rtol=1e-12)
    # pos_weight divides by N: all positives, weight 10, costs 10 times as much.
    ones = np.ones(7)
    plain = weighted_binary_cross_entropy(logits[:, 0], ones, 1.0)[0]
    np.testing.assert_allclose(weighted_binary_cross_entropy(logits[:, 0], ones, 10.0)[0], 10 * plain)


def test_in_a_batch_of_one_the_weight_cancels():
    logits, _ = data()
    for weight in (0.1, 1.0, 49.0):
        loss = weighted_cross_entropy(logits[:1], np.array([1]), np.array([1.0, weight, 1.0]))[0]
        np.testing.assert_allclose(loss, -np.log(softmax(logits[:1])[0, 1]), rtol=1e-12)


def test_weight_multiplies_the_odds():
    # Minimize truth * w * -ln q + (1 - truth) * -ln(1 - q) on a grid.
    q = np.linspace(0.001, 0.999, 999)
    for truth, weight, output in ((0.1, 9.0, 0.5), (0.02, 49.0, 0.5), (0.1, 49.0, 0.845), (0.5, 9.0, 0.9)):
        best = q[int(np.argmin(-truth * weight * np.log(q) - (1 - truth) * np.log(1 - q)))]
        np.testing.assert_allclose(best, output, atol=0.001)
        np.testing.assert_allclose(weight * truth / (weight * truth + 1 - truth), output, atol=5e-4)
        back = undo_class_weights(np.array([[1 - output, output]]), np.array([1.0, weight]))
        np.testing.assert_allclose(back[0, 1], truth, atol=0.001)


def test_undoing_several_classes():
    truth = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    weights = np.array([1.0, 4.0, 10.0])
    trained = truth * weights / (truth * weights).sum(axis=1, keepdims=True)
    back = undo_class_weights(trained, weights)
    np.testing.assert_allclose(back, truth, rtol=1e-12)
    np.testing.assert_allclose(undo_class_weights(trained, 5 * weights), truth, rtol=1e-12)
    # The same as subtracting ln(weight) from the logits.
    np.testing.assert_allclose(softmax(np.log(trained) - np.log(weights)), truth, rtol=1e-12)


def test_threshold_that_goes_with_the_costs():
    # Missing costs 9, a false alarm 1: act when 9 p > 1 - p, from p = 0.1.
    for prob, act in ((0.099, False), (0.101, True)):
        assert (9 * prob > 1 * (1 - prob)) == act
        assert (9 * prob / (9 * prob + 1 - prob) > 0.5) == act


def test_balanced_weights():
    np.testing.assert_allclose(balanced_weights(np.array([90, 10])), [100 / 180, 5.0], rtol=1e-12)
    counts = np.array([9800, 200])
    for beta, weights in ((1.0, [0.510, 25.0]), (0.9999, [0.621, 19.583]), (0.999, [0.917, 5.057]),
                          (0.99, [0.997, 1.151]), (0.0, [1.0, 1.0])):
        ours = balanced_weights(counts, beta)
        np.testing.assert_allclose(ours, weights, atol=5e-4)
        np.testing.assert_allclose((counts * ours).sum(), 10_000, rtol=1e-12)


def test_small_batches_shrink_the_weight():
    for size, effective in ((1, 1.0), (8, 7.4), (32, 22.4), (128, 39.9), (512, 46.7), (2048, 48.4)):
        np.testing.assert_allclose(effective_weight(49.0, 0.02, size), effective, atol=0.05)
    np.testing.assert_allclose(effective_weight(1.0, 0.3, 5), 1.0, rtol=1e-12)


def test_effective_weight_is_what_batches_do_on_average():
    rng, weight, rate, size = np.random.default_rng(0), 9.0, 0.1, 4
    labels = rng.random((200_000, size)) < rate
    factors = np.where(labels, weight, 1.0)
    factors /= factors.sum(axis=1, keepdims=True)
    on_average = factors[labels].mean() / factors[~labels].mean()
    # Standard error of the mean over some 80,000 positives, five times.
    tolerance = 5 * factors[labels].std() / np.sqrt(labels.sum()) / factors[labels].mean()
    np.testing.assert_allclose(effective_weight(weight, rate, size), on_average, rtol=tolerance)


def test_effective_sample_size():
    # (sum w)^2 / sum w^2 for 20,000 examples, 2 % of them with weight 49.
    share = (0.02 * 49 + 0.98) ** 2 / (0.02 * 49**2 + 0.98)
    np.testing.assert_allclose(20_000 * share, 1568, atol=1)


def focal(q, truth, gamma=5.0):
    return -truth * (1 - q) ** gamma * np.log(q) - (1 - truth) * q**gamma * np.log(1 - q)


def test_focal_loss_is_least_nearer_to_one_half_than_the_truth():
    for truth, best in ((0.02, 0.191), (0.1, 0.306), (0.5, 0.5), (0.9, 0.694), (0.98, 0.809)):
        np.testing.assert_allclose(focal_optimum(truth), best, atol=1.1e-3)
        q = focal_optimum(truth, gamma=5.0)  # at the best q the derivative is zero
        slope = sum((focal(q + s, truth) - focal(q - s, truth)) / (2 * s) for s in (1e-5,))
        np.testing.assert_allclose(slope, 0, atol=2e-3)
        np.testing.assert_allclose(focal_optimum(truth, gamma=0.0), truth, atol=6e-4)


def test_huge_logits_and_float32():
    logits = np.array([[1000.0, 0.0]])
    assert weighted_cross_entropy(logits, np.array([1]), np.array([1.0, 2.0]))[0] == 1000.0
    apart = np.array([[0.0, 1.0], [5000.0, 5001.0]])  # rows far apart lose the same
    np.testing.assert_allclose(weighted_cross_entropy(apart, np.array([1, 1]), np.ones(2))[0],
                               np.log1p(np.exp(-1)), rtol=1e-12)
    assert weighted_binary_cross_entropy(np.array([-1000.0]), np.array([1.0]), 2.0)[0] == 2000.0
    _, grad = weighted_cross_entropy(np.zeros((2, 3), dtype=np.float32), np.array([0, 1]),
                                     np.ones(3, dtype=np.float32))
    assert grad.dtype == np.float32


def test_bad_input_is_named():
    zero = np.array([0.0, 1.0])
    assert "class_weights" in raises(weighted_cross_entropy, np.zeros((1, 2)), np.array([0]), zero)
    ones = np.ones(2)
    assert "targets" in raises(weighted_cross_entropy, np.zeros((3, 2)), np.array([0]), ones)
    none = np.zeros(0, dtype=np.int64)
    assert "class_weights" in raises(weighted_cross_entropy, np.zeros((0, 2)), none, ones)
    assert "logits" in raises(weighted_binary_cross_entropy, np.zeros((3, 1)), np.zeros(3), 2.0)
    assert "logits" in raises(weighted_binary_cross_entropy, np.zeros(0), np.zeros(0), 2.0)
    assert "pos_weight" in raises(weighted_binary_cross_entropy, np.zeros(1), np.zeros(1), 0.0)
    assert "class_weights" in raises(undo_class_weights, np.full((1, 2), 0.5), np.array([0.0, 1.0]))
    assert "counts" in raises(balanced_weights, np.array([3, 0]))
    assert "beta" in raises(balanced_weights, np.array([3, 1]), 1.5)
