"""Each mistake on the page of YOLO fails in the way that the page says."""

import numpy as np

from snippets.detection_and_segmentation.yolo import encode_grid, yolo_loss
from snippets.detection_and_segmentation.yolo_mistakes import (
    box_gradient,
    cell_of,
    class_loss,
    size_loss,
)

DOG = np.array([[100.0, 120, 260, 360]])


def test_swapped_the_object_lands_in_a_cell_across_the_diagonal():
    assert cell_of(DOG[0], 448, 7) == (2, 3)
    assert np.argwhere(encode_grid(DOG, np.array([0]))[..., 0]).tolist() == [[3, 2]]


def test_when_every_box_chases_the_object_the_boxes_become_equal():
    true = np.array([0.4, 0.6, 0.5, 0.3])
    start = np.array([[0.5, 0.5, 0.5, 0.4], [0.2, 0.9, 0.8, 0.1]])
    everyone = start.copy()
    for _ in range(100):
        everyone -= 0.02 * box_gradient(everyone, true)
    assert np.abs(everyone[0] - everyone[1]).max() < 1e-6

    targets = np.zeros((1, 1, 6))
    targets[0, 0] = [1, 0.4, 0.6, 0.25, 0.09, 1]
    predictions = np.zeros((1, 1, 11))
    predictions[0, 0, :4], predictions[0, 0, 5:9] = start
    for _ in range(100):
        predictions -= 0.02 * yolo_loss(predictions, targets)[1]
    np.testing.assert_allclose(predictions[0, 0, :4], true, atol=1e-6)
    np.testing.assert_allclose(predictions[0, 0, 5:9], start[1])  # free for another shape


def test_without_the_root_a_small_and_a_large_box_pay_the_same():
    small = size_loss(np.array([0.2, 0.1]), np.array([0.1, 0.1]))
    large = size_loss(np.array([0.9, 0.8]), np.array([0.8, 0.8]))
    assert abs(small - large) < 1e-12
    roots = size_loss(np.sqrt([0.2, 0.1]), np.sqrt([0.1, 0.1])) / size_loss(
        np.sqrt([0.9, 0.8]), np.sqrt([0.8, 0.8]))
    assert abs(roots - 5.8) < 0.05


def test_the_class_loss_of_empty_cells_outweighs_the_object_48_to_1():
    targets = encode_grid(DOG, np.array([11]))
    predictions = np.full((7, 7, 30), 0.5)
    everywhere = class_loss(predictions[..., 10:], targets[..., 5:])
    right = yolo_loss(predictions, targets)[0][3]
    assert everywhere == 245 and right == 5
