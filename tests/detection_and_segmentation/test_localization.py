"""What reading a place out of maps promises. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.localization import (
    add_coordinates,
    cell_centers,
    class_activation_map,
    merge,
    soft_argmax,
    soft_argmax_backward,
    spatial_softmax,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_a_cell_lies_in_the_middle_of_its_pixels():
    np.testing.assert_array_equal(
        cell_centers(2, 3, 4),
        [[1.5, 1.5], [5.5, 1.5], [9.5, 1.5], [1.5, 5.5], [5.5, 5.5], [9.5, 5.5]])
    np.testing.assert_array_equal(cell_centers(1, 2, 1), [[0, 0], [1, 0]])
    for stride in (1, 2, 3, 8):  # the mean of the pixels that the last cell covers
        pixels = np.arange(4 * stride, 5 * stride)
        assert cell_centers(5, 1, stride)[-1, 1] == pixels.mean()
    assert "stride" in raises(cell_centers, 2, 2, 0)


def test_softmax_is_a_distribution_over_places():
    logits = np.random.default_rng(0).normal(size=(3, 4, 5))
    probs = spatial_softmax(logits)
    assert probs.shape == (3, 20)
    np.testing.assert_allclose(probs.sum(axis=1), 1)
    np.testing.assert_allclose(probs, np.exp(logits).reshape(3, 20)
                               / np.exp(logits).sum(axis=(1, 2))[:, None])
    np.testing.assert_allclose(spatial_softmax(logits + 1e6), probs, rtol=1e-6)
    assert np.isfinite(spatial_softmax(np.array([[[1e4, -1e4]]]))).all()


def test_worked_numbers():
    np.testing.assert_allclose(spatial_softmax(np.log([[[1.0, 2.0, 1.0]]])), [[0.25, 0.5, 0.25]])
    for height, share, place in ((5.0, "0.7020", "5.74"), (10.0, "0.9971", "1.54")):
        scores = np.zeros((1, 8, 8))
        scores[0, 0, 0] = height
        assert f"{spatial_softmax(scores)[0, 0]:.4f}" == share
        assert f"{soft_argmax(scores, 4)[0, 0]:.2f}" == place  # the cell's middle is 1.5
    assert [f"{s * (2**0.5 + np.log(1 + 2**0.5)) / 6:.2f}" for s in (1, 4, 32)] == ["0.38", "1.53", "12.24"]


def test_one_clear_peak_gives_its_cell():
    scores = np.full((2, 3, 5), -100.0)
    scores[0, 2, 1] = scores[1, 0, 4] = 100.0
    np.testing.assert_allclose(soft_argmax(scores, 4), [[5.5, 9.5], [17.5, 1.5]])


def test_two_peaks_give_the_middle_where_nothing_is():
    scores = np.full((1, 1, 8), -50.0)
    scores[0, 0, [1, 6]] = 50.0
    np.testing.assert_allclose(soft_argmax(scores, 1), [[3.5, 0]])


def test_it_finds_places_between_the_cells():
    cells = np.arange(8.0)
    for place in (2.3, 3.5, 4.9):  # a narrow bump whose logits are a parabola
        scores = -((cells - place) ** 2)[None, None]
        assert abs(soft_argmax(scores, 1)[0, 0] - place) < 0.02


def test_moving_the_map_moves_the_point():
    scores = np.full((1, 12, 14), -100.0)
    scores[0, 3:6, 4:8] = np.random.default_rng(1).normal(size=(3, 4))
    moved = np.roll(scores, (2, 5), axis=(1, 2))
    np.testing.assert_allclose(soft_argmax(moved, 2) - soft_argmax(scores, 2), [[10, 4]])


def test_gradient_agrees_with_central_differences():
    rng = np.random.default_rng(2)
    logits, grad_out = rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 2))
    grad = soft_argmax_backward(grad_out, logits, 3)
    assert grad.shape == logits.shape
    for index in np.ndindex(*logits.shape):
        nudge = np.zeros_like(logits)
        nudge[index] = 1e-5
        up, down = (np.sum(soft_argmax(logits + s * nudge, 3) * grad_out) for s in (1, -1))
        np.testing.assert_allclose(grad[index], (up - down) / 2e-5, atol=1e-7)
    np.testing.assert_allclose(grad.sum(axis=(1, 2)), 0, atol=1e-12)  # a common shift changes nothing


def test_the_mean_of_a_class_activation_map_is_the_logit():
    rng = np.random.default_rng(3)
    features, weight = rng.normal(size=(2, 7, 3, 5)), rng.normal(size=(4, 7))
    cam = class_activation_map(features, weight)
    assert cam.shape == (2, 4, 3, 5)
    np.testing.assert_allclose(cam.mean(axis=(2, 3)), features.mean(axis=(2, 3)) @ weight.T)
    np.testing.assert_allclose(cam[1, 2, 0, 4], features[1, :, 0, 4] @ weight[2])


def test_averages_forget_the_place_and_maps_keep_it():
    rng = np.random.default_rng(4)
    features, weight = rng.normal(size=(1, 3, 6, 5)), rng.normal(size=(1, 3))
    moved = np.roll(features, (2, 1), axis=(2, 3))
    np.testing.assert_allclose(moved.mean(axis=(2, 3)), features.mean(axis=(2, 3)))
    np.testing.assert_allclose(class_activation_map(moved, weight),
                               np.roll(class_activation_map(features, weight), (2, 1), axis=(2, 3)))


def test_coordinates_run_from_minus_one_to_one():
    x = np.random.default_rng(5).normal(size=(2, 3, 4, 5)).astype(np.float32)
    out = add_coordinates(x)
    assert out.shape == (2, 5, 4, 5) and out.dtype == np.float32
    np.testing.assert_array_equal(out[:, :3], x)
    np.testing.assert_allclose(out[1, 3], np.tile([-1, -0.5, 0, 0.5, 1], (4, 1)))
    np.testing.assert_allclose(out[0, 4, :, 2], [-1, -1 / 3, 1 / 3, 1], rtol=1e-6)
    assert add_coordinates(x[:0]).shape == (0, 5, 4, 5)


def test_a_pyramid_adds_what_to_where():
    rng = np.random.default_rng(6)
    deep, fine = rng.normal(size=(2, 3, 2, 4)), rng.normal(size=(2, 5, 4, 8))
    lateral = rng.normal(size=(3, 5))
    out = merge(deep, fine, lateral)
    assert out.shape == (2, 3, 4, 8)
    np.testing.assert_allclose(out[1, 2, 3, 5], deep[1, 2, 1, 2] + fine[1, :, 3, 5] @ lateral[2])
    assert "fine must be twice (2, 4), got (3, 8)" in raises(merge, deep, fine[:, :, :3], lateral)


def test_an_empty_batch_stays_empty():
    empty = np.ones((0, 3, 5))
    assert soft_argmax(empty, 2).shape == (0, 2)
    assert soft_argmax_backward(np.ones((0, 2)), empty, 2).shape == (0, 3, 5)
