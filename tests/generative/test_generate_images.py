"""What the three generators and the judges promise. NumPy and plain asserts only."""

import numpy as np

from snippets.generative.generate_images import (
    exact_velocity,
    fit_gaussian,
    follow,
    frechet_distance,
    sample_gaussian,
    sample_in_order,
    squared_distances,
    two_sample_accuracy,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_a_fitted_gaussian_reproduces_mean_and_covariance_if_all_components_are_kept():
    x = np.random.default_rng(0).normal(2, 1, (50, 3)) @ np.array([[2, 1, 0], [0, 1, 0], [0, 0, 3.0]])
    mean, factors = fit_gaussian(x, 3)
    np.testing.assert_allclose(mean, x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(factors.T @ factors, np.cov(x, rowvar=False, bias=True), rtol=1e-9)


def test_one_component_is_the_direction_of_largest_variance_with_its_deviation():
    x = np.array([[0.0, 0.0], [6.0, 8.0], [12.0, 16.0], [6.0, 8.0]])  # on one line: 0, 10, 20, 10
    mean, factors = fit_gaussian(x, 1)
    np.testing.assert_allclose(mean, [6.0, 8.0])
    np.testing.assert_allclose(np.abs(factors), [[0.6 * np.sqrt(50), 0.8 * np.sqrt(50)]], rtol=1e-12)


def test_gaussian_samples_have_the_model_s_mean_and_covariance():
    mean, factors = np.array([1.0, -2.0, 0.5]), np.array([[2.0, 1.0, 0.0], [0.0, 0.5, -1.0]])
    x = sample_gaussian(mean, factors, 20_000, np.random.default_rng(1))
    assert x.shape == (20_000, 3)
    deviation = np.sqrt((factors**2).sum(axis=0))
    assert np.all(np.abs(x.mean(axis=0) - mean) < 5 * deviation / np.sqrt(20_000))
    # a covariance of normal samples has a standard error below sqrt(2) times both deviations over sqrt(n)
    error = np.abs(np.cov(x, rowvar=False) - factors.T @ factors)
    assert np.all(error < 5 * np.sqrt(2 / 20_000) * np.outer(deviation, deviation))
    np.testing.assert_array_equal(
        sample_gaussian(mean, factors, 2, np.random.default_rng(3)),
        mean + np.random.default_rng(3).standard_normal((2, 2)) @ factors)


def test_each_value_is_drawn_once_and_given_those_before_it():
    calls = []

    def probs(x, i):
        assert np.all(x[:, i:] == 0)
        calls.append(i)
        p = np.zeros((len(x), 3))
        p[np.arange(len(x)), (x[:, i - 1] + 1) % 3 if i else 1] = 1.0
        return p

    x = sample_in_order(probs, 4, 5, np.random.default_rng(0))
    assert calls == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(x, np.tile([1, 2, 0, 1, 2], (4, 1)))


def test_values_come_up_as_often_as_their_probability_says():
    p = np.array([0.1, 0.0, 0.6, 0.3])
    x = sample_in_order(lambda x, i: np.tile(p, (len(x), 1)), 5000, 2, np.random.default_rng(2))
    share = np.bincount(x.ravel(), minlength=4) / 10_000
    assert np.all(np.abs(share - p) <= 5 * np.sqrt(p * (1 - p) / 10_000))


def test_probabilities_that_sum_to_a_little_less_than_one_stay_in_range():
    low = np.array([[0.0, 1e-9]])
    x = sample_in_order(lambda x, i: np.repeat(low, len(x), axis=0), 50, 1, np.random.default_rng(4))
    assert np.all(x == 1)


def test_the_value_is_the_number_of_edges_not_above_the_draw():
    p = np.array([[0.2, 0.3, 0.5]])
    x = sample_in_order(lambda x, i: np.repeat(p, len(x), axis=0), 3, 2, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    expected = [(rng.random((3, 1)) >= np.cumsum(p)).sum(axis=1) for _ in range(2)]
    np.testing.assert_array_equal(x, np.stack(expected, axis=1))


def test_a_draw_of_zero_never_takes_a_value_of_probability_zero():
    class Zeros:
        def random(self, shape):
            return np.zeros(shape)

    p = np.array([[0.0, 1.0]])  # cumulated 0, 1: the draw 0 does not lie below the first edge
    assert np.all(sample_in_order(lambda x, i: np.repeat(p, len(x), axis=0), 3, 2, Zeros()) == 1)


def test_no_images_are_drawn_without_an_error():
    x = sample_in_order(lambda x, i: np.full((len(x), 3), 1 / 3), 0, 4, np.random.default_rng(0))
    assert x.shape == (0, 4)


def test_a_constant_velocity_needs_one_step_and_a_growing_one_many():
    noise = np.array([[1.0, -2.0], [0.0, 3.0]])
    for steps in (1, 7):
        np.testing.assert_allclose(follow(lambda x, t: np.full_like(x, 2.0), noise, steps), noise + 2,
                                   atol=1e-12)
    for steps in (1, 2, 5):  # dx/dt = x: Euler gives (1 + 1/n)**n instead of e
        end = follow(lambda x, t: x, noise, steps)
        np.testing.assert_allclose(end, noise * (1 + 1 / steps) ** steps, rtol=1e-12)
    np.testing.assert_array_equal(noise, [[1.0, -2.0], [0.0, 3.0]])


def test_the_model_is_asked_at_equal_steps_that_begin_at_zero():
    times = []
    follow(lambda x, t: times.append(t) or np.zeros_like(x), np.zeros((1, 1)), 4)
    assert times == [0.0, 0.25, 0.5, 0.75]
    assert "steps" in raises(follow, lambda x, t: x, np.zeros((1, 1)), 0)


def test_the_exact_velocity_by_hand():
    data = np.array([[-1.0], [1.0]])
    # at t = 0 both images weigh the same: m = 0, the velocity is -x
    np.testing.assert_allclose(exact_velocity(np.array([[0.3]]), 0.0, data), [[-0.3]], atol=1e-12)
    # at t = 0.5, x = 0.5: logits -(1)**2 / 0.5 = -2 and 0; m = tanh(1)
    expected = (np.tanh(1.0) - 0.5) / 0.5
    np.testing.assert_allclose(exact_velocity(np.array([[0.5]]), 0.5, data), [[expected]], rtol=1e-12)
    # images 0 and 2 at t = 0.5: x = 0.5 is halfway between their 0 and 1, so m = 1
    halfway = exact_velocity(np.array([[0.5]]), 0.5, np.array([[0.0], [2.0]]))
    np.testing.assert_allclose(halfway, [[(1 - 0.5) / 0.5]], rtol=1e-12)


def test_the_exact_velocity_is_the_mean_of_the_targets_near_x():
    rng = np.random.default_rng(6)
    data, t = np.array([[-1.0], [0.5], [1.5]]), 0.4
    image = data[rng.integers(0, 3, 200_000)]
    noise = rng.standard_normal(image.shape)
    point = (1 - t) * noise + t * image
    near = np.abs(point[:, 0] - 0.2) < 0.02
    target = (image - noise)[near, 0]
    found = exact_velocity(np.array([[0.2]]), t, data)[0, 0]
    assert abs(target.mean() - found) < 5 * target.std() / np.sqrt(near.sum()) + 0.02


def test_following_the_exact_velocity_ends_on_training_images():
    rng = np.random.default_rng(7)
    data, noise = rng.normal(0, 2, (5, 3)), rng.standard_normal((11, 3))
    end = follow(lambda x, t: exact_velocity(x, t, data), noise, 200)
    assert squared_distances(end, data).min(axis=1).max() < 1e-12
    one = follow(lambda x, t: exact_velocity(x, t, data), noise, 1)
    np.testing.assert_allclose(one, np.tile(data.mean(axis=0), (11, 1)), rtol=1e-9)


def test_the_exact_velocity_is_finite_far_away_and_close_to_the_end():
    data = np.array([[0.0, 1.0], [1.0, 0.0]])
    with np.errstate(invalid="raise", divide="raise", over="raise"):
        v = exact_velocity(np.array([[300.0, -500.0]]), 0.999, data)
    assert np.all(np.isfinite(v))
    points = np.array([[0.2, 0.1], [300.0, -500.0]])  # a near point does not swallow a far one
    together = exact_velocity(points, 0.5, data)
    for alone, found in zip(points[:, None], together, strict=True):
        np.testing.assert_allclose(found, exact_velocity(alone, 0.5, data)[0], rtol=1e-12)


def test_the_exact_velocity_keeps_its_digits_far_away():
    # Two images on a line across: only 0.5^2 / (2 * 0.5^2) tells their logits apart, however far x is.
    v = exact_velocity(np.array([[3e5, 0.0]]), 0.5, np.array([[0.0, 0.0], [0.0, 1.0]]))
    np.testing.assert_allclose(v, [[-6e5, 2 / (1 + np.exp(0.5))]], rtol=1e-4)


def test_the_exact_velocity_ends_before_time_one():
    for t in (-0.1, 1.0, 1.5):
        assert f"got {t}" in raises(exact_velocity, np.zeros((2, 3)), t, np.ones((4, 3)))


def test_squared_distances_by_hand():
    a, b = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[3.0, 4.0], [0.0, 1.0], [6.0, 8.0]])
    np.testing.assert_allclose(squared_distances(a, b), [[25, 1, 100], [0, 18, 25]])
    c = np.random.default_rng(8).normal(100, 1, (20, 7))
    assert squared_distances(c, c).min() >= 0


def test_the_classifier_is_at_one_half_for_equal_distributions():
    rng = np.random.default_rng(9)
    found = [two_sample_accuracy(rng.standard_normal((60, 5)), rng.standard_normal((60, 5)), rng)
             for _ in range(20)]
    # 2,400 answers; answers within one fold share a classifier, so twice the binomial error is allowed for
    assert abs(np.mean(found) - 0.5) < 4 * 2 * 0.5 / np.sqrt(2400)


def test_the_classifier_sees_a_shift_and_a_change_of_width():
    rng = np.random.default_rng(10)
    real = rng.standard_normal((200, 5))
    assert two_sample_accuracy(real, rng.standard_normal((200, 5)) + 4, rng) > 0.97
    wide = 3 * rng.standard_normal((200, 5))
    assert two_sample_accuracy(real, wide, rng) > 0.85
    assert two_sample_accuracy(wide, real, rng) > 0.85


def test_two_images_of_each_kind_are_enough():
    real, fake = np.zeros((2, 1)), np.full((2, 1), 10.0)
    assert two_sample_accuracy(real, fake, np.random.default_rng(0)) == 1


def accuracy_by_definition(real, fake, order):
    half, right = len(order) // 2, []
    for train, test in ((order[:half], order[half:]), (order[half:], order[:half])):
        seen = [(real[i], 1) for i in train] + [(fake[i], -1) for i in train]
        pairs = np.array([((a - b) ** 2).sum() for a, _ in seen for b, _ in seen])
        kernel = np.exp(-2 * pairs / np.median(pairs)).reshape(len(seen), -1)
        weight = np.linalg.solve(kernel + 0.1 * np.eye(len(seen)), [float(y) for _, y in seen])
        for row, y in [(real[i], 1) for i in test] + [(fake[i], -1) for i in test]:
            near = [np.exp(-2 * ((row - b) ** 2).sum() / np.median(pairs)) for b, _ in seen]
            right.append(np.sign(weight @ near) == y)
    return np.mean(right)


def test_the_classifier_agrees_with_its_definition_written_out():
    for seed in range(6):  # overlapping samples: other constants would change some answers
        rng = np.random.default_rng(seed)
        real, fake = rng.standard_normal((21, 3)), rng.standard_normal((21, 3)) + 0.7
        expected = accuracy_by_definition(real, fake, np.random.default_rng(12).permutation(21))
        assert two_sample_accuracy(real, fake, np.random.default_rng(12)) == expected


def test_the_classifier_wants_equal_numbers():
    rng = np.random.default_rng(0)
    assert "(3, 2) and (4, 2)" in raises(two_sample_accuracy, np.zeros((3, 2)), np.zeros((4, 2)), rng)
    assert "(1, 2)" in raises(two_sample_accuracy, np.zeros((1, 2)), np.zeros((1, 2)), rng)
    assert "components" in raises(fit_gaussian, np.zeros((3, 2)), 0)
    assert "components" in raises(fit_gaussian, np.zeros((3, 2)), 3)


def test_the_frechet_distance_by_hand():
    a = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])  # covariance I / 2
    assert abs(frechet_distance(a, a)) < 1e-9
    assert abs(frechet_distance(a, a + np.array([3.0, 4.0])) - 25) < 1e-9
    # deviations s and 3 s on both axes: the sum of (3 s - s)**2 = 4 * 0.5 twice
    assert abs(frechet_distance(a, 3 * a) - 4) < 1e-9
    # one pixel: means 1 and 4, deviations 1 and 2, so 3**2 + 1**2
    one = frechet_distance(np.array([[0.0], [2.0]]), np.array([[2.0], [6.0]]))
    assert abs(one - 10) < 1e-9


def test_the_frechet_distance_cannot_tell_a_ring_from_a_gaussian_with_its_covariance():
    rng = np.random.default_rng(13)
    angle = np.arange(400) * (2 * np.pi / 400)
    ring = np.sqrt(2) * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    fake = rng.standard_normal((400, 2))
    fake -= fake.mean(axis=0)
    fake = fake @ np.linalg.inv(np.linalg.cholesky(np.cov(fake, rowvar=False, bias=True))).T
    assert abs(frechet_distance(ring, fake)) < 1e-9
    assert two_sample_accuracy(ring, fake, rng) > 0.7
