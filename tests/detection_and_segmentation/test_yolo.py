"""What the pieces of YOLO promise. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.yolo import (
    decode_anchors,
    decode_grid,
    encode_grid,
    iou_in_cell,
    yolo_loss,
)

DOG = np.array([[100.0, 120, 260, 360]])  # center (180, 240): column 2, row 3


def example():
    targets = encode_grid(DOG, np.array([11]))
    predictions = np.full((7, 7, 30), 0.5)
    predictions[3, 2, :5] = [0.7, 0.8, 0.6, 0.7, 0.5]
    return predictions, targets


def random_problem(cells: int, num_boxes: int, num_classes: int, seed: int):
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 250, (4, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(20, 180, (4, 2))], axis=1)
    targets = encode_grid(boxes, rng.integers(0, num_classes, 4), 448, cells, num_classes)
    return rng.uniform(0.1, 0.9, (cells, cells, num_boxes * 5 + num_classes)), targets


# encoding


def test_an_object_is_written_into_the_cell_of_its_center():
    targets = encode_grid(DOG, np.array([11]))
    assert targets.shape == (7, 7, 25)
    assert np.argwhere(targets[..., 0]).tolist() == [[3, 2]]
    np.testing.assert_allclose(targets[3, 2, :5], [1, 0.8125, 0.75, 160 / 448, 240 / 448])
    assert np.flatnonzero(targets[3, 2, 5:]).tolist() == [11]
    assert not np.delete(targets.reshape(49, 25), 3 * 7 + 2, axis=0).any()


def test_of_two_objects_in_one_cell_the_first_stays():
    boxes = np.array([[100.0, 120, 260, 360], [150, 200, 200, 290]])
    targets = encode_grid(boxes, np.array([11, 4]))
    assert targets[..., 0].sum() == 1 and targets[3, 2, 5 + 11] == 1 and targets[3, 2, 5 + 4] == 0
    swapped = encode_grid(boxes[::-1], np.array([4, 11]))
    assert swapped[3, 2, 5 + 4] == 1 and swapped[3, 2, 5:].sum() == 1


def test_a_center_on_the_border_of_the_image_belongs_to_the_last_cell():
    targets = encode_grid(np.array([[300.0, 300, 596, 596]]), np.array([0]))
    np.testing.assert_allclose(targets[6, 6, :3], [1, 1, 1])


def test_another_grid_and_image_size():
    targets = encode_grid(np.array([[10.0, 30, 20, 50]]), np.array([2]), 100, 5, 3)
    np.testing.assert_allclose(targets[2, 0], [1, 0.75, 0, 0.1, 0.2, 0, 0, 1])


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{function.__name__} raised no ValueError")


def test_a_label_that_is_no_class_and_a_box_without_label_are_refused():
    assert "0 to 19" in raises(encode_grid, DOG, np.array([20]))
    assert "0 to 19" in raises(encode_grid, DOG, np.array([-1]))  # would be the last class
    assert "got 2" in raises(encode_grid, DOG, np.array([3, 4]))
    assert "got 0" in raises(encode_grid, DOG, np.zeros(0, dtype=np.int64))
    assert encode_grid(DOG, np.array([19]))[3, 2, -1] == encode_grid(DOG, np.array([0]))[3, 2, 5] == 1


def test_predictions_that_do_not_fit_the_targets_are_refused():
    predictions, targets = example()
    for wrong in (predictions[..., :29], predictions[:6], predictions[:, :5]):
        assert str(wrong.shape) in raises(yolo_loss, wrong, targets)
    assert str(predictions.shape) in raises(yolo_loss, predictions, targets, 3)
    assert "(7, 7, 6)" in raises(yolo_loss, predictions, targets[..., :6])  # would broadcast


def test_an_image_without_objects_is_all_zeros():
    assert not encode_grid(np.zeros((0, 4)), np.zeros(0, dtype=np.int64)).any()


def test_of_ten_random_objects_seven_by_seven_cells_lose_0_87_on_average():
    rng, lost = np.random.default_rng(0), []
    for _ in range(400):
        center = rng.uniform(0, 448, (10, 2))
        boxes = np.concatenate([center - 5, center + 5], axis=1)
        lost.append(10 - encode_grid(boxes, np.zeros(10, dtype=np.int64))[..., 0].sum())
    expected = 10 - 49 * (1 - (48 / 49) ** 10)
    assert abs(expected - 0.87) < 5e-3
    standard_error = np.std(lost) / np.sqrt(400)
    assert abs(np.mean(lost) - expected) < 4 * standard_error


# loss


def test_iou_in_a_cell_by_hand():
    true = np.array([[[0.5, 0.5, 0.2, 0.4]]])
    predicted = np.array([[[0.5, 0.5, 0.2, 0.4], [0.5, 0.5, 0.1, 0.4], [1.0, 0.5, 0.2, 0.4],
                           [0.5, 1.5, 0.2, 0.4], [0.5, 0.5, 0.0, 0.0]]])
    np.testing.assert_allclose(iou_in_cell(predicted, true, 5),
                               [[1, 0.5, 0.1 / 0.3, 0.2 / 0.6, 0]])


def test_the_four_parts_of_the_example_on_the_page():
    losses, grad = yolo_loss(*example())
    np.testing.assert_allclose(losses, [0.081, 0.115, 12.125, 5.0], atol=5e-4)
    confidence = grad[..., [4, 9]]
    assert abs(confidence[3, 2, 0] + 0.679) < 5e-4
    assert abs(confidence.sum() - confidence[3, 2, 0] - 48.5) < 1e-9


def test_a_perfect_prediction_costs_nothing():
    targets = encode_grid(DOG, np.array([11]))
    predictions = np.zeros((7, 7, 30))
    predictions[3, 2, 5:9] = [0.8125, 0.75, np.sqrt(160 / 448), np.sqrt(240 / 448)]
    predictions[3, 2, 9] = 1
    predictions[3, 2, 10 + 11] = 1
    losses, grad = yolo_loss(predictions, targets)
    assert losses.max() < 1e-12 and np.abs(grad).max() < 1e-6


def test_only_the_responsible_box_learns_the_object():
    predictions, targets = example()
    _, grad = yolo_loss(predictions, targets)
    assert grad[3, 2, :4].all() and not grad[3, 2, 5:9].any()
    predictions[3, 2, :10] = np.roll(predictions[3, 2, :10], 5)
    _, swapped = yolo_loss(predictions, targets)
    np.testing.assert_allclose(swapped[3, 2, 5:10], grad[3, 2, :5])
    np.testing.assert_allclose(swapped[3, 2, 9] - swapped[3, 2, 4], grad[3, 2, 4] - grad[3, 2, 9])


def test_a_cell_without_object_learns_only_that_its_confidence_is_zero():
    predictions, targets = example()
    _, grad = yolo_loss(predictions, targets)
    np.testing.assert_allclose(grad[0, 0, [4, 9]], 2 * 0.5 * 0.5)
    assert not np.delete(grad[0, 0], [4, 9]).any()


def test_gradients_agree_with_differences():
    predictions, targets = random_problem(5, 3, 2, seed=1)
    cells, has_object = 5, targets[..., 0] == 1
    _, grad = yolo_loss(predictions, targets, 3, 4.0, 0.3)
    boxes = predictions[..., :15].reshape(5, 5, 3, 5)[has_object]
    iou = iou_in_cell(np.concatenate([boxes[..., :2], boxes[..., 2:4] ** 2], axis=-1),
                      targets[has_object][:, None, 1:5], cells)
    best = {tuple(cell): (int(i.argmax()), i.max())
            for cell, i in zip(np.argwhere(has_object), iou, strict=True)}

    def total(values):  # plain loops, with the responsible box and its IoU held constant
        loss = 0.0
        for row, column in np.ndindex(5, 5):
            cell, target = values[row, column], targets[row, column]
            for b in range(3):
                x, y, w, h, confidence = cell[5 * b: 5 * b + 5]
                if (row, column) in best and best[row, column][0] == b:
                    loss += 4.0 * ((x - target[1]) ** 2 + (y - target[2]) ** 2
                                   + (w - np.sqrt(target[3])) ** 2 + (h - np.sqrt(target[4])) ** 2)
                    loss += (confidence - best[row, column][1]) ** 2
                else:
                    loss += 0.3 * confidence**2
            if (row, column) in best:
                loss += ((cell[15:] - target[5:]) ** 2).sum()
        return loss

    assert len(best) == 4
    assert abs(total(predictions) - yolo_loss(predictions, targets, 3, 4.0, 0.3)[0].sum()) < 1e-9
    for index in np.ndindex(predictions.shape):
        high, low = predictions.copy(), predictions.copy()
        high[index] += 1e-6
        low[index] -= 1e-6
        assert abs((total(high) - total(low)) / 2e-6 - grad[index]) < 1e-6, index


def test_the_square_root_makes_one_error_cost_six_times_more_on_a_small_box():
    cost = {}
    for w in (0.1, 0.8):
        targets = encode_grid(np.array([[0.0, 0, 448 * w, 448 * w]]), np.array([0]))
        row, column = np.argwhere(targets[..., 0])[0]
        predictions = np.zeros((7, 7, 30))
        predictions[row, column, :4] = targets[row, column, 1:5]
        predictions[row, column, 2:4] = np.sqrt([w + 0.1, w])
        cost[w] = yolo_loss(predictions, targets, coord_weight=1.0)[0][0]
    assert abs(cost[0.1] - 0.0172) < 5e-5 and abs(cost[0.8] - 0.0029) < 6e-5
    assert abs(cost[0.1] / cost[0.8] - 5.8) < 0.05
    logs = [np.log((w + 0.1) / w) ** 2 for w in (0.1, 0.8)]
    assert abs(logs[0] - 0.4805) < 5e-5 and abs(logs[1] - 0.0139) < 5e-5


# decoding


def test_a_prediction_gives_98_boxes_and_the_object_where_it_was():
    targets = encode_grid(DOG, np.array([11]))
    predictions = np.zeros((7, 7, 30))
    predictions[3, 2, 5:10] = [0.8125, 0.75, np.sqrt(160 / 448), np.sqrt(240 / 448), 0.9]
    predictions[3, 2, 10:] = 0.8 * targets[3, 2, 5:]
    boxes, scores = decode_grid(predictions)
    assert boxes.shape == (98, 4) and scores.shape == (98, 20)
    index = (3 * 7 + 2) * 2 + 1
    np.testing.assert_allclose(boxes[index], DOG[0])
    assert abs(scores[index, 11] - 0.72) < 1e-12 and scores.sum() == scores[index, 11]


def test_raw_zeros_are_the_priors_in_the_middle_of_each_cell():
    priors = np.array([[10.0, 40], [60, 20]])
    boxes = decode_anchors(np.zeros((3, 5, 2, 4)), priors).reshape(3, 5, 2, 4)
    np.testing.assert_allclose(boxes[2, 4, 0], [4.5 * 32 - 5, 2.5 * 32 - 20, 4.5 * 32 + 5, 2.5 * 32 + 20])
    np.testing.assert_allclose(boxes[0, 1, 1], [48 - 30, 16 - 10, 48 + 30, 16 + 10])


def test_no_output_moves_a_center_out_of_its_cell():
    for value in (-1e3, -5.0, 5.0, 1e3):
        offsets = np.zeros((2, 2, 1, 4))
        offsets[1, 0, 0, :2] = value
        box = decode_anchors(offsets, np.array([[8.0, 8]]), 16)[2]
        center = (box[:2] + box[2:]) / 2
        assert (center >= [0, 16]).all() and (center <= [16, 32]).all()
        assert np.isfinite(box).all()


def test_the_center_moves_by_the_sigmoid_of_the_raw_output():
    box = decode_anchors(np.array([[[[np.log(3), -np.log(3), 0, 0]]]]), np.array([[8.0, 8]]), 16)[0]
    np.testing.assert_allclose((box[:2] + box[2:]) / 2, [12, 4])


def test_one_more_in_the_raw_size_multiplies_the_size_by_e():
    offsets = np.zeros((1, 1, 1, 4))
    offsets[..., 2:] = [1.0, -1.0]
    box = decode_anchors(offsets, np.array([[10.0, 10]]))[0]
    np.testing.assert_allclose(box[2:] - box[:2], [10 * np.e, 10 / np.e])
