"""What the game's value, the losses and the count of modes promise. NumPy and plain asserts only."""

import numpy as np

from snippets.generative.gan import (
    coverage,
    dirac_gan,
    discriminator_loss,
    generator_loss,
    jensen_shannon,
    optimal_discriminator,
    sigmoid,
    value,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def pair(seed: int, size: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(size)), rng.dirichlet(np.ones(size))


def difference(function, x: np.ndarray, h: float = 1e-6) -> np.ndarray:
    grad = np.zeros_like(x)
    for i in range(x.size):
        step = np.zeros_like(x)
        step[i] = h
        grad[i] = (function(x + step) - function(x - step)) / (2 * h)
    return grad


def test_the_optimal_discriminator_by_hand():
    p, q = np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.25, 0.5, 0.25, 0.0])
    with np.errstate(all="raise"):  # also where neither occurs
        got = optimal_discriminator(p, q)
    np.testing.assert_allclose(got, [2 / 3, 0.5, 0.0, 0.5], rtol=1e-12)


def test_no_discriminator_has_a_higher_value_than_the_optimal_one():
    rng = np.random.default_rng(1)
    for seed in range(5):
        p, q = pair(seed)
        best = optimal_discriminator(p, q)
        for _ in range(20):
            other = np.clip(best + rng.normal(0, 0.1, 7), 0.01, 0.99)
            assert value(p, q, other) <= value(p, q, best)


def test_the_value_by_hand_for_a_biased_discriminator():
    p, q, d = np.array([0.8, 0.2]), np.array([0.3, 0.7]), np.array([0.5, 0.25])
    expected = 0.8 * np.log(0.5) + 0.2 * np.log(0.25) + 0.3 * np.log(0.5) + 0.7 * np.log(0.75)
    assert abs(value(p, q, d) - expected) < 1e-12


def test_an_outcome_that_never_occurs_costs_nothing_and_one_ruled_out_costs_infinity():
    p, q = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    with np.errstate(all="raise"):
        assert value(p, q, np.array([1.0, 0.0])) == 0.0
        assert value(p, q, np.array([0.0, 0.0])) == -np.inf
        assert value(p, q, np.array([1.0, 1.0])) == -np.inf


def test_at_the_optimum_the_value_is_twice_jensen_shannon_minus_log_four():
    for seed in range(5):
        p, q = pair(seed)
        best = value(p, q, optimal_discriminator(p, q))
        assert abs(best - (2 * jensen_shannon(p, q) - np.log(4))) < 1e-12


def test_jensen_shannon_is_zero_for_equals_and_log_two_for_strangers():
    p, q = np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.0, 0.0, 0.1, 0.9])
    assert abs(jensen_shannon(p, p)) < 1e-15
    assert abs(jensen_shannon(p, q) - np.log(2)) < 1e-12
    half = np.array([1.0, 0.0, 0.0, 0.0])  # 0.216 on the page
    assert abs(jensen_shannon(p, half) - 0.2157616) < 1e-6
    assert abs(jensen_shannon(half, p) - jensen_shannon(p, half)) < 1e-15


def test_sigmoid_is_right_and_silent_for_any_size():
    with np.errstate(all="raise", under="ignore"):
        got = sigmoid(np.array([[-1000.0, 0.0], [np.log(3), 1000.0]]))
    np.testing.assert_allclose(got, [[0.0, 0.5], [0.75, 1.0]], rtol=1e-12)


def test_the_discriminator_loss_by_hand():
    loss, grad_real, grad_fake = discriminator_loss(np.array([np.log(3)]),
                                                    np.array([0.0, np.log(3)]))
    # D is 3/4 on the real sample, 1/2 and 3/4 on the generated ones
    assert abs(loss - (-np.log(0.75) - (np.log(0.5) + np.log(0.25)) / 2)) < 1e-12
    np.testing.assert_allclose(grad_real, [-0.25], rtol=1e-12)
    np.testing.assert_allclose(grad_fake, [0.25, 0.375], rtol=1e-12)


def test_gradients_of_the_discriminator_agree_with_central_differences():
    rng = np.random.default_rng(2)
    real, fake = rng.normal(0, 2, 3), rng.normal(0, 2, 5)
    _, grad_real, grad_fake = discriminator_loss(real, fake)
    np.testing.assert_allclose(
        grad_real, difference(lambda v: discriminator_loss(v, fake)[0], real), atol=1e-9)
    np.testing.assert_allclose(
        grad_fake, difference(lambda v: discriminator_loss(real, v)[0], fake), atol=1e-9)


def test_gradients_of_both_generator_losses_agree_with_central_differences():
    fake = np.random.default_rng(3).normal(0, 2, 5)
    for saturating in (False, True):
        expected = difference(lambda v, s=saturating: generator_loss(v, s)[0], fake)
        np.testing.assert_allclose(generator_loss(fake, saturating)[1], expected, atol=1e-9)


def test_a_rejected_sample_gets_a_gradient_only_without_saturation():
    rejected = np.array([-10.0])  # D = 0.00005
    assert abs(generator_loss(rejected, saturating=True)[1][0]) < 5e-5
    assert abs(generator_loss(rejected)[1][0] + 1) < 5e-5


