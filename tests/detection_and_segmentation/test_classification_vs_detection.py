"""What the two heads promise. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.classification_vs_detection import (
    classify,
    decode_cells,
    detect,
    score_map,
    set_loss,
)

CLASS_HEAD = np.eye(6)[:2], np.zeros(2)
BOX_HEAD = np.eye(6)[2:], np.zeros(4)


def scene() -> np.ndarray:
    """The page's example: dog, cat, and four distances in pixels; two dogs in 4 x 6 cells."""
    features = np.zeros((6, 4, 6))
    features[:2] = -4.0
    features[:, 1, 1] = [4, -4, 40, 30, 24, 50]
    features[:, 2, 4] = [3, -4, 20, 40, 30, 40]
    return features


def random_head(seed: int, num_classes: int = 3, channels: int = 5):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(channels, 4, 7)), rng.normal(size=(num_classes, channels)),
            rng.normal(size=num_classes))


def test_the_classifier_gives_one_answer_and_the_detector_a_list():
    features = scene()
    np.testing.assert_allclose(classify(features, *CLASS_HEAD), [-3.375, -4])
    boxes, labels, scores = detect(features, CLASS_HEAD, BOX_HEAD, 32)
    np.testing.assert_allclose(boxes, [[8, 18, 72, 98], [124, 40, 174, 120]])
    assert labels.tolist() == [0, 0]
    np.testing.assert_allclose(scores, [0.98201379, 0.95257413])


def test_the_pooled_logits_are_the_mean_of_the_score_map():
    features, weight, bias = random_head(0)
    scores = score_map(features, weight, bias)
    assert scores.shape == (3, 4, 7)
    np.testing.assert_allclose(scores.mean(axis=(1, 2)), classify(features, weight, bias))


def test_each_cell_is_scored_by_the_same_layer():
    features, weight, bias = random_head(1)
    np.testing.assert_allclose(score_map(features, weight, bias)[:, 2, 5],
                               weight @ features[:, 2, 5] + bias)


def test_shuffling_the_cells_leaves_the_classifier_and_changes_every_box():
    features, weight, bias = random_head(2)
    order = np.random.default_rng(3).permutation(28)
    shuffled = features.reshape(5, 28)[:, order].reshape(5, 4, 7)
    np.testing.assert_allclose(classify(shuffled, weight, bias), classify(features, weight, bias))
    moved = scene()[:, ::-1, ::-1]
    np.testing.assert_allclose(classify(moved, *CLASS_HEAD), classify(scene(), *CLASS_HEAD))
    boxes = detect(moved, CLASS_HEAD, BOX_HEAD, 32)[0]
    np.testing.assert_allclose(boxes, [[28, 8, 78, 88], [104, 50, 168, 130]])


def test_features_that_move_by_one_cell_move_the_box_by_one_stride():
    moved = np.roll(scene(), 1, axis=2)
    boxes = detect(scene(), CLASS_HEAD, BOX_HEAD, 32)[0]
    shift = np.array([32, 0, 32, 0])
    np.testing.assert_allclose(detect(moved, CLASS_HEAD, BOX_HEAD, 32)[0], boxes + shift)


def test_an_empty_image_gives_an_empty_list_and_still_a_class():
    features = np.full((6, 4, 6), -4.0)
    boxes, labels, scores = detect(features, CLASS_HEAD, BOX_HEAD, 32)
    assert boxes.shape == (0, 4) and labels.shape == scores.shape == (0,)
    assert classify(features, *CLASS_HEAD).shape == (2,)


def test_the_threshold_decides_how_many_are_reported():
    count = [len(detect(scene(), CLASS_HEAD, BOX_HEAD, 32, t)[0]) for t in (0.0, 0.5, 0.96, 0.99)]
    assert count == [24, 2, 1, 0]
    features = np.full((6, 1, 2), -4.0)
    features[0] = [[0.0, 0.1]]  # scores 0.5 and 0.525; above 0.5 is asked for
    assert len(detect(features, CLASS_HEAD, BOX_HEAD, 32)[0]) == 1


def test_the_label_is_the_best_class_of_the_cell():
    features = scene()
    features[:2, 2, 4] = [1, 2]
    _, labels, scores = detect(features, CLASS_HEAD, BOX_HEAD, 32)
    assert labels.tolist() == [0, 1]
    np.testing.assert_allclose(scores[1], 1 / (1 + np.exp(-2.0)))


def test_distances_are_measured_from_the_center_of_the_cell():
    distances = np.arange(24.0).reshape(4, 2, 3)
    boxes = decode_cells(distances, 10)
    assert boxes.shape == (2, 3, 4)
    np.testing.assert_allclose(boxes[1, 2], [25 - 5, 15 - 11, 25 + 17, 15 + 23])


def test_a_set_loss_does_not_see_the_order():
    rng = np.random.default_rng(4)
    predicted, true = rng.uniform(0, 100, (2, 4, 4))
    loss = set_loss(predicted, true)
    order = [2, 0, 3, 1]
    np.testing.assert_allclose([set_loss(predicted[order], true), set_loss(predicted, true[order])], loss)
    assert set_loss(true[order], true) == 0 and loss > 0
    assert loss <= np.abs(predicted - true).sum()


def test_a_set_loss_by_hand():
    predicted = np.array([[0.0, 0, 1, 1], [5, 5, 9, 9]])
    true = np.array([[5.0, 5, 9, 8], [0, 0, 2, 1]])
    assert set_loss(predicted, true) == 2
    assert set_loss(np.zeros((0, 4)), np.zeros((0, 4))) == 0


def test_sets_of_different_sizes_are_refused():
    for shapes in [((2, 4), (3, 4)), ((3, 4), (2, 4))]:
        try:
            set_loss(*(np.zeros(shape) for shape in shapes))
        except ValueError as error:
            message = str(error)
        else:
            raise AssertionError(f"{shapes} were accepted")
        assert "(2, 4)" in message and "(3, 4)" in message
