"""The matrix of a convolution, what it costs, and what a dense layer cannot see."""

import numpy as np

from snippets.convolution.convolution_vs_dense import (
    conv2d,
    convolution_matrix,
    fit_dense,
    layer_cost,
)


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def test_convolution_is_its_definition():
    x, weight = numbers(2, 4, 5), numbers(3, 2, 3, 3, seed=1)
    y = conv2d(x, weight)
    assert y.shape == (3, 4, 5)
    for o, i, j in [(0, 0, 0), (2, 3, 4), (1, 2, 2)]:
        total = sum(weight[o, c, u, v] * x[c, i + u - 1, j + v - 1]
                    for c in range(2) for u in range(3) for v in range(3)
                    if 0 <= i + u - 1 < 4 and 0 <= j + v - 1 < 5)
        assert np.isclose(y[o, i, j], total)


def test_the_matrix_times_the_pixels_is_the_convolution():
    for size in (1, 3, 5):
        x, weight = numbers(2, 4, 5), numbers(3, 2, size, size, seed=1)
        matrix = convolution_matrix(weight, 4, 5)
        assert matrix.shape == (3 * 4 * 5, 2 * 4 * 5)
        np.testing.assert_allclose(matrix @ x.ravel(), conv2d(x, weight).ravel(), atol=1e-12)


def test_the_worked_matrix_of_the_page():
    kernel = np.zeros((1, 1, 3, 3))
    kernel[0, 0, 1] = [1, 2, 3]
    assert convolution_matrix(kernel, 1, 4).tolist() == [
        [2, 3, 0, 0], [1, 2, 3, 0], [0, 1, 2, 3], [0, 0, 1, 2]]
    y = conv2d(np.array([[[1.0, 0, 2, 1]]]), kernel)
    assert y[0].tolist() == [[2, 7, 7, 4]]


def test_the_matrix_holds_only_the_kernels_numbers_and_zeros():
    weight = numbers(1, 1, 3, 3)
    matrix = convolution_matrix(weight, 6, 7)
    assert set(np.unique(matrix[matrix != 0])) == set(np.unique(weight))
    # 3 in each direction, less the two rows and two columns that stick out
    assert np.count_nonzero(matrix) == (3 * 6 - 2) * (3 * 7 - 2)


def test_the_counts_of_the_page():
    dense, local, shared = (layer_cost(k, 3, 64, 224, 224, 3) for k in ("dense", "local", "shared"))
    assert dense == {"weights": 483_385_147_392, "biases": 3_211_264,
                     "multiply_adds": 483_385_147_392}
    assert local == {"weights": 86_704_128, "biases": 3_211_264, "multiply_adds": 86_704_128}
    assert shared == {"weights": 1_728, "biases": 64, "multiply_adds": 86_704_128}
    assert round(dense["weights"] / local["weights"]) == 5_575
    assert local["weights"] / shared["weights"] == 224 * 224 == 50_176
    assert round(4 * (dense["weights"] + dense["biases"]) / 1e12, 2) == 1.93  # terabytes
    assert shared["weights"] + shared["biases"] == 1_792


def test_the_size_of_the_image_does_not_change_the_convolutions_weights():
    small, large = (layer_cost("shared", 5, 7, s, s + 1, 3) for s in (10, 20))
    assert small["weights"] == large["weights"] == 7 * 5 * 9 and small["biases"] == 7
    assert small["multiply_adds"] == 7 * 5 * 9 * 110
    assert layer_cost("dense", 5, 7, 10, 11, 3)["weights"] == (5 * 110) * (7 * 110)
    assert layer_cost("local", 5, 7, 10, 11, 3)["weights"] == 7 * 110 * 45


def test_a_dense_layer_learns_the_same_from_shuffled_pixels():
    x, targets, start = numbers(20, 12), numbers(20, 3, seed=1), numbers(3, 12, seed=2)
    order = np.random.default_rng(3).permutation(12)
    plain = fit_dense(x, targets, start, lr=0.1, steps=50)
    shuffled = fit_dense(x[:, order], targets, start[:, order], lr=0.1, steps=50)
    np.testing.assert_allclose(shuffled, plain[:, order], atol=1e-12)


def test_fit_follows_the_gradient_of_half_the_mean_squared_error():
    x, targets, start = numbers(4, 3), numbers(4, 2, seed=1), numbers(2, 3, seed=2)
    kept = start.copy()
    def loss(weight):
        return 0.5 * np.sum((x @ weight.T - targets) ** 2) / 4
    step = start - fit_dense(x, targets, start, lr=1.0, steps=1)
    np.testing.assert_array_equal(start, kept)
    for index in np.ndindex(2, 3):
        nudge = np.zeros_like(start)
        nudge[index] = 1e-6
        slope = (loss(start + nudge) - loss(start - nudge)) / 2e-6
        assert np.isclose(step[index], slope, atol=1e-7)
    solution = fit_dense(x, targets, start, lr=0.3, steps=3000)
    np.testing.assert_allclose(solution, np.linalg.lstsq(x, targets, rcond=None)[0].T, atol=1e-6)
    np.testing.assert_array_equal(fit_dense(x, targets, start, lr=0.3, steps=0), start)


def test_an_unknown_kind_is_named():
    message = ""
    try:
        layer_cost("sparse", 1, 1, 2, 2, 3)
    except ValueError as error:
        message = str(error)
    assert "kind" in message and "sparse" in message
