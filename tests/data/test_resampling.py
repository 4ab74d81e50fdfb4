"""What resampling promises. NumPy and plain asserts only."""

import numpy as np

from snippets.data.resampling import (
    balanced_draw,
    draw_epoch,
    repeat_factors,
    smote,
    under_sample,
    undo_under_sampling,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_each_class_is_drawn_equally_often():
    targets = np.repeat([0, 3, 7], [900, 90, 10])
    drawn = balanced_draw(targets, 30_000, np.random.default_rng(0))
    for label in (0, 3, 7):
        share = np.mean(targets[drawn] == label)
        assert abs(share - 1 / 3) < 5 * np.sqrt(2 / 9 / 30_000), f"class {label}: {share}"
    # Within a class all examples alike: 1,000 expected draws of each of the ten rare ones.
    counts = np.bincount(drawn, minlength=1000)[990:]
    assert np.abs(counts - 1000).max() < 5 * np.sqrt(1000)


def test_drawing_is_weighting_in_expectation_with_less_noise_from_the_rare_class():
    rng = np.random.default_rng(1)
    targets = (np.arange(2000) < 20).astype(np.int64)  # 1 %
    losses = rng.standard_normal(2000) + 5.0 * targets
    weights = np.where(targets == 1, 0.5 / 0.01, 0.5 / 0.99)
    weighted, drawn = [], []
    for _ in range(1500):
        rows = rng.integers(2000, size=64)
        weighted.append(np.mean(weights[rows] * losses[rows]))
        drawn.append(np.mean(losses[balanced_draw(targets, 64, rng)]))
    goal = 0.5 * losses[:20].mean() + 0.5 * losses[20:].mean()
    for values in (weighted, drawn):
        assert abs(np.mean(values) - goal) < 5 * np.std(values) / np.sqrt(1500)
    assert np.var(weighted) > 20 * np.var(drawn)


def test_repeat_factors_by_hand():
    # Shares 1, 0.25, 0.01; threshold 0.04: factors 1, 1, 2.
    contains = np.zeros((100, 3), dtype=bool)
    contains[:, 0] = True
    contains[:25, 1] = True
    contains[7, 2] = True
    factors = repeat_factors(contains, 0.04)
    assert factors.shape == (100,)
    np.testing.assert_allclose(factors, np.where(np.arange(100) == 7, 2.0, 1.0), rtol=1e-12)


def test_repeat_factors_take_the_rarest_class_of_an_image_and_ignore_absent_ones():
    rng = np.random.default_rng(0)
    contains = rng.random((500, 5)) < np.array([0.5, 0.2, 0.1, 0.03, 0.0])
    with np.errstate(all="raise"):  # nothing is divided by the share of the absent class
        factors = repeat_factors(contains, 0.4)
    for image in range(500):
        expected = 1.0
        for label in np.flatnonzero(contains[image]):
            expected = max(expected, np.sqrt(0.4 / contains[:, label].mean()))
        np.testing.assert_allclose(factors[image], expected, rtol=1e-12)


def test_numbers_of_lvis():
    for share, repeat in ((1e-3, 1.0), (1e-4, 3.162), (1e-5, 10.0)):
        size = round(1 / share)
        contains = np.zeros((size, 1), dtype=bool)
        contains[0] = True
        np.testing.assert_allclose(repeat_factors(contains, 0.001)[0], repeat, atol=5e-4)


def test_an_epoch_repeats_by_the_factor_on_average():
    rng, factors = np.random.default_rng(0), np.array([1.0, 2.3, 0.0, 0.25, 4.0])
    counts = np.array([np.bincount(draw_epoch(factors, rng), minlength=5) for _ in range(2000)])
    assert (counts[:, [0, 2, 4]] == [1, 0, 4]).all()
    assert set(counts[:, 1]) == {2, 3} and set(counts[:, 3]) == {0, 1}
    np.testing.assert_allclose(counts.mean(axis=0), factors, atol=5 * 0.5 / np.sqrt(2000))
    # Each example is decided by itself: of 400 halves about 200 come.
    assert abs(len(draw_epoch(np.full(400, 0.5), rng)) - 200) < 5 * 0.5 * np.sqrt(400)


def test_an_epoch_is_shuffled():
    rows = draw_epoch(np.ones(200), np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(rows), np.arange(200))
    assert (rows != np.arange(200)).mean() > 0.9


def test_under_sampling_keeps_all_positives_and_a_share_of_the_negatives():
    targets = (np.arange(20_000) % 100 == 0).astype(np.int64)
    rows = under_sample(targets, 0.1, np.random.default_rng(0))
    assert (targets[rows] == 1).sum() == 200
    kept = (targets[rows] == 0).sum() / 19_800
    assert abs(kept - 0.1) < 5 * np.sqrt(0.09 / 19_800)
    assert (np.diff(rows) > 0).all()
    assert len(under_sample(targets, 1.0, np.random.default_rng(0))) == 20_000


def test_undoing_multiplies_the_odds_by_the_share_kept():
    probs = np.array([0.0, 0.1, 0.5, 0.9, 1.0])
    for keep in (0.01, 0.3, 1.0):
        fixed = undo_under_sampling(probs, keep)
        np.testing.assert_allclose(fixed * (1 - probs), keep * probs * (1 - fixed), atol=1e-15)
    # Click rate 0.1 %, 1 % of the negatives kept: 0.001 / (0.001 + 0.00999) = 0.0910.
    trained = 0.001 / (0.001 + 0.999 * 0.01)
    np.testing.assert_allclose(trained, 0.0910, atol=5e-5)
    np.testing.assert_allclose(undo_under_sampling(np.array([trained]), 0.01), [0.001], rtol=1e-12)


def test_new_points_lie_between_a_point_and_its_neighbor():
    # Two distant pairs: with one neighbor, every new point lies within a pair.
    x = np.array([[0.0, 0.0], [1.0, 2.0], [100.0, 0.0], [101.0, 2.0]])
    new = smote(x, 500, 1, np.random.default_rng(0))
    place = new[:, 0] - np.where(new[:, 0] > 50, 100.0, 0.0)
    assert (place >= 0).all() and (place <= 1).all()
    np.testing.assert_allclose(new[:, 1], 2 * place, atol=1e-9)
    assert abs((new[:, 0] > 50).mean() - 0.5) < 5 * 0.5 / np.sqrt(500)
    assert abs(place.mean() - 0.5) < 5 * np.sqrt(1 / 12 / 500)


def test_new_points_use_all_k_neighbors_and_no_other():
    x = np.array([[0.0], [1.0], [3.0], [1000.0]])
    new = smote(x, 300, 2, np.random.default_rng(0))
    # From 0 to 1 or 3, from 1 to 0 or 3, from 3 to 1 or 0, from 1000 to 3 or 1.
    assert (new[:, 0] < 1).any() and ((new[:, 0] > 1) & (new[:, 0] < 3)).any()
    assert abs((new[:, 0] > 3).mean() - 0.25) < 5 * np.sqrt(0.1875 / 300)
    # The gap is crossed to the second neighbor only: half the time, by 9/10 or all of the way.
    pairs = smote(np.array([[0.0], [1.0], [10.0], [11.0]]), 2000, 2, np.random.default_rng(0))[:, 0]
    assert abs(((pairs > 1) & (pairs < 10)).mean() - 0.475) < 5 * 0.5 / np.sqrt(2000)


def test_neighbors_do_not_depend_on_the_origin():
    x = np.random.default_rng(0).standard_normal((30, 2))
    near = smote(x, 200, 3, np.random.default_rng(1))
    for offset in (2.0**30, np.array([2.0**30, -(2.0**30)])):
        far = smote(x + offset, 200, 3, np.random.default_rng(1))
        np.testing.assert_allclose(far - offset, near, atol=1e-5)
    whole = smote(np.array([[0, 0], [4, 2]]), 50, 1, np.random.default_rng(0))
    assert whole.dtype == np.float64 and ((whole > 0) & (whole < 4)).all()


def test_in_high_dimension_new_points_have_two_thirds_of_the_variance():
    rng = np.random.default_rng(0)
    for dim, low, high in ((2, 0.8, 1.0), (1000, 0.65, 0.69)):
        new = smote(rng.standard_normal((200, dim)), 2000, 5, rng)
        assert low < new.var() < high, f"{dim} dimensions: {new.var()}"


def test_variance_of_the_log_odds():
    # 1/n1 + 1/n0 against simulated logs of odds: 400 positives, r negatives for each.
    rng = np.random.default_rng(0)
    for ratio in (1, 5, 10):
        total = 400 * (1 + ratio)
        counts = rng.binomial(total, 1 / (1 + ratio), size=20_000)
        spread = np.var(np.log(counts / (total - counts)))
        np.testing.assert_allclose(spread, (1 + 1 / ratio) / 400, rtol=0.05)


def test_bad_input_is_named():
    rng = np.random.default_rng(0)
    assert raises(balanced_draw, np.zeros(0, dtype=np.int64), 3, rng) == "targets is empty"
    assert "threshold" in raises(repeat_factors, np.ones((2, 2), dtype=bool), 0.0)
    for keep in (0.0, 1.5):
        assert "keep" in raises(under_sample, np.zeros(2), keep, rng)
        assert "keep" in raises(undo_under_sampling, np.zeros(2), keep)
    assert "k must lie between 1 and 2, got 3" in raises(smote, np.zeros((3, 2)), 5, 3, rng)
    assert "k " in raises(smote, np.zeros((3, 2)), 5, 0, rng)
