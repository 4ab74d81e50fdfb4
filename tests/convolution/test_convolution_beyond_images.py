"""One axis: a motif found anywhere, no look at the future, and whether neighbors are related."""

import numpy as np

from snippets.convolution.convolution_beyond_images import (
    conv1d,
    correlation_by_distance,
    encode,
    receptive_field,
)


def test_each_letter_gets_a_channel():
    assert encode("GAT").tolist() == [[0, 1, 0], [0, 0, 0], [1, 0, 0], [0, 0, 1]]
    assert encode("ba", alphabet="abc").tolist() == [[0, 1], [1, 0], [0, 0]]
    assert encode("").shape == (4, 0)


def test_convolution_is_its_definition():
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, 11)), rng.normal(size=(3, 2, 4))
    for dilation in (1, 2, 3):
        y = conv1d(x, weight, dilation)
        assert y.shape == (3, 11)
        for o, t in [(0, 0), (1, 5), (2, 10)]:
            total = sum(weight[o, c, k] * x[c, t - (3 - k) * dilation]
                        for c in range(2) for k in range(4) if t >= (3 - k) * dilation)
            assert np.isclose(y[o, t], total)


def test_the_motif_of_the_page_is_found_wherever_it_stands():
    motif = encode("TATA")[None]
    scores = [conv1d(encode(s), motif)[0].tolist() for s in ("GCTATAAGC", "TATAGCAGC")]
    assert scores == [[0, 0, 0, 2, 0, 4, 1, 2, 1], [0, 2, 0, 4, 0, 2, 1, 0, 1]]
    assert [max(np.maximum(np.array(s) - 3, 0)) for s in scores] == [1, 1]


def test_an_output_does_not_see_the_future():
    rng = np.random.default_rng(1)
    x, weight = rng.normal(size=(2, 12)), rng.normal(size=(3, 2, 3))
    later = x.copy()
    later[:, 7:] += 1.0
    before, after = conv1d(x, weight, 2), conv1d(later, weight, 2)
    np.testing.assert_array_equal(before[:, :7], after[:, :7])
    assert (before[:, 7] != after[:, 7]).all()


def test_a_shift_in_time_shifts_the_output_after_the_start():
    rng = np.random.default_rng(2)
    x, weight = rng.normal(size=(2, 12)), rng.normal(size=(3, 2, 3))
    moved = conv1d(np.roll(x, 2, axis=1), weight)
    np.testing.assert_allclose(moved[:, 4:], conv1d(x, weight)[:, 2:-2])


def test_the_receptive_field_is_what_an_impulse_reaches():
    for kernel, dilations in [(2, [1, 2, 4, 8]), (3, [1, 1, 1]), (3, [1, 3])]:
        x = np.zeros((1, 60))
        x[0, 20] = 1.0
        for dilation in dilations:
            x = conv1d(x, np.ones((1, 1, kernel)), dilation)
        reached = np.flatnonzero(x[0])
        assert reached[0] == 20
        assert reached[-1] - 20 + 1 == receptive_field(kernel, dilations)


def test_ten_layers_see_1024_steps_with_doubling_and_11_without():
    assert receptive_field(2, [2**i for i in range(10)]) == 1024
    assert receptive_field(2, [1] * 10) == 11
    assert 1000 * 1024 / 16_000 == 64  # milliseconds at 16 kHz


def test_correlations_agree_with_numpys():
    x = np.random.default_rng(3).normal(size=(20, 2, 5)).cumsum(axis=2)
    x[:, :, ::2] *= -1  # correlations of both signs
    found = correlation_by_distance(x, [1, 3])
    for value, d in zip(found, (1, 3), strict=True):
        pairs = [abs(np.corrcoef(x[:, r, t], x[:, r, t + d])[0, 1])
                 for r in range(2) for t in range(5 - d)]
        assert np.isclose(value, np.mean(pairs))


def test_correlation_falls_along_an_ordered_axis_and_not_along_a_shuffled_one():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(500, 1, 64))
    for t in range(1, 64):  # each entry keeps 0.8 of its neighbor
        x[:, :, t] = 0.8 * x[:, :, t - 1] + 0.6 * x[:, :, t]
    ordered = correlation_by_distance(x, [1, 2, 8])
    # a correlation of 500 examples has a standard deviation below 1 / sqrt(500)
    assert np.all(np.abs(ordered - [0.8, 0.64, 0.8**8]) < 4 / np.sqrt(500))
    shuffled = correlation_by_distance(x[:, :, rng.permutation(64)], [1, 8])
    assert abs(shuffled[0] - shuffled[1]) < 0.2 < ordered[0] - ordered[2]


def test_entries_that_never_vary_are_left_out():
    x = np.random.default_rng(5).normal(size=(30, 1, 5))
    kept = correlation_by_distance(x[:, :, :3], [1])
    for value in (7.0, 0.1, -0.1, 0.0, 1e9 + 0.3):  # the mean of thirty 0.1 is not exactly 0.1
        x[:, :, 3:] = value
        np.testing.assert_allclose(correlation_by_distance(x, [1]), kept)


def test_the_unit_of_measurement_does_not_matter():
    x = np.random.default_rng(6).normal(size=(30, 2, 5)).cumsum(axis=2)
    units = np.array([1e-3, 1.0, 1e3, 1e-20, 7.0])
    found = correlation_by_distance(x * units, [1, 4])
    np.testing.assert_allclose(found, correlation_by_distance(x, [1, 4]))


def test_bad_input_is_named():
    for function, args, name in [(encode, ("AXG",), "sequence"),
                                 (correlation_by_distance, (np.ones((3, 1, 4)), [0]), "distances"),
                                 (correlation_by_distance, (np.ones((3, 1, 4)), [1, 4]), "distances"),
                                 (conv1d, (np.ones((1, 3)), np.ones((1, 1, 2)), 0), "dilation")]:
        message = ""
        try:
            function(*args)
        except ValueError as error:
            message = str(error)
        assert name in message
        assert function is not correlation_by_distance or "1 to 3" in message
