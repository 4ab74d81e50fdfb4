"""Means, sizes, invariances and gradients of the normalizations."""

import numpy as np

from snippets.optimization.layer_normalization import (
    group_norm,
    layer_norm,
    layer_norm_backward,
    rms_norm,
    rms_norm_backward,
)

SHAPE = (2, 3, 5)


def data(shape=SHAPE, seed=0):
    rng = np.random.default_rng(seed)
    d = shape[-1]
    return (rng.standard_normal(shape) * 2 + 1, rng.standard_normal(d) + 1, rng.standard_normal(d),
            rng.standard_normal(shape))


def raises(function, *args, **options):
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def test_the_page_s_four_numbers():
    x, ones, zeros = np.array([1.0, 3.0, 3.0, 9.0]), np.ones(4), np.zeros(4)
    np.testing.assert_allclose(layer_norm(x, ones, zeros, 0.0), [-1, -1 / 3, -1 / 3, 5 / 3], rtol=1e-12)
    np.testing.assert_allclose(rms_norm(x, ones, 0.0), [0.2, 0.6, 0.6, 1.8], rtol=1e-12)
    first = np.array([1.0, 0, 0, 0])
    found = layer_norm_backward(first, x, ones, 0.0)[0]
    np.testing.assert_allclose(found, [1 / 6, -1 / 9, -1 / 9, 1 / 18], rtol=1e-12)
    found = rms_norm_backward(first, x, ones, 0.0)[0]
    np.testing.assert_allclose(found, [0.198, -0.006, -0.006, -0.018], rtol=1e-12)


def test_weight_and_bias_act_on_each_feature_and_eps_stands_in_the_root():
    x, weight, bias, _ = data()
    plain = layer_norm(x, np.ones(5), np.zeros(5), 0.5)
    np.testing.assert_allclose(layer_norm(x, weight, bias, 0.5), plain * weight + bias, rtol=1e-12)
    centered = x - x.mean(-1, keepdims=True)
    np.testing.assert_allclose(plain, centered / np.sqrt(x.var(-1, keepdims=True) + 0.5), rtol=1e-12)
    half = rms_norm(x, weight, 0.5)
    np.testing.assert_allclose(half, weight * x / np.sqrt((x**2).mean(-1, keepdims=True) + 0.5), rtol=1e-12)


