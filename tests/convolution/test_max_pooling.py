"""What pooling keeps, which shifts it absorbs, and when the maximum is the better detector."""

import numpy as np

from snippets.convolution.max_pooling import (
    absorbed,
    auc,
    average_pool2d,
    max_pool2d,
    normal_cdf,
    windows,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def test_windows_start_a_stride_apart_and_leave_out_what_does_not_fit():
    x = np.arange(2 * 3 * 5 * 8.0).reshape(2, 3, 5, 8)
    view = windows(x, 2, 3)
    assert view.shape == (2, 3, 2, 3, 2, 2)
    np.testing.assert_array_equal(view[1, 2, 1, 2], x[1, 2, 3:5, 6:8])


def test_pooling_takes_each_windows_maximum_or_mean():
    x = np.random.default_rng(0).normal(size=(2, 3, 7, 9))
    largest, mean = max_pool2d(x, 3, 2), average_pool2d(x, 3, 2)
    assert largest.shape == mean.shape == (2, 3, 3, 4)
    for n, c, i, j in np.ndindex(2, 3, 3, 4):
        window = x[n, c, 2 * i:2 * i + 3, 2 * j:2 * j + 3]
        assert largest[n, c, i, j] == window.max() and np.isclose(mean[n, c, i, j], window.mean())


def test_the_worked_image_of_the_page():
    x = np.array([[[[1.0, 3, 2, 0], [4, 5, 0, 1], [9, 7, 8, 6], [0, 2, 3, 3]]]])
    assert max_pool2d(x, 2, 2)[0, 0].tolist() == [[5, 2], [9, 8]]
    assert average_pool2d(x, 2, 2)[0, 0].tolist() == [[3.25, 0.75], [4.5, 5]]
    assert x[0, 0, ::2, ::2].tolist() == [[1, 2], [9, 8]]


def test_any_order_within_a_window_gives_the_same():
    x = np.random.default_rng(1).normal(size=(1, 2, 4, 6))
    flipped = x.reshape(1, 2, 2, 2, 3, 2)[:, :, :, ::-1, :, ::-1].reshape(x.shape)
    assert not np.array_equal(x, flipped)
    np.testing.assert_array_equal(max_pool2d(x, 2, 2), max_pool2d(flipped, 2, 2))
    np.testing.assert_allclose(average_pool2d(x, 2, 2), average_pool2d(flipped, 2, 2))


def test_windows_side_by_side_absorb_what_stays_inside():
    for kernel in (1, 2, 3, 4):
        for shift in range(6):
            assert np.isclose(absorbed(kernel, kernel, shift), max(0, kernel - shift) / kernel)


def test_overlapping_windows_absorb_no_step_of_a_lone_peak():
    assert absorbed(3, 2, 0) == 1 and absorbed(3, 2, 1) == 0
    assert absorbed(2, 1, 1) == 0


def test_windows_with_gaps_do_not_see_a_peak_that_stays_in_a_gap():
    # every third row is read; in it, one of three steps to the right stays between what is read
    assert np.isclose(absorbed(1, 3, 1), 2 / 3 + 1 / 3 * 1 / 3)


def test_normal_cdf_at_known_points():
    found = normal_cdf(np.array([[0.0, 1.959963985], [-1.0, 8.5]]))
    np.testing.assert_allclose(found, [[0.5, 0.975], [0.158655254, 1.0]], atol=1e-9)


def test_one_cell_makes_all_three_the_same():
    expected = float(normal_cdf(np.array(1.5 / np.sqrt(2))))
    for how in ("max", "average", "stride"):
        assert np.isclose(auc(how, 1, 1, 1.5), expected, atol=1e-6)


def test_without_a_signal_all_are_at_chance():
    for how in ("max", "average", "stride"):
        assert np.isclose(auc(how, 9, 0, 2.0), 0.5, atol=1e-6)
        assert np.isclose(auc(how, 9, 5, 0.0), 0.5, atol=1e-6)


def test_a_signal_far_above_the_noise_is_found_by_the_maximum_and_by_the_average():
    for how in ("max", "average"):
        assert 1 - 1e-6 < auc(how, 4, 1, 20.0) < 1 + 1e-6


def test_the_numbers_of_the_page():
    table = {how: [f"{auc(how, 4, k, 2.0):.3f}" for k in (1, 2, 3, 4)]
             for how in ("max", "average", "stride")}
    assert table == {"max": ["0.835", "0.929", "0.963", "0.978"],
                     "average": ["0.760", "0.921", "0.983", "0.998"],
                     "stride": ["0.605", "0.711", "0.816", "0.921"]}
    assert f"{auc('max', 16, 1, 2.0):.3f} {auc('average', 16, 1, 2.0):.3f}" == "0.733 0.638"
    assert auc("max", 16, 4, 2.0) > auc("average", 16, 4, 2.0)
    assert auc("max", 16, 5, 2.0) < auc("average", 16, 5, 2.0)
    assert 9 * 64 * 64 * 56 * 56 == 115_605_504 and 9 * 64 * 64 * 28 * 28 == 28_901_376


def test_simulated_windows_score_as_computed():
    rng = np.random.default_rng(2)
    trials = 20_000
    without, noise = rng.normal(size=(2, trials, 1, 3, 3))
    noise.reshape(trials, 9)[:, :2] += 1.5  # two of nine cells carry the signal
    for how, pool in (("max", max_pool2d), ("average", average_pool2d)):
        wins = np.mean(pool(noise, 3, 3) > pool(without, 3, 3))
        # a share of independent pairs: within four standard deviations
        assert abs(wins - auc(how, 9, 2, 1.5)) < 4 * np.sqrt(0.25 / trials)


def test_an_empty_batch_stays_empty():
    assert max_pool2d(np.ones((0, 2, 4, 4)), 2, 2).shape == (0, 2, 2, 2)


def test_bad_input_is_named():
    x = np.ones((1, 1, 3, 4))
    assert "kernel" in raises(windows, x, 0, 1)
    assert "stride" in raises(windows, x, 1, 0)
    assert "kernel 4" in raises(max_pool2d, x, 4, 1)
    assert "how" in raises(auc, "median", 4, 1, 2.0)
    for cells, carrying in ((4, 5), (4, -1), (0, 0)):
        assert "carrying" in raises(auc, "max", cells, carrying, 2.0)
    for sizes in ((2, 0, 1), (0, 2, 1), (2, 2, -1)):
        assert "shift" in raises(absorbed, *sizes)