def test_both_generator_losses_want_higher_logits_and_agree_at_one_half():
    undecided = np.zeros(2)
    for saturating in (False, True):
        np.testing.assert_allclose(generator_loss(undecided, saturating)[1], [-0.25, -0.25])
    assert abs(generator_loss(undecided)[0] - np.log(2)) < 1e-12
    assert abs(generator_loss(undecided, True)[0] + np.log(2)) < 1e-12


def test_losses_stay_finite_for_huge_logits():
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        loss, grad_real, grad_fake = discriminator_loss(np.array([-1e4]), np.array([1e4]))
        assert loss == 2e4
        np.testing.assert_allclose([grad_real[0], grad_fake[0]], [-1.0, 1.0])
        assert generator_loss(np.array([-1e4]))[0] == 1e4
        assert generator_loss(np.array([1e4]), True)[0] == -1e4


def test_losses_name_an_empty_batch():
    assert "empty, got 0 and 2" in raises(discriminator_loss, np.zeros(0), np.zeros(2))
    assert "empty, got 2 and 0" in raises(discriminator_loss, np.zeros(2), np.zeros(0))
    assert "empty, got shape (0,)" in raises(generator_loss, np.zeros(0))
    assert "empty, got (0, 2)" in raises(coverage, np.zeros((0, 2)), np.zeros((3, 2)), 1.0)


def test_coverage_counts_modes_and_high_quality_samples_by_hand():
    centers = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    samples = np.array([[0.3, 0.0], [10.0, 0.39], [10.0, 0.0], [5.0, 5.0], [0.0, 9.5]])
    assert coverage(samples, centers, 0.1) == (2, 0.6)  # 0.5 is too far, 0.39 is not
    assert coverage(samples[3:4], centers, 0.1) == (0, 0.0)
    assert coverage(np.array([[1.0]]), np.array([[0.0]]), 0.25) == (0, 0.0)  # exactly 4 std: not closer


def test_coverage_refuses_samples_of_another_width():
    for samples, centers in ((np.zeros((5, 1)), np.zeros((3, 2))), (np.zeros(5), np.zeros((3, 1)))):
        message = raises(coverage, samples, centers, 1.0)
        assert str(samples.shape) in message and str(centers.shape) in message


def test_a_mode_needs_one_percent_of_all_samples():
    centers = np.array([[0.0], [9.0]])
    nearly = np.zeros((400, 1))
    nearly[:3] = 9.0
    assert coverage(nearly, centers, 0.1) == (1, 1.0)
    nearly[:4] = 9.0
    assert coverage(nearly, centers, 0.1) == (2, 1.0)


def test_true_samples_cover_everything():
    rng = np.random.default_rng(4)
    angle = np.arange(8) * np.pi / 4
    centers = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    samples = centers[rng.integers(0, 8, 4000)] + rng.normal(0, 0.05, (4000, 2))
    modes, good = coverage(samples, centers, 0.05)
    # in two dimensions exp(-8) = 0.00034 of a Gaussian lies beyond four deviations
    assert modes == 8
    assert abs((1 - good) - np.exp(-8)) < 5 * np.sqrt(np.exp(-8) / 4000)


def test_two_steps_of_the_smallest_gan_by_hand():
    # D at psi theta = 1 is 0.7310586: psi = 1 - 0.1 (0.7310586 + 0.5) = 0.8768941; then D = 0.7061782
    path = dirac_gan(0.1, 0.5, 1)
    assert path.shape == (2, 2)
    np.testing.assert_allclose(path, [[1, 1], [1.0619244, 0.8768941]], atol=1e-6)
    path = dirac_gan(0.1, 0.5, 1, saturating=False)
    np.testing.assert_allclose(path[1], [1.0257651, 0.8768941], atol=1e-6)


def test_minimax_circles_forever_and_a_penalty_ends_it():
    radius = np.sqrt((dirac_gan(0.1, 0.0, 1000) ** 2).sum(axis=1))
    assert radius.min() > 1.3 and radius.max() < 1.5  # from sqrt(2) = 1.414
    assert round(float(radius[1000]), 3) == 1.382
    radius = np.sqrt((dirac_gan(0.1, 0.3, 1000) ** 2).sum(axis=1))
    assert abs(radius[1000] - 3.6e-7) < 5e-8


def test_simultaneous_steps_spiral_outward_where_alternating_ones_circle():
    theta, psi, lr = 0.01, 0.0, 0.1
    for _ in range(200):  # both move from the same point; near (0, 0) every D is 1/2
        prob = float(sigmoid(np.array(psi * theta)))
        theta, psi = theta + lr * prob * psi, psi - lr * prob * theta
    growth = (theta**2 + psi**2) / 0.01**2
    assert abs(growth - (1 + lr**2 / 4) ** 200) < 1e-3  # 1.65


def test_without_saturation_the_circles_shrink_slowly():
    radius = np.sqrt((dirac_gan(0.1, 0.0, 1000, saturating=False) ** 2).sum(axis=1))
    np.testing.assert_allclose(radius[[100, 1000]], [0.737, 0.281], atol=5e-4)
