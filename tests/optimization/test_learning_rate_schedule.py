"""Where the rate starts, peaks and ends, and what each schedule needs to know."""

import numpy as np

from snippets.optimization.learning_rate_schedule import (
    cosine,
    inverse_sqrt,
    linear,
    progress,
    warmup_factor,
    wsd,
)

T = np.arange(131)  # warm-up 11, total 101: 30 steps beyond the end


def raises(function, *args, **options):
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def test_the_first_step_moves_and_the_peak_comes_at_the_last_warm_up_step():
    factor = warmup_factor(T, 11)
    assert abs(factor[0] - 1 / 11) < 1e-12 and factor[9] < 1 and np.all(factor[10:] == 1)
    np.testing.assert_allclose(np.diff(factor[:11]), 1 / 11, rtol=1e-9)


def test_no_warm_up_starts_at_the_peak():
    assert np.all(warmup_factor(T, 0) == 1)
    assert float(cosine(0, 0.3, 0, 101)) == 0.3


def test_progress_is_zero_before_and_one_after():
    np.testing.assert_allclose(progress(np.array([0, 4, 6, 9, 20]), 4, 9), [0, 0, 0.4, 1, 1], rtol=1e-12)


def test_cosine_and_linear_cross_halfway_between_peak_and_floor():
    for schedule in (cosine, linear):
        rates = schedule(T, 3.0, 11, 101, floor=1.0)
        assert abs(rates[11] - 3.0) < 1e-12 and abs(rates[56] - 2.0) < 1e-12
        np.testing.assert_allclose(rates[101:], 1.0, rtol=1e-12)
        assert np.all(np.diff(rates[11:102]) < 0)


def test_cosine_is_flat_at_both_ends_and_linear_is_not():
    c, s = cosine(T, 1.0, 11, 101), linear(T, 1.0, 11, 101)
    assert c[11] - c[12] < 0.001 and c[99] - c[100] < 0.001
    assert abs(s[11] - s[12] - 1 / 90) < 1e-9
    assert abs(c[41] - (1 + np.cos(np.pi / 3)) / 2) < 1e-12  # a third of the way: 3/4


def test_wsd_stays_at_the_peak_until_its_decay():
    rates = wsd(T, 2.0, 11, 101, decay=20, floor=0.5)
    assert np.all(rates[10:82] == 2.0) and rates[82] < 2.0
    assert abs(rates[91] - 1.25) < 1e-12 and np.all(rates[101:] == 0.5)


def test_wsd_before_its_decay_does_not_know_the_total():
    np.testing.assert_array_equal(wsd(T[:81], 1.0, 11, 101, 20), wsd(T[:81], 1.0, 11, 9999, 20))


def test_the_shortest_and_the_longest_decay_of_wsd():
    short = wsd(T, 2.0, 11, 101, decay=1)
    assert np.all(short[10:101] == 2.0) and short[101] == 0.0
    np.testing.assert_allclose(wsd(T, 2.0, 11, 101, decay=90), linear(T, 2.0, 11, 101), rtol=1e-12)


def test_inverse_square_root_without_a_rise():
    np.testing.assert_allclose(inverse_sqrt(T, 3.0, 1), 3.0 / np.sqrt(T + 1), rtol=1e-12)


def test_inverse_square_root_halves_when_the_step_is_four_times_the_warm_up():
    rates = inverse_sqrt(T, 2.0, 11)
    assert abs(rates[10] - 2.0) < 1e-12 and abs(rates[43] - 1.0) < 1e-12 and rates[9] < 2.0


def test_the_schedule_of_the_transformer_paper():
    t = np.arange(1, 20_001)
    paper = 512**-0.5 * np.minimum(t**-0.5, t * 4000**-1.5)
    ours = inverse_sqrt(t - 1, 512**-0.5 * 4000**-0.5, 4000)
    np.testing.assert_allclose(ours, paper, rtol=1e-12)
    assert f"{paper.max():.2e}" == "6.99e-04"


def test_the_page_s_table_and_means():
    steps = np.array([0, 4, 9, 10, 55, 90, 99])
    assert cosine(steps, 1, 10, 100).round(3).tolist() == [0.1, 0.5, 1, 1, 0.5, 0.03, 0]
    assert linear(steps, 1, 10, 100).round(3).tolist() == [0.1, 0.5, 1, 1, 0.5, 0.111, 0.011]
    assert wsd(steps, 1, 10, 100, 20).round(3).tolist() == [0.1, 0.5, 1, 1, 1, 0.5, 0.05]
    assert inverse_sqrt(steps, 1, 10).round(3).tolist() == [0.1, 0.5, 1, 0.953, 0.423, 0.331, 0.316]
    run = np.arange(100)
    means = [cosine(run, 1, 10, 100).mean(), linear(run, 1, 10, 100).mean(), wsd(run, 1, 10, 100, 20).mean()]
    assert np.round(means, 2).tolist() == [0.51, 0.51, 0.86]


def test_wrong_arguments_are_named():
    assert "warmup" in raises(warmup_factor, 3, -1)
    assert "step" in raises(warmup_factor, -3, 5)
    assert "total must be above 10, got 10" in raises(cosine, 0, 1.0, 10, 10)
    assert raises(wsd, 0, 1.0, 10, 100, 91) == "decay must lie in [1, 90], got 91"
    assert "decay" in raises(wsd, 0, 1.0, 10, 100, 0)
    assert "warmup" in raises(inverse_sqrt, 0, 1.0, 0)
