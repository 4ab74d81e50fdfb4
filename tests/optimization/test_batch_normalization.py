"""What batch normalization promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.optimization.batch_normalization import (
    batch_norm_backward,
    batch_norm_eval,
    batch_norm_train,
    fold,
)


def parameters(rng, c=3):
    """gamma, beta, running mean, running variance."""
    return rng.normal(size=c), rng.normal(size=c), rng.normal(size=c), rng.uniform(0.5, 2, c)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_four_numbers_by_hand():
    one, zero = np.ones(1), np.zeros(1)
    x = np.array([[1.0], [3.0], [3.0], [9.0]])  # mean 4, variance 36 / 4 = 9 or 36 / 3 = 12
    y, mean, var = batch_norm_train(x, one, zero, zero, one, eps=0.0)
    np.testing.assert_allclose(y.ravel(), [-1, -1 / 3, -1 / 3, 5 / 3])
    np.testing.assert_allclose(mean, [0.4], err_msg="0.9 * 0 + 0.1 * 4")
    np.testing.assert_allclose(var, [2.1], err_msg="0.9 * 1 + 0.1 * 12: the unbiased variance")
    y = batch_norm_eval(x, one, zero, mean, var, eps=0.0)
    np.testing.assert_allclose(y.ravel(), [0.414, 1.794, 1.794, 5.935], atol=5e-4)
    grad_x, _, _ = batch_norm_backward(np.eye(4)[:, :1], x, one, eps=0.0)
    np.testing.assert_allclose(grad_x.ravel(), [1 / 6, -1 / 9, -1 / 9, 1 / 18])


def test_output_of_training_has_mean_beta_and_deviation_gamma_per_channel():
    rng = np.random.default_rng(0)
    for shape, axes in (((11, 3), 0), ((2, 3, 5, 7), (0, 2, 3))):
        gamma, beta, mean, var = parameters(rng)
        x = rng.normal(3.0, 2.0, shape)
        y, _, _ = batch_norm_train(x, gamma, beta, mean, var, eps=0.0)
        assert y.shape == x.shape
        np.testing.assert_allclose(y.mean(axis=axes), beta, atol=1e-12)
        np.testing.assert_allclose(y.std(axis=axes), np.abs(gamma), atol=1e-12)


def test_maps_are_normalized_like_a_batch_of_all_their_pixels():
    rng = np.random.default_rng(1)
    args = parameters(rng)
    x = rng.normal(size=(2, 3, 5, 7))
    rows = x.transpose(0, 2, 3, 1).reshape(-1, 3)  # (N, C, H, W) -> (N * H * W, C)
    y, mean, var = batch_norm_train(x, *args)
    flat, flat_mean, flat_var = batch_norm_train(rows, *args)
    np.testing.assert_allclose(y.transpose(0, 2, 3, 1).reshape(-1, 3), flat, atol=1e-12)
    np.testing.assert_allclose(mean, flat_mean, atol=1e-12)
    np.testing.assert_allclose(var, flat_var, atol=1e-12)


def test_evaluation_does_not_look_at_the_neighbors_and_training_does():
    rng = np.random.default_rng(2)
    args = parameters(rng)
    x = rng.normal(size=(5, 3))
    other = x.copy()
    other[1:] += 10.0
    np.testing.assert_allclose(batch_norm_eval(x, *args)[0], batch_norm_eval(other, *args)[0])
    assert np.abs(batch_norm_train(x, *args)[0][0] - batch_norm_train(other, *args)[0][0]).max() > 0.1
    assert batch_norm_eval(x[:0], *args).shape == (0, 3), "an empty batch is fine in evaluation"
    np.testing.assert_allclose(batch_norm_eval(x[:1], *args), batch_norm_eval(x, *args)[:1])


def test_a_pair_becomes_minus_one_and_one_whatever_it_was():
    one, zero = np.ones(1), np.zeros(1)
    for high in (1.0, 1000.0):
        y, _, _ = batch_norm_train(np.array([[0.0], [high]]), one, zero, zero, one, eps=1e-12)
        np.testing.assert_allclose(y.ravel(), [-1, 1], atol=1e-9)


def test_positive_scale_and_shift_of_the_input_are_undone():
    rng = np.random.default_rng(3)
    gamma, beta, mean, var = parameters(rng)
    x = rng.normal(size=(7, 3))
    y, _, _ = batch_norm_train(x, gamma, beta, mean, var, eps=0.0)
    z, _, _ = batch_norm_train(50.0 * x - 4.0, gamma, beta, mean, var, eps=0.0)
    np.testing.assert_allclose(y, z, atol=1e-11)


def test_running_statistics_forget_their_start_at_the_rate_of_momentum():
    one, zero = np.ones(1), np.zeros(1)
    x = np.array([[1.0], [3.0], [3.0], [9.0]])
    mean, var = np.array([1004.0]), np.array([1012.0])  # 1,000 away from 4 and from 12
    for _ in range(44):
        _, mean, var = batch_norm_train(x, one, zero, mean, var)
    np.testing.assert_allclose([mean[0] - 4, var[0] - 12], 1000 * 0.9**44)
    assert 0.9**44 < 0.01 < 0.9**43
    _, mean, _ = batch_norm_train(x, one, zero, zero, one, momentum=1.0)
    np.testing.assert_allclose(mean, [4.0], err_msg="momentum 1 keeps only the new batch")


def test_arguments_are_not_modified():
    rng = np.random.default_rng(4)
    args = parameters(rng)
    before = [a.copy() for a in args]
    batch_norm_train(rng.normal(size=(5, 3)), *args)
    for now, then in zip(args, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_folding_a_linear_layer_gives_the_same_output():
    rng = np.random.default_rng(5)
    gamma, beta, mean, var = parameters(rng, 3)
    weight, bias, x = rng.normal(size=(3, 7)), rng.normal(size=3), rng.normal(size=(5, 7))
    two = batch_norm_eval(x @ weight.T + bias, gamma, beta, mean, var)
    folded, shift = fold(weight, bias, gamma, beta, mean, var)
    np.testing.assert_allclose(x @ folded.T + shift, two, atol=1e-12)


def test_folding_a_convolution_scales_whole_filters():
    rng = np.random.default_rng(6)
    gamma, beta, mean, var = parameters(rng, 3)
    weight, bias = rng.normal(size=(3, 2, 5, 4)), rng.normal(size=3)
    x = rng.normal(size=(7, 2, 5, 4))  # as large as the filter: one output pixel
    two = batch_norm_eval(np.einsum("nchw,ochw->no", x, weight) + bias, gamma, beta, mean, var)
    folded, shift = fold(weight, bias, gamma, beta, mean, var)
    assert folded.shape == weight.shape and shift.shape == bias.shape
    np.testing.assert_allclose(np.einsum("nchw,ochw->no", x, folded) + shift, two, atol=1e-12)


def test_backward_agrees_with_central_differences():
    rng = np.random.default_rng(7)
    for shape in ((5, 3), (2, 3, 2, 4)):
        gamma, beta, mean, var = parameters(rng)
        x, upstream = rng.normal(size=shape), rng.normal(size=shape)
        inputs = [x, gamma, beta]
        for array, grad in zip(inputs, batch_norm_backward(upstream, x, gamma), strict=True):
            assert array.shape == grad.shape
            for place in [(0,) * array.ndim, tuple(k - 1 for k in array.shape)]:
                kept, change = array[place], []
                for step in (1e-6, -1e-6):
                    array[place] = kept + step
                    y = batch_norm_train(x, gamma, beta, mean, var)[0]
                    change.append(float((y * upstream).sum()))
                array[place] = kept
                assert abs((change[0] - change[1]) / 2e-6 - grad[place]) < 1e-6


def test_gradient_has_no_part_that_shifts_or_scales_the_batch():
    rng = np.random.default_rng(8)
    x = rng.normal(size=(11, 3))
    grad_x, _, _ = batch_norm_backward(rng.normal(size=(11, 3)), x, np.ones(3), eps=0.0)
    np.testing.assert_allclose(grad_x.sum(axis=0), np.zeros(3), atol=1e-12)
    np.testing.assert_allclose((grad_x * (x - x.mean(axis=0))).sum(axis=0), np.zeros(3), atol=1e-11)


def test_one_value_per_channel_is_refused_in_training():
    rng = np.random.default_rng(9)
    for shape in ((1, 3), (0, 3)):
        message = raises(batch_norm_train, np.ones(shape), *parameters(rng))
        assert "x" in message and str(shape) in message
    y, _, _ = batch_norm_train(rng.normal(size=(1, 3, 2, 2)), *parameters(rng))
    assert np.all(np.isfinite(y)), "one image with four pixels is enough"
