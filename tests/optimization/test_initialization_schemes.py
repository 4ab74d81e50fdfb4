"""Fans, gains and variances, and that the signal keeps its size."""

import numpy as np

from snippets.optimization.initialization_schemes import (
    calculate_fan,
    calculate_gain,
    kaiming_normal,
    orthogonal,
    truncated_normal,
    xavier_uniform,
)


def rng():
    return np.random.default_rng(0)


def raises(function, *args, **options):
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def test_fans_count_channels_times_kernel():
    assert calculate_fan((7, 3)) == (3, 7)
    assert calculate_fan((7, 3, 5, 2)) == (30, 70)
    assert calculate_fan((1, 3)) == (3, 1)


def test_gains():
    assert calculate_gain("linear") == calculate_gain("sigmoid") == 1 and calculate_gain("tanh") == 5 / 3
    assert abs(calculate_gain("relu") ** 2 - 2) < 1e-12
    assert abs(calculate_gain("leaky_relu", 0.5) ** 2 - 1.6) < 1e-12
    assert abs(calculate_gain("leaky_relu") ** 2 - 2 / 1.0001) < 1e-12


def test_xavier_is_uniform_with_variance_two_over_the_sum_of_fans():
    # 60,000 draws: the variance of a uniform has a relative deviation of sqrt(0.8 / 60,000).
    w = xavier_uniform((200, 300), rng(), gain=3.0)
    bound = 3 * np.sqrt(6 / 500)
    assert 0.999 * bound < np.abs(w).max() <= bound and w.shape == (200, 300)
    assert abs(w.var() / (9 * 2 / 500) - 1) < 5 * np.sqrt(0.8 / 60_000)


def test_he_divides_two_by_the_fan_of_the_mode():
    # Normal: relative deviation of the variance sqrt(2 / 54,000).
    shape = (100, 60, 3, 3)
    for mode, fan in (("fan_in", 540), ("fan_out", 900)):
        w = kaiming_normal(shape, rng(), mode)
        assert w.shape == shape and abs(w.var() * fan / 2 - 1) < 5 * np.sqrt(2 / 54_000)
    assert abs(kaiming_normal(shape, rng(), nonlinearity="linear").var() * 540 - 1) < 5 * np.sqrt(2 / 54_000)


def test_he_is_normal_and_xavier_is_not():
    def kurtosis(w):
        return np.mean(w**4) / np.mean(w**2) ** 2

    # 3 for a normal, 1.8 for a uniform; deviation sqrt(24 / 60,000) = 0.02.
    assert abs(kurtosis(kaiming_normal((200, 300), rng())) - 3) < 0.15
    assert abs(kurtosis(xavier_uniform((200, 300), rng())) - 1.8) < 0.05


def test_the_truncated_normal_has_its_deviation_and_no_tail():
    w = truncated_normal((200, 300), rng(), 0.02)
    assert w.shape == (200, 300) and abs(w.std() / 0.02 - 1) < 0.015
    assert 0.045 < np.abs(w).max() <= 0.02 * 2 / 0.8796
    assert len(np.unique(w)) == w.size  # each value beyond is drawn again on its own


def test_orthogonal_keeps_every_length_or_all_it_can():
    for shape in ((5, 5), (7, 3), (3, 7), (4, 2, 3, 3)):
        w = orthogonal(shape, rng(), 2.0)
        assert w.shape == shape
        flat = w.reshape(shape[0], -1)
        small = flat @ flat.T if flat.shape[0] <= flat.shape[1] else flat.T @ flat
        np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-12)


def test_orthogonal_and_xavier_have_a_gain_of_one_unless_told():
    assert abs(np.linalg.norm(orthogonal((5, 3), rng())[:, 0]) - 1) < 1e-12
    assert np.abs(xavier_uniform((20, 30), rng())).max() <= np.sqrt(6 / 50)


def test_orthogonal_matrices_are_uniform_so_their_trace_has_mean_zero():
    # Trace of a uniform orthogonal matrix: mean 0, variance 1. LAPACK's bare Q has a mean near -2.
    draw = rng()
    traces = [np.trace(orthogonal((6, 6), draw)) for _ in range(400)]
    assert abs(np.mean(traces)) < 5 / 20


def test_he_keeps_the_mean_square_through_ten_relu_layers_and_xavier_loses_half_each():
    for draw, expected in ((kaiming_normal, 1.0), (xavier_uniform, 2.0**-10)):
        ends, source = [], rng()
        for _ in range(10):
            h = source.standard_normal((8, 256))
            for _ in range(10):
                h = np.maximum(h @ draw((256, 256), source).T, 0)
            ends.append(np.log(np.mean(h**2) / expected))
        # log mean square: deviation sqrt(10 * 5 / 256) = 0.44 per network, mean about -0.1.
        assert abs(np.mean(ends)) < 5 * 0.44 / np.sqrt(10)


def test_wrong_arguments_are_named():
    for shape in ((3,), (3, 0), (0, 3)):
        assert "shape" in raises(calculate_fan, shape)
    assert "nonlinearity" in raises(calculate_gain, "swish")
    assert "mode" in raises(kaiming_normal, (2, 3), rng(), "fan_avg")
