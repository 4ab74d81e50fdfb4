"""What the search promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import math

import numpy as np

from snippets.optimization.hyperparameter_search import (
    bayesian_search,
    expected_improvement,
    log_evidence,
    matern,
    posterior,
    to_value,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_equal_steps_of_the_unit_multiply_the_value():
    values = [to_value(u, 1e-4, 1.0) for u in (0.0, 0.25, 0.5, 0.75, 1.0)]
    np.testing.assert_allclose(values, [1e-4, 1e-3, 1e-2, 1e-1, 1.0], rtol=1e-12)


def test_the_kernel_matches_numbers_computed_by_hand():
    # r = 1, s = sqrt(5): (1 + s + 5 / 3) exp(-s); halving the length is doubling the distance.
    s = math.sqrt(5.0)
    a, b = np.array([[0.0, 0.0]]), np.array([[0.0, 0.0], [0.6, 0.8], [3.0, 0.0]])
    correlations = matern(a, b, np.ones(2))
    np.testing.assert_allclose(correlations[0, :2], [1.0, (1 + s + 5 / 3) * math.exp(-s)])
    assert correlations.shape == (1, 3)
    np.testing.assert_allclose(
        matern(a, b[2:], np.array([3.0, 0.01])), correlations[:, 1:2], rtol=1e-12,
        err_msg="each axis is divided by its own length",
    )


def test_the_kernel_is_symmetric_and_positive_definite():
    x = np.random.default_rng(0).uniform(size=(11, 3))
    correlations = matern(x, x, np.array([0.2, 0.5, 2.0]))
    np.testing.assert_allclose(correlations, correlations.T, rtol=1e-12)
    assert np.linalg.eigvalsh(correlations).min() > 0


def test_the_posterior_solves_the_textbook_formula():
    rng = np.random.default_rng(1)
    x, y, query = rng.uniform(size=(7, 2)), rng.normal(size=7), rng.uniform(size=(5, 2))
    lengths, noise = np.array([0.3, 0.9]), 0.05
    mean, std = posterior(x, y, query, lengths, noise)
    inverse = np.linalg.inv(matern(x, x, lengths) + noise * np.eye(7))
    cross = matern(x, query, lengths)
    np.testing.assert_allclose(mean, cross.T @ inverse @ y, rtol=1e-9)
    np.testing.assert_allclose(std**2, 1 - np.diag(cross.T @ inverse @ cross), rtol=1e-7)


def test_almost_noise_free_data_are_interpolated_and_far_away_the_prior_returns():
    x, y = np.array([[0.0], [1.0]]), np.array([1.0, -1.0])
    mean, std = posterior(x, y, np.array([[0.0], [1.0], [50.0]]), np.ones(1), 1e-8)
    np.testing.assert_allclose(mean, [1.0, -1.0, 0.0], atol=1e-6)
    assert std[0] < 1e-3 and std[1] < 1e-3 and abs(std[2] - 1.0) < 1e-9


def test_noise_lets_repeated_points_disagree():
    x, y = np.zeros((4, 1)), np.array([1.0, 2.0, 3.0, 4.0])
    mean, std = posterior(x, y, np.zeros((1, 1)), np.ones(1), 1.0)
    # Precision 1 from the prior and 1 from each value: mean 10 / 5, variance 1 / 5.
    np.testing.assert_allclose([mean[0], std[0] ** 2], [2.0, 0.2], rtol=1e-9)


def test_expected_improvement_is_the_mean_of_what_falls_below():
    rng = np.random.default_rng(2)
    for mean, std, best in [(0.3, 0.7, 0.1), (-1.0, 0.2, 0.0), (2.0, 0.5, 1.0)]:
        draws = np.maximum(best - rng.normal(mean, std, size=200_000), 0.0)
        ours = expected_improvement(np.array([mean]), np.array([std]), best)[0]
        error = draws.std() / np.sqrt(len(draws))
        assert abs(ours - draws.mean()) < 4 * error, f"{ours} against {draws.mean()} by sampling"


def test_expected_improvement_likes_a_low_mean_and_a_wide_spread():
    gain = expected_improvement(np.array([0.0, -0.5, 0.0]), np.array([0.5, 0.5, 1.0]), 0.0)
    assert gain[1] > gain[0] and gain[2] > gain[0]
    np.testing.assert_allclose(gain[2], 1 / math.sqrt(2 * math.pi), rtol=1e-12)


def test_a_certain_improvement_is_worth_its_size():
    gain = expected_improvement(np.array([-3.0, 3.0]), np.array([1e-9, 1e-9]), 0.0)
    np.testing.assert_allclose(gain, [3.0, 0.0], atol=1e-12)


def test_the_evidence_is_the_normal_density():
    # One point: y is normal with variance 1 + noise.
    one = log_evidence(np.zeros((1, 2)), np.array([0.7]), np.ones(2), 0.5)
    assert abs(one - (-0.5 * (0.49 / 1.5 + math.log(2 * math.pi * 1.5)))) < 1e-12
    rng = np.random.default_rng(3)
    x, y, lengths = rng.uniform(size=(6, 2)), rng.normal(size=6), np.array([0.4, 0.8])
    covariance = matern(x, x, lengths) + 0.1 * np.eye(6)
    sign, log_det = np.linalg.slogdet(covariance)
    expected = -0.5 * (y @ np.linalg.inv(covariance) @ y + log_det + 6 * math.log(2 * math.pi))
    assert sign == 1
    np.testing.assert_allclose(log_evidence(x, y, lengths, 0.1), expected, rtol=1e-9)


def test_the_evidence_finds_the_axis_that_matters():
    rng = np.random.default_rng(4)
    x = rng.uniform(size=(40, 2))
    y = np.sin(6 * x[:, 0])
    y = (y - y.mean()) / y.std()
    right = log_evidence(x, y, np.array([0.5, 10.0]), 1e-3)
    wrong = log_evidence(x, y, np.array([10.0, 0.5]), 1e-3)
    assert right > wrong + 50


def bowl(point: np.ndarray) -> float:
    return float((point[0] - 0.3) ** 2 + 0.1 * (point[1] - 0.8) ** 2)


def test_the_search_beats_random_points_on_a_smooth_bowl():
    ours, random = [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        ours.append(bayesian_search(bowl, 2, 20, rng)[1].min())
        random.append(min(bowl(point) for point in rng.uniform(size=(20, 2))))
    assert np.mean(ours) < 0.25 * np.mean(random), f"{ours} against {random}"


def test_the_search_fits_the_lengths_and_finds_the_deepest_of_several_valleys():
    # Two valleys in [0, 1], at -0.6108 and -0.0872; lengths of 0.5 would smooth them away.
    def wavy(point: np.ndarray) -> float:
        return math.sin(12 * point[0]) + point[0]

    for seed in range(4):
        _, scores = bayesian_search(wavy, 1, 14, np.random.default_rng(seed), start=3)
        assert scores.min() < -0.6, f"seed {seed} ended at {scores.min()}"


def test_the_search_spends_the_budget_and_keeps_the_order():
    seen = []

    def objective(point: np.ndarray) -> float:
        seen.append(point.copy())
        return bowl(point)

    x, scores = bayesian_search(objective, 3, 11, np.random.default_rng(5), start=4)
    assert x.shape == (11, 3) and scores.shape == (11,) and len(seen) == 11
    np.testing.assert_array_equal(x, np.array(seen))
    np.testing.assert_array_equal(scores, [bowl(point) for point in x])
    assert x.min() >= 0 and x.max() <= 1


def test_most_proposals_lie_near_the_best_point_where_the_cube_is_wide():
    near = []
    for seed in range(5):
        x, scores = bayesian_search(lambda point: float(((point - 0.7) ** 2).sum()), 8, 20,
                                    np.random.default_rng(seed))
        for i in range(8, 20):  # two uniform points of eight dimensions are about 1.15 apart
            near.append(np.linalg.norm(x[i] - x[np.argmin(scores[:i])]) < 0.6)
    assert np.mean(near) > 0.6


def test_the_search_does_not_leave_the_cube_where_the_best_is_beyond():
    x, _ = bayesian_search(lambda point: -float(point.sum()), 2, 14, np.random.default_rng(8), start=3)
    assert x.max() == 1 and x.min() >= 0  # the border itself is among the candidates


def test_the_first_eight_points_are_uniform():
    x, scores = bayesian_search(bowl, 3, 8, np.random.default_rng(9))
    np.testing.assert_array_equal(x, np.random.default_rng(9).uniform(size=(8, 3)))
    np.testing.assert_array_equal(scores, [bowl(point) for point in x])


def test_equal_scores_do_not_stop_the_search():
    x, scores = bayesian_search(lambda point: 0.9, 2, 7, np.random.default_rng(6), start=3)
    assert np.all(np.isfinite(x)) and np.all(scores == 0.9)


def test_bad_input_is_named():
    assert "low" in raises(to_value, 0.5, 0.0, 1.0)
    assert "high" in raises(to_value, 0.5, 2.0, 1.0)
    assert "low 1.0 and high 1.0" in raises(to_value, 0.5, 1.0, 1.0)
    assert "lengths" in raises(matern, np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1))
    x = np.zeros((1, 1))
    assert "noise" in raises(posterior, x, np.zeros(1), x, np.ones(1), 0.0)
    rng = np.random.default_rng(0)
    assert "budget" in raises(bayesian_search, bowl, 2, 3, rng, start=4)
    assert "start" in raises(bayesian_search, bowl, 2, 3, rng, start=1)
    assert "noise" in raises(log_evidence, x, np.zeros(1), np.ones(1), 0.0)
    assert "nan" in raises(bayesian_search, lambda point: math.nan, 2, 9, rng)
    late = iter([0.1, 0.2, math.inf])  # the third trial is the first one the model proposes
    assert "inf" in raises(bayesian_search, lambda point: next(late), 2, 9, rng, start=2)
