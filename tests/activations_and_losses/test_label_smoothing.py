"""What label smoothing promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.activations_and_losses.label_smoothing import (
    expected_calibration_error,
    label_smoothing_loss,
    optimal_gap,
    smooth_labels,
    undo_smoothing,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def problem(seed=0):
    rng = np.random.default_rng(seed)
    return 3 * rng.standard_normal((5, 7)), rng.integers(0, 7, 5)


def test_the_target_keeps_its_share_of_what_is_spread():
    rows = smooth_labels(np.array([2, 0]), 5, 0.1)
    np.testing.assert_allclose(rows, [[0.02, 0.02, 0.92, 0.02, 0.02], [0.92, 0.02, 0.02, 0.02, 0.02]])


def test_no_smoothing_is_one_hot_and_full_smoothing_uniform():
    np.testing.assert_array_equal(smooth_labels(np.array([1, 2]), 3, 0.0), np.eye(3)[[1, 2]])
    np.testing.assert_allclose(smooth_labels(np.array([1]), 4, 1.0), np.full((1, 4), 0.25))


def test_the_loss_is_the_cross_entropy_with_smoothed_rows():
    logits, targets = problem()
    for share in (0.0, 0.1, 0.5):
        expected = -(smooth_labels(targets, 7, share) * log_softmax(logits)).sum(axis=1).mean()
        np.testing.assert_allclose(label_smoothing_loss(logits, targets, share)[0], expected, rtol=1e-12)


def test_the_penalty_is_the_divergence_from_uniform_to_the_output():
    logits, targets = problem(1)
    log_q = log_softmax(logits)
    hard = -log_q[np.arange(5), targets].mean()
    divergence = (np.log(1 / 7) - log_q).mean(axis=1).mean()  # KL(u, q)
    expected = 0.8 * hard + 0.2 * (np.log(7) + divergence)
    np.testing.assert_allclose(label_smoothing_loss(logits, targets, 0.2)[0], expected, rtol=1e-12)


def test_the_gradient_matches_central_differences():
    logits, targets = problem(2)
    grad = label_smoothing_loss(logits, targets, 0.15)[1]
    for index in np.ndindex(logits.shape):
        values = []
        for step in (1e-6, -1e-6):
            moved = logits.copy()
            moved[index] += step
            values.append(label_smoothing_loss(moved, targets, 0.15)[0])
        assert abs(grad[index] - (values[0] - values[1]) / 2e-6) < 1e-8


def test_at_the_best_gap_the_gradient_is_zero_and_the_loss_its_floor():
    for num_classes, share in ((3, 0.3), (10, 0.1), (40, 0.05)):
        logits = np.zeros((1, num_classes))
        logits[0, 1] = optimal_gap(num_classes, share)
        loss, grad = label_smoothing_loss(logits, np.array([1]), share)
        np.testing.assert_allclose(grad, 0, atol=1e-12)
        p = smooth_labels(np.array([1]), num_classes, share)
        np.testing.assert_allclose(loss, -(p * np.log(p)).sum(), rtol=1e-12)
    assert optimal_gap(5, 0.0) == np.inf


def test_being_surer_than_the_best_gap_costs_again():
    def loss(gap, share):
        return label_smoothing_loss(np.array([[gap] + [0.0] * 9]), np.array([0]), share)[0]
    np.testing.assert_allclose([loss(4.511, 0.1), loss(8.0, 0.1), loss(20.0, 0.1)],
                               [0.5003, 0.7230, 1.8], atol=5e-5)
    assert loss(20.0, 0.0) < loss(8.0, 0.0) < 0.004


def test_undoing_recovers_the_true_probabilities_of_a_perfect_fit():
    truth = np.random.default_rng(3).dirichlet(np.ones(5), size=3)
    smoothed = 0.9 * truth + 0.1 / 5
    np.testing.assert_allclose(undo_smoothing(smoothed, 0.1), truth, rtol=1e-12)
    cut = undo_smoothing(np.array([[0.999, 0.0005, 0.0005]]), 0.1)
    np.testing.assert_allclose(cut, [[1.0, 0.0, 0.0]])


def test_calibration_error_by_hand():
    probs = np.array([[0.9, 0.1], [0.9, 0.1], [0.35, 0.65], [0.4, 0.6]])
    targets = np.array([0, 1, 1, 1])
    # Bins of a tenth: two at 0.9 with accuracy 0.5, one each at 0.65 and 0.6 with accuracy 1.
    expected = (2 * 0.4 + 0.35 + 0.4) / 4
    np.testing.assert_allclose(expected_calibration_error(probs, targets, 10), expected, rtol=1e-12)
    assert expected_calibration_error(np.eye(3), np.arange(3)) == 0
    # A confidence of 1 belongs to the last bin: 0.96 and right, 1 and wrong, average out there.
    last = np.array([[0.96, 0.04], [1.0, 0.0]])
    np.testing.assert_allclose(expected_calibration_error(last, np.array([0, 1])), (1 - 0.04) / 2)
    fifteen = np.array([[0.95, 0.05], [0.935, 0.065]])  # both above 14 / 15, on either side of 15 / 16
    np.testing.assert_allclose(expected_calibration_error(fifteen, np.array([0, 1])), (0.935 - 0.05) / 2)
    np.testing.assert_allclose(expected_calibration_error(np.eye(3), np.array([1, 2, 0])), 1.0)
    apart = np.array([[0.85, 0.15], [0.95, 0.05]])  # the last two of ten bins: a miss and a hit
    np.testing.assert_allclose(expected_calibration_error(apart, np.array([1, 0]), 10), (0.85 + 0.05) / 2)


def test_huge_logits_and_float32():
    loss, grad = label_smoothing_loss(np.array([[1000.0, 0.0]]), np.array([0]), 0.1)
    np.testing.assert_allclose(loss, 50.0, rtol=1e-12)  # s / 2 times the gap
    np.testing.assert_allclose(grad, [[0.05, -0.05]], rtol=1e-9)
    np.testing.assert_allclose(label_smoothing_loss(np.array([[1e4, 0.0]]), np.array([0]), 0.1)[0], 500.0)
    apart = np.array([[0.0, 1.0], [5000.0, 5001.0]])  # rows far apart lose the same
    loss, grad = label_smoothing_loss(apart, np.array([1, 1]), 0.1)
    np.testing.assert_allclose(loss, label_smoothing_loss(apart[:1], np.array([1]), 0.1)[0], rtol=1e-12)
    np.testing.assert_allclose(grad[0], grad[1], rtol=1e-12)
    logits, targets = problem()
    assert label_smoothing_loss(logits.astype(np.float32), targets)[1].dtype == np.float32


def test_a_tenth_is_smoothed_if_nothing_is_said():
    logits, targets = problem()
    np.testing.assert_array_equal(smooth_labels(targets, 7), smooth_labels(targets, 7, 0.1))
    assert label_smoothing_loss(logits, targets)[0] == label_smoothing_loss(logits, targets, 0.1)[0]


def test_logits_may_be_small_whole_numbers():
    targets = np.array([2, 0], np.uint8)
    for dtype in (np.uint8, np.int8):
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
        logits = np.array([[low, high, 9], [3, 4, 5]], dtype)
        loss, grad = label_smoothing_loss(logits, targets)
        expected = label_smoothing_loss(logits.astype(np.float64), targets)
        np.testing.assert_allclose(loss, expected[0], rtol=1e-12)
        np.testing.assert_allclose(grad, expected[1], rtol=1e-12)


def test_bad_input_is_named():
    assert raises(smooth_labels, np.array([0]), 3, 1.5) == "label_smoothing must be 0 to 1, got 1.5"
    assert "label_smoothing" in raises(smooth_labels, np.array([0]), 3, -0.1)
    for wrong in (3, -1):
        message = raises(smooth_labels, np.array([0, wrong]), 3)
        assert "targets" in message and str(wrong) in message
    assert "targets" in raises(label_smoothing_loss, np.zeros((1, 3)), np.array([3]))
    assert "targets" in raises(expected_calibration_error, np.zeros((0, 3)), np.zeros(0, np.int64))
    assert raises(label_smoothing_loss, np.zeros((2, 3)), np.array([0])) == "targets must be (2,), got (1,)"
    assert "targets" in raises(label_smoothing_loss, np.zeros((0, 3)), np.zeros(0, np.int64))
