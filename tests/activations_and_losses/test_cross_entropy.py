"""What cross-entropy promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.activations_and_losses.cross_entropy import (
    binary_cross_entropy,
    cross_entropy,
    entropy_and_divergence,
    steps_until_right,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def numeric_gradient(function, x, step=1e-6):
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += step
        below[index] -= step
        grad[index] = (function(above) - function(below)) / (2 * step)
    return grad


def test_worked_numbers():
    logits = np.array([[2.0, 1.0, 0.0]])
    for target, loss, grad in ((0, 0.4076, [-0.3348, 0.2447, 0.0900]),
                               (1, 1.4076, [0.6652, -0.7553, 0.0900]),
                               (2, 2.4076, [0.6652, 0.2447, -0.9100])):
        ours, our_grad = cross_entropy(logits, np.array([target]))
        np.testing.assert_allclose(ours, loss, atol=5e-5)
        np.testing.assert_allclose(our_grad[0], grad, atol=6e-5)


def test_cross_entropy_is_entropy_plus_divergence():
    p, q = np.array([0.7, 0.2, 0.1]), np.array([0.5, 0.25, 0.25])
    entropy, divergence = entropy_and_divergence(p, q)
    np.testing.assert_allclose([entropy, divergence], [0.8018, 0.0993], atol=5e-5)
    # In bits: 0.7 * 1 + 0.2 * 2 + 0.1 * 2.
    np.testing.assert_allclose((entropy + divergence) / np.log(2), 1.3, rtol=1e-12)
    np.testing.assert_allclose(-(p * np.log(q)).sum(), entropy + divergence, rtol=1e-12)
    assert entropy_and_divergence(p, p)[1] == 0
    # Not symmetric: 0.5 ln(5/7) + 0.25 ln 1.25 + 0.25 ln 2.5 the other way round.
    np.testing.assert_allclose(entropy_and_divergence(q, p)[1], 0.1166, atol=5e-5)


def test_divergence_at_the_ends():
    np.testing.assert_allclose(entropy_and_divergence(np.array([1.0, 0.0]), np.array([0.5, 0.5])),
                               [0.0, np.log(2)], atol=1e-12)
    with np.errstate(all="raise"):  # infinite by decision, not by dividing by zero
        assert entropy_and_divergence(np.array([0.5, 0.5]), np.array([1.0, 0.0]))[1] == np.inf
    entropy, _ = entropy_and_divergence(np.array([0.2, 0.8]), np.array([1.0, 0.0]))
    np.testing.assert_allclose(entropy, 0.2 * np.log(5) + 0.8 * np.log(1.25), rtol=1e-12)  # stays finite
    assert entropy_and_divergence(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == (0.0, 0.0)


def test_divergence_is_never_negative():
    rng = np.random.default_rng(0)
    for _ in range(50):
        p, q = rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(5))
        assert entropy_and_divergence(p, q)[1] > 0


def test_gradient_is_probabilities_minus_targets_over_n():
    rng = np.random.default_rng(1)
    logits, targets = rng.standard_normal((5, 3)) * 2, np.array([0, 2, 1, 1, 0])
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    _, grad = cross_entropy(logits, targets)
    np.testing.assert_allclose(grad, (probs - np.eye(3)[targets]) / 5, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(grad.sum(axis=1), np.zeros(5), atol=1e-12)


def test_gradients_match_central_differences():
    rng = np.random.default_rng(2)
    logits, targets = rng.standard_normal((5, 3)) * 2, np.array([0, -100, 1, 2, 0])
    for smoothing in (0.0, 0.2):
        _, grad = cross_entropy(logits, targets, smoothing)
        numeric = numeric_gradient(lambda x, s=smoothing: cross_entropy(x, targets, s)[0], logits)
        np.testing.assert_allclose(grad, numeric, atol=1e-8)
    labels = rng.random((5, 3))
    _, grad = binary_cross_entropy(logits, labels)
    np.testing.assert_allclose(grad, numeric_gradient(lambda x: binary_cross_entropy(x, labels)[0], logits),
                               atol=1e-8)


def test_uniform_logits_cost_the_logarithm_of_the_number_of_classes():
    for num_classes, loss in ((2, 0.693), (10, 2.303), (1000, 6.908), (50257, 10.825)):
        ours = cross_entropy(np.zeros((2, num_classes)), np.array([0, 1]))[0]
        np.testing.assert_allclose(ours, loss, atol=5e-4)


def test_ignored_rows_change_nothing():
    rng = np.random.default_rng(3)
    logits, targets = rng.standard_normal((5, 3)), np.array([0, -100, 1, -100, 2])
    kept = targets >= 0
    loss, grad = cross_entropy(logits, targets)
    short_loss, short_grad = cross_entropy(logits[kept], targets[kept])
    np.testing.assert_allclose(loss, short_loss, rtol=1e-12)
    np.testing.assert_allclose(grad[kept], short_grad, rtol=1e-12)
    np.testing.assert_array_equal(grad[~kept], np.zeros((2, 3)))
    other = cross_entropy(logits, np.where(kept, targets, 255), ignore_index=255)[0]
    logits[~kept] = np.nan  # what stands in an ignored row does not matter
    broken_loss, broken_grad = cross_entropy(logits, targets)
    assert broken_loss == loss
    np.testing.assert_array_equal(broken_grad, grad)
    np.testing.assert_allclose(other, loss, rtol=1e-12)


def test_smoothing_has_a_finite_best_gap_and_a_floor():
    # Best probability 0.91 for the true class, 0.01 for each other: gap ln 91 = 4.511.
    def loss(gap):
        return cross_entropy(np.array([[gap] + [0.0] * 9]), np.array([0]), 0.1)[0]
    best = np.log(91)
    np.testing.assert_allclose(best, 4.511, atol=5e-4)
    np.testing.assert_allclose(loss(best), 0.5003, atol=5e-5)
    assert loss(best) < min(loss(best - 0.1), loss(best + 0.1))


def test_huge_logits():
    loss, grad = cross_entropy(np.array([[1000.0, 0.0]]), np.array([1]))
    assert loss == 1000.0
    np.testing.assert_array_equal(grad, [[1.0, -1.0]])
    for logit, target, expected in ((1000.0, 1.0, 0.0), (1000.0, 0.0, 1000.0), (-1000.0, 0.0, 0.0)):
        assert binary_cross_entropy(np.array([logit]), np.array([target]))[0] == expected
    far = np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])  # each row has a largest logit of its own
    np.testing.assert_allclose(cross_entropy(far, np.array([0, 1]))[0], np.log(2), rtol=1e-12)


def test_a_masked_class_counts_nothing():
    loss, grad = cross_entropy(np.array([[1.0, -np.inf, 0.0]]), np.array([0]))
    short_loss, short_grad = cross_entropy(np.array([[1.0, 0.0]]), np.array([0]))
    np.testing.assert_allclose(loss, short_loss, rtol=1e-12)
    np.testing.assert_allclose(grad[0], [short_grad[0, 0], 0.0, short_grad[0, 1]], rtol=1e-12)


def test_binary_is_two_classes_with_one_logit_at_zero():
    z = np.random.default_rng(4).standard_normal(7) * 3
    labels = np.array([0, 1, 1, 0, 1, 0, 0])
    two = cross_entropy(np.stack([np.zeros(7), z], axis=1), labels)
    one = binary_cross_entropy(z, labels.astype(float))
    np.testing.assert_allclose(one[0], two[0], rtol=1e-12)
    np.testing.assert_allclose(one[1], two[1][:, 1], rtol=1e-9)
    np.testing.assert_allclose(one[1], (sigmoid(z) - labels) / 7, rtol=1e-9)


def test_soft_label_is_best_at_its_own_probability():
    z = np.linspace(-3, 3, 601)
    for label in (0.2, 0.7):
        losses = [binary_cross_entropy(np.array([v]), np.array([label]))[0] for v in z]
        assert abs(sigmoid(z[int(np.argmin(losses))]) - label) < 0.003


def test_squared_error_of_a_probability_is_best_at_the_truth_too():
    # Both are proper scoring rules: the gradient, not the optimum, sets them apart.
    q = np.linspace(0.01, 0.99, 99)
    for truth in (0.2, 0.7):
        squared = truth * (1 - q) ** 2 + (1 - truth) * q**2
        absolute = truth * (1 - q) + (1 - truth) * q
        assert abs(q[int(np.argmin(squared))] - truth) < 0.006
        assert abs(q[int(np.argmin(absolute))] - round(truth)) < 0.02  # absolute error: 0 or 1


def test_squared_error_stalls_where_it_is_confidently_wrong():
    assert steps_until_right("cross-entropy") == 11
    assert steps_until_right("squared") == 22_063
    assert steps_until_right("cross-entropy", logit=0.0) == 1  # a probability of one half is not right yet
    assert steps_until_right("cross-entropy", logit=-1.0, lr=0.5) == 4  # -0.63, -0.31, -0.02, 0.23
    # The gradients at -10 differ by 1 / (p (1 - p)); the largest of the squared error is 4/27.
    p = sigmoid(-10.0)
    np.testing.assert_allclose(1 / (p * (1 - p)), 22_028, atol=1)
    grid = np.linspace(0, 1, 3001)
    np.testing.assert_allclose((grid * (1 - grid) ** 2).max(), 4 / 27, atol=1e-9)


def test_float32_and_one_row():
    loss, grad = cross_entropy(np.array([[1.0, 2.0]], dtype=np.float32), np.array([1]))
    assert isinstance(loss, float) and grad.dtype == np.float32


def test_bad_input_is_named():
    logits = np.zeros((2, 3))
    for wrong in (3, -1):
        message = raises(cross_entropy, logits, np.array([0, wrong]))
        assert "targets" in message and str(wrong) in message
    assert "targets" in raises(cross_entropy, logits, np.array([-100, -100]))
    assert "targets" in raises(cross_entropy, np.zeros((0, 3)), np.array([], dtype=np.int64))
    assert "label_smoothing" in raises(cross_entropy, logits, np.array([0, 1]), 1.0)
    assert "label_smoothing" in raises(cross_entropy, logits, np.array([0, 1]), -0.1)
    # Other shapes would broadcast: one target for two rows, a column against a row.
    assert "targets" in raises(cross_entropy, logits, np.array([0]))
    assert "targets" in raises(cross_entropy, logits, np.array([0, 1, 2]))
    assert "targets" in raises(binary_cross_entropy, np.zeros((3, 1)), np.zeros(3))
    assert raises(binary_cross_entropy, np.zeros(0), np.zeros(0)) == "targets are empty"


def test_whole_number_logits_have_a_gradient_with_fractions():
    grad = cross_entropy(np.array([[2, 1, 0]], dtype=np.int64), np.array([0]))[1]
    np.testing.assert_allclose(grad, [[-0.3348, 0.2447, 0.0900]], atol=6e-5)
