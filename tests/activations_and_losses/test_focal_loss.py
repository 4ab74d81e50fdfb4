"""What the focal loss promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.activations_and_losses.focal_loss import (
    best_output,
    prior_bias,
    sigmoid_focal_loss,
    sigmoid_focal_loss_backward,
    softplus,
    true_probability,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def logit(q):
    return np.log(q / (1 - q))


def problem():
    rng = np.random.default_rng(0)
    return 3 * rng.standard_normal((3, 5)), rng.integers(0, 2, (3, 5))


def test_by_hand_at_nine_tenths():
    z = np.array([logit(0.9), logit(0.9)])
    losses = sigmoid_focal_loss(z, np.array([1, 0]))
    np.testing.assert_allclose(losses, [0.25 * 0.1**2 * -np.log(0.9), 0.75 * 0.9**2 * -np.log(0.1)])


def test_gamma_zero_is_weighted_cross_entropy():
    z, y = problem()
    q = 1 / (1 + np.exp(-z))
    plain = -np.where(y == 1, np.log(q), np.log(1 - q))
    np.testing.assert_allclose(sigmoid_focal_loss(z, y, -1, 0.0), plain, rtol=1e-10)
    np.testing.assert_allclose(sigmoid_focal_loss(z, y, 0.3, 0.0), np.where(y == 1, 0.3, 0.7) * plain)
    np.testing.assert_allclose(sigmoid_focal_loss_backward(z, y, -1, 0.0), q - y, rtol=1e-9, atol=1e-12)


def test_the_gradient_matches_central_differences():
    z, y = problem()
    for alpha, gamma in ((0.25, 2.0), (-1, 0.5), (0.9, 5.0)):
        numeric = (sigmoid_focal_loss(z + 1e-6, y, alpha, gamma)
                   - sigmoid_focal_loss(z - 1e-6, y, alpha, gamma)) / 2e-6
        np.testing.assert_allclose(sigmoid_focal_loss_backward(z, y, alpha, gamma), numeric, atol=1e-8)
    np.testing.assert_array_equal(sigmoid_focal_loss_backward(z, y),
                                  sigmoid_focal_loss_backward(z, y, 0.25, 2.0))


def test_easy_examples_lose_less_gradient_than_loss():
    z, one = np.array([logit(0.9), logit(0.99)]), np.array([1, 1])
    loss = sigmoid_focal_loss(z, one, -1, 0) / sigmoid_focal_loss(z, one, -1, 2)
    grad = sigmoid_focal_loss_backward(z, one, -1, 0) / sigmoid_focal_loss_backward(z, one, -1, 2)
    np.testing.assert_allclose(loss, [100, 10_000], rtol=1e-9)
    np.testing.assert_allclose(grad, [34.5, 3344.5], rtol=2e-3)


def test_hard_examples_pull_harder_than_under_cross_entropy():
    q = np.array([0.104, 0.298, 0.5])
    z, one = logit(q), np.ones(3)
    ratio = sigmoid_focal_loss_backward(z, one, -1, 2) / sigmoid_focal_loss_backward(z, one, -1, 0)
    np.testing.assert_allclose(ratio, [1.225, 1.0, 0.597], atol=2e-3)


def test_the_best_output_is_too_modest_and_can_be_undone():
    np.testing.assert_allclose([best_output(p) for p in (0.01, 0.1, 0.5, 0.9)],
                               [0.154, 0.306, 0.5, 0.694], atol=5e-4)
    np.testing.assert_allclose([best_output(p, 0.25, 2.0) for p in (0.1, 0.5, 0.9)],
                               [0.227, 0.399, 0.601], atol=5e-4)
    for alpha, gamma in ((-1, 2.0), (0.25, 2.0), (-1, 5.0), (-1, 0.0)):
        truth = np.array([0.02, 0.3, 0.5, 0.85])
        outputs = np.array([best_output(p, alpha, gamma) for p in truth])
        np.testing.assert_allclose(true_probability(outputs, alpha, gamma), truth, rtol=1e-8)
    np.testing.assert_allclose(true_probability(np.array([best_output(0.85)])), 0.85)  # the same defaults


def test_the_best_output_has_the_least_expected_loss():
    grid = logit(np.linspace(0.01, 0.99, 981))
    for truth in (0.1, 0.7):
        expected = (truth * sigmoid_focal_loss(grid, np.ones(981), -1, 2)
                    + (1 - truth) * sigmoid_focal_loss(grid, np.zeros(981), -1, 2))
        found = 1 / (1 + np.exp(-grid[expected.argmin()]))
        assert abs(found - best_output(truth)) < 0.001


def test_the_prior_sets_the_first_output():
    for prior in (0.01, 0.5, 0.9):
        np.testing.assert_allclose(1 / (1 + np.exp(-prior_bias(prior))), prior, rtol=1e-12)
    assert abs(prior_bias(0.01) + 4.595) < 5e-4


def test_the_page_s_first_step_with_and_without_the_prior():
    counts, y = np.array([50, 99_950]), np.array([1, 0])
    page = {(0.5, -1, 0.0): (0.69, 1385.6), (0.5, 0.25, 2.0): (0.04, 259.8),
            (0.01, -1, 0.0): (4.61, 20.1), (0.01, 0.25, 2.0): (1.13, 0.0)}
    for (prior, alpha, gamma), expected in page.items():
        losses = sigmoid_focal_loss(np.full(2, prior_bias(prior)), y, alpha, gamma) * counts / 50
        np.testing.assert_allclose(losses, expected, atol=0.05)


def test_huge_logits_give_finite_losses_and_full_gradients():
    z = np.array([1000.0, -1000.0, 1000.0, -1000.0])
    y = np.array([1, 1, 0, 0])
    with np.errstate(over="raise", invalid="raise"):
        np.testing.assert_allclose(sigmoid_focal_loss(z, y, -1), [0, 1000, 1000, 0], atol=1e-12)
        np.testing.assert_allclose(sigmoid_focal_loss_backward(z, y, -1), [0, -1, 1, 0], atol=1e-12)
        np.testing.assert_allclose(softplus(np.array([-800.0, 0.0, 800.0])), [0, np.log(2), 800])


def test_float32_and_whole_number_targets():
    z, y = problem()
    z = z.astype(np.float32)
    for target in (y.astype(np.uint8), y.astype(np.float32), y.astype(bool)):
        assert sigmoid_focal_loss(z, target).dtype == np.float32
        grad = sigmoid_focal_loss_backward(z, target)
        assert grad.dtype == np.float32
        np.testing.assert_allclose(grad, sigmoid_focal_loss_backward(z.astype(np.float64), y), rtol=1e-4,
                                   atol=1e-6)


def test_logits_may_be_whole_numbers():
    y = np.array([1, 0, 0])
    for whole in (np.array([3, 0, 120], np.uint8), np.array([3, 0, -128], np.int8)):
        for function in (sigmoid_focal_loss, sigmoid_focal_loss_backward):
            np.testing.assert_allclose(function(whole, y), function(whole.astype(np.float64), y), rtol=1e-12)


def test_wrong_input_is_named():
    z = np.zeros((3, 1))
    assert raises(sigmoid_focal_loss, z, np.zeros(3)) == "targets must be (3, 1), got (3,)"
    assert raises(sigmoid_focal_loss, z, np.full((3, 1), 2)) == "targets must be 0 or 1"
    assert "targets" in raises(sigmoid_focal_loss, z, np.array([[0], [1], [2]]))  # one is enough
    assert np.all(sigmoid_focal_loss(z, z, 1.0) == 0)  # all weight on the targets 1 is allowed
    assert np.all(sigmoid_focal_loss(z, z + 1, 0.0) == 0) and np.all(sigmoid_focal_loss(z, z, 0.0) > 0.1)
    assert np.all(sigmoid_focal_loss_backward(z, z + 1, 0.0) == 0)
    assert "gamma" in raises(sigmoid_focal_loss, z, z, 0.25, -1.0)
    assert "alpha" in raises(sigmoid_focal_loss, z, z, 1.5)
    assert raises(prior_bias, 1.0) == "prior must be between 0 and 1, got 1.0"
    assert "prior" in raises(prior_bias, 0.0)
