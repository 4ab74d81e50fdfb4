"""What the auto-encoders promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

from itertools import pairwise

import numpy as np

from snippets.generative.autoencoder import (
    best_denoiser,
    forward,
    linear_loss_and_grads,
    loss_and_grads,
    pca,
)

T = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
PARABOLA = np.stack([T, T**2], axis=1)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def random_layers(sizes, rng):
    return [
        (rng.normal(size=(a, b)) * 0.7, rng.normal(size=b) * 0.3)
        for a, b in pairwise(sizes)
    ]


def difference(function, array, h=1e-6):
    """Central differences of a number by every element of an array."""
    grad = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + h
        above = function()
        array[index] = kept - h
        below = function()
        array[index] = kept
        grad[index] = (above - below) / (2 * h)
    return grad


def test_pca_of_the_parabola_keeps_the_height_and_leaves_two():
    mean, directions, left_over = pca(PARABOLA, 1)
    np.testing.assert_allclose(mean, [0.0, 2.0], atol=1e-12)
    np.testing.assert_allclose(np.abs(directions), [[0.0, 1.0]], atol=1e-12)
    assert abs(left_over - 2.0) < 1e-12, f"expected 2, got {left_over}"


def test_pca_leaves_what_its_projection_misses():
    x = np.random.default_rng(0).normal(size=(11, 5)) @ np.diag([3.0, 2.0, 1.5, 1.0, 0.5])
    for k in range(6):
        mean, directions, left_over = pca(x, k)
        projected = mean + (x - mean) @ directions.T @ directions
        assert directions.shape == (k, 5)
        assert abs(left_over - np.sum((x - projected) ** 2) / 11) < 1e-10
        np.testing.assert_allclose(directions @ directions.T, np.eye(k), atol=1e-10)


def test_pca_of_zero_components_leaves_the_whole_variance():
    assert abs(pca(PARABOLA, 0)[2] - 4.8) < 1e-12


def test_the_linear_loss_is_the_mean_squared_distance_of_a_row():
    x = np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 2.0]])
    encoder, decoder = np.array([[1.0], [0.0]]), np.array([[1.0, 1.0]])
    # Reconstructions (1, 1), (3, 3), (0, 0): squared distances 1, 16, 4.
    assert abs(linear_loss_and_grads(x, encoder, decoder)[0] - 7.0) < 1e-12


def test_linear_gradients_match_central_differences():
    rng = np.random.default_rng(1)
    x, encoder, decoder = rng.normal(size=(7, 5)), rng.normal(size=(5, 2)), rng.normal(size=(2, 5))
    _, grad_encoder, grad_decoder = linear_loss_and_grads(x, encoder, decoder)
    for array, grad in [(encoder, grad_encoder), (decoder, grad_decoder)]:
        found = difference(lambda: linear_loss_and_grads(x, encoder, decoder)[0], array)
        np.testing.assert_allclose(grad, found, rtol=1e-6, atol=1e-7)


def test_no_linear_auto_encoder_has_a_lower_loss_than_pca():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(23, 5)) @ rng.normal(size=(5, 5))
    x -= x.mean(axis=0)
    floor = pca(x, 2)[2]
    for _ in range(50):
        encoder = rng.normal(size=(5, 2))
        decoder = np.linalg.lstsq(x @ encoder, x, rcond=None)[0]  # the best one for this encoder
        assert linear_loss_and_grads(x, encoder, decoder)[0] >= floor - 1e-9


def test_every_basis_of_the_principal_subspace_is_an_optimum():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(23, 5)) @ np.diag([3.0, 2.0, 1.0, 0.5, 0.2])
    x -= x.mean(axis=0)
    _, directions, left_over = pca(x, 2)
    for _ in range(5):
        change = rng.normal(size=(2, 2))
        loss, grad_encoder, grad_decoder = linear_loss_and_grads(
            x, directions.T @ change, np.linalg.inv(change) @ directions)
        assert abs(loss - left_over) < 1e-9
        assert np.abs(grad_encoder).max() < 1e-8 and np.abs(grad_decoder).max() < 1e-8


def test_gradient_descent_ends_in_the_principal_subspace_with_another_basis():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(40, 5)) @ np.diag([2.0, 1.6, 0.9, 0.8, 0.7])
    x -= x.mean(axis=0)
    encoder, decoder = rng.normal(size=(5, 2)) * 0.3, rng.normal(size=(2, 5)) * 0.3
    for _ in range(800):
        _, grad_encoder, grad_decoder = linear_loss_and_grads(x, encoder, decoder)
        encoder, decoder = encoder - 0.05 * grad_encoder, decoder - 0.05 * grad_decoder
    _, directions, left_over = pca(x, 2)
    np.testing.assert_allclose(encoder @ decoder, directions.T @ directions, atol=1e-5)
    assert abs(linear_loss_and_grads(x, encoder, decoder)[0] - left_over) < 1e-8
    rows = decoder / np.linalg.norm(decoder, axis=1, keepdims=True)
    assert np.abs(rows @ directions.T).max(axis=1).min() < 0.99, "the rows are not the directions"


def test_another_principal_direction_is_a_saddle():
    centered = PARABOLA - PARABOLA.mean(axis=0)
    wrong = np.array([[1.0], [0.0]])
    loss, grad_encoder, grad_decoder = linear_loss_and_grads(centered, wrong, wrong.T)
    assert abs(loss - 2.8) < 1e-12
    assert np.abs(grad_encoder).max() < 1e-12 and np.abs(grad_decoder).max() < 1e-12
    turned = np.array([[np.cos(0.1)], [np.sin(0.1)]])
    assert linear_loss_and_grads(centered, turned, turned.T)[0] < 2.8


def test_forward_is_tanh_between_layers_and_linear_at_the_end():
    layers = [(np.array([[1.0, -2.0]]), np.array([0.5, 0.0])),
              (np.array([[3.0], [1.0]]), np.array([10.0]))]
    values = forward(np.array([[2.0]]), layers)
    assert len(values) == 3
    np.testing.assert_allclose(values[1], np.tanh([[2.5, -4.0]]))
    np.testing.assert_allclose(values[2], [[3 * np.tanh(2.5) + np.tanh(-4.0) + 10]])


def test_network_gradients_match_central_differences():
    rng = np.random.default_rng(5)
    layers = random_layers([3, 5, 2, 4, 3], rng)
    inputs, targets = rng.normal(size=(7, 3)), rng.normal(size=(7, 3))
    _, grads = loss_and_grads(inputs, targets, layers)
    for pair, grad_pair in zip(layers, grads, strict=True):
        for array, grad in zip(pair, grad_pair, strict=True):
            found = difference(lambda: loss_and_grads(inputs, targets, layers)[0], array)
            np.testing.assert_allclose(grad, found, rtol=1e-5, atol=1e-7)


def test_the_network_loss_is_measured_against_the_targets():
    layers = [(np.eye(2), np.zeros(2))]
    inputs, targets = np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [3.0, 2.0]])
    assert abs(loss_and_grads(inputs, targets, layers)[0] - 5.0) < 1e-12
    assert loss_and_grads(targets, targets, layers)[0] == 0.0


def test_a_linear_decoder_is_no_better_than_pca_whatever_the_encoder():
    rng = np.random.default_rng(6)
    x = PARABOLA[:, [0, 1]] + rng.normal(size=(5, 2)) * 0.1
    floor = pca(x, 1)[2]
    for _ in range(50):
        layers = random_layers([2, 9, 1, 2], rng)
        code = forward(x, layers)[-2]
        columns = np.concatenate([code, np.ones((5, 1))], axis=1)
        best = np.linalg.lstsq(columns, x, rcond=None)[0]  # the best linear decoder for this code
        loss, _ = loss_and_grads(x, x, [*layers[:-1], (best[:1], best[1])])
        assert loss >= floor - 1e-9


def test_the_best_denoiser_between_two_points_is_a_tanh():
    x = np.array([[-3.0], [-0.2], [0.0], [0.7], [40.0]])
    data = np.array([[-1.0], [1.0]])
    for noise in (0.5, 1.0, 2.0):
        np.testing.assert_allclose(best_denoiser(x, data, noise), np.tanh(x / noise**2), atol=1e-12)


def test_the_best_denoiser_moves_up_the_gradient_of_the_log_density():
    rng = np.random.default_rng(7)
    data, x, noise = rng.normal(size=(11, 2)), rng.normal(size=(5, 2)), 0.6

    def log_density(points):
        distances = np.sum((points[:, None] - data) ** 2, axis=2)
        return np.log(np.mean(np.exp(-distances / (2 * noise**2)), axis=1))

    for axis in range(2):
        h = np.eye(2)[axis] * 1e-6
        score = (log_density(x + h) - log_density(x - h)) / 2e-6
        moved = best_denoiser(x, data, noise) - x
        np.testing.assert_allclose(moved[:, axis], noise**2 * score, rtol=1e-6, atol=1e-8)


def test_the_best_denoiser_does_not_underflow_far_away():
    far = best_denoiser(np.array([[1e4, 0.0]]), np.array([[1.0, 0.0], [-1.0, 5.0], [0.0, 0.0]]), 0.1)
    np.testing.assert_allclose(far, [[1.0, 0.0]])


def test_bad_input_is_named():
    assert "num_components" in raises(pca, PARABOLA, 3)
    assert "num_components" in raises(pca, PARABOLA, -1)
    assert "noise" in raises(best_denoiser, PARABOLA, PARABOLA, 0.0)
    layers = [(np.eye(2), np.zeros(2))]
    assert "inputs" in raises(loss_and_grads, PARABOLA, PARABOLA[:3], layers)
    assert "inputs" in raises(loss_and_grads, PARABOLA[:0], PARABOLA[:0], layers)
    # An output of one column would be broadcast against the targets.
    narrow = [(np.ones((2, 3)), np.zeros(3)), (np.ones((3, 1)), np.zeros(1))]
    message = raises(loss_and_grads, PARABOLA, PARABOLA, narrow)
    assert "layers" in message and "(5, 1)" in message
    assert "decoder" in raises(linear_loss_and_grads, PARABOLA, np.ones((2, 1)), np.ones((1, 1)))
    assert "x" in raises(linear_loss_and_grads, PARABOLA[:0], np.ones((2, 1)), np.ones((1, 2)))
    assert "x" in raises(pca, PARABOLA[:0], 0)
    assert "data" in raises(best_denoiser, PARABOLA, PARABOLA[:, :1], 1.0)