def test_layer_norm_ignores_shift_and_scale_and_rms_norm_scale_only():
    x, weight, bias, _ = data()
    np.testing.assert_allclose(layer_norm(3 * x + 7, weight, bias, 0.0), layer_norm(x, weight, bias, 0.0),
                               rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(rms_norm(3 * x, weight, 0.0), rms_norm(x, weight, 0.0), rtol=1e-12)
    assert np.abs(rms_norm(x + 7, weight, 0.0) - rms_norm(x, weight, 0.0)).max() > 0.1


def test_rms_norm_of_centered_input_is_layer_norm_without_bias():
    x, weight, _, _ = data()
    centered = x - x.mean(-1, keepdims=True)
    np.testing.assert_allclose(rms_norm(centered, weight, 1e-5), layer_norm(x, weight, np.zeros(5), 1e-5),
                               rtol=1e-12)


def test_an_example_does_not_depend_on_its_neighbors():
    x, weight, bias, _ = data()
    np.testing.assert_array_equal(layer_norm(x, weight, bias)[1:2], layer_norm(x[1:2], weight, bias))
    np.testing.assert_array_equal(rms_norm(x, weight)[1:2], rms_norm(x[1:2], weight))
    image = x.transpose(0, 2, 1)[:, :4]  # (2, 4, 3)
    four = np.ones(4)
    np.testing.assert_array_equal(group_norm(image, 2, four, four)[1:], group_norm(image[1:], 2, four, four))


def test_the_gradients_equal_central_differences():
    x, weight, bias, grad = data()
    found = (*layer_norm_backward(grad, x, weight, 0.1), *rms_norm_backward(grad, x, weight, 0.1))

    def layer():
        return layer_norm(x, weight, bias, 0.1)

    def rms():
        return rms_norm(x, weight, 0.1)

    checks = [(layer, x), (layer, weight), (layer, bias), (rms, x), (rms, weight)]
    for ours, (forward, array) in zip(found, checks, strict=True):
        assert ours.shape == array.shape
        for index in np.ndindex(array.shape):
            old, values = array[index], []
            for sign in (1, -1):
                array[index] = old + sign * 1e-5
                values.append(np.sum(forward() * grad))
            array[index] = old
            assert abs(ours[index] - (values[0] - values[1]) / 2e-5) < 1e-7


def test_the_gradient_loses_shift_and_scaling():
    x, weight, _, grad = data()
    layer = layer_norm_backward(grad, x, weight, 0.0)[0]
    rms = rms_norm_backward(grad, x, weight, 0.0)[0]
    assert np.abs(layer.sum(-1)).max() < 1e-12 and np.abs((layer * x).sum(-1)).max() < 1e-12
    assert np.abs((rms * x).sum(-1)).max() < 1e-12 and np.abs(rms.sum(-1)).max() > 1e-3


def test_groups_share_statistics_over_their_channels_and_positions():
    rng = np.random.default_rng(1)
    x, weight, bias = rng.standard_normal((2, 6, 3, 5)), rng.standard_normal(6), rng.standard_normal(6)
    y = (group_norm(x, 3, weight, bias) - bias[:, None, None]) / weight[:, None, None]
    groups = y.reshape(2, 3, -1)
    np.testing.assert_allclose(groups.mean(-1), 0, atol=1e-12)
    np.testing.assert_allclose(groups.var(-1), 1, atol=1e-4)
    instance = group_norm(x, 6, np.ones(6), np.zeros(6))
    np.testing.assert_allclose(instance.mean((2, 3)), 0, atol=1e-12)


def test_half_precision_does_not_overflow_and_dtypes_are_kept():
    x = np.full((2, 4), 300, np.float16) * np.array([1, 1, -1, -1], np.float16)
    ones, zeros = np.ones(4, np.float16), np.zeros(4, np.float16)
    for y in (rms_norm(x, ones), layer_norm(x, ones, zeros), group_norm(x, 2, ones, zeros)):
        assert y.dtype == np.float16 and np.all(np.isfinite(y))
    np.testing.assert_array_equal(rms_norm(x, ones), np.sign(x))
    assert layer_norm(x.astype(np.float32), np.float32(ones), np.float32(zeros)).dtype == np.float32


def test_gradients_in_half_precision_do_not_vanish_where_squares_overflow():
    x = np.array([[300, 100, -200, 400]], np.float16)
    ones, grad = np.ones(4, np.float16), np.array([[1, 0, 0, 0]], np.float16)
    wide = [array.astype(np.float64) for array in (grad, x, ones)]
    for backward in (layer_norm_backward, rms_norm_backward):
        for half, full in zip(backward(grad, x, ones), backward(*wide), strict=True):
            assert half.dtype == np.float32
            np.testing.assert_allclose(half, full, rtol=1e-4, atol=1e-7)


def test_an_empty_batch_stays_empty():
    six = np.ones(6)
    assert group_norm(np.ones((0, 6, 3, 5)), 2, six, six).shape == (0, 6, 3, 5)
    assert layer_norm(np.ones((0, 6)), six, six).shape == rms_norm(np.ones((0, 6)), six).shape == (0, 6)


def test_wrong_arguments_are_named():
    assert "x must be floating point" in raises(rms_norm, np.ones((2, 3), np.uint8), np.ones(3))
    six = np.ones(6)
    for groups in (0, 4):
        assert "num_groups must divide 6" in raises(group_norm, np.ones((2, 6)), groups, six, six)


def test_eps_is_a_hundred_thousandth_or_for_the_root_mean_square_a_millionth():
    x, weight, bias, grad = data(seed=9)
    x = x * 1e-3  # small enough for eps to show
    for function, args, eps in (
            (layer_norm, (x, weight, bias), 1e-5), (layer_norm_backward, (grad, x, weight), 1e-5),
            (rms_norm, (x, weight), 1e-6), (rms_norm_backward, (grad, x, weight), 1e-6)):
        for default, given in zip(function(*args), function(*args, eps), strict=True):
            np.testing.assert_array_equal(default, given)
