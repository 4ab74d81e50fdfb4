"""What the costs, the sampling and the loss promise. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.rcnn_family import (
    RPN_MACS,
    conv_macs,
    fast_rcnn_loss,
    head_macs,
    sample_boxes,
    truncated_svd,
)


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{function.__name__} raised no ValueError")


# costs


def test_the_cost_of_one_crop_by_hand():
    pairs = [(3, 64, 224), (64, 64, 224), (64, 128, 112), (128, 128, 112), (128, 256, 56), (256, 256, 56),
             (256, 256, 56), (256, 512, 28), (512, 512, 28), (512, 512, 28)] + [(512, 512, 14)] * 3
    assert conv_macs(224, 224) == sum(9 * a * b * side**2 for a, b, side in pairs) == 15_346_630_656
    assert conv_macs(20, 40) == conv_macs(40, 20)
    assert conv_macs(17, 16) - conv_macs(16, 16) == 9 * (3 + 64) * 64 * 16  # the odd row is pooled away


def test_the_cost_of_a_box_in_the_head_and_with_thin_layers():
    assert head_macs(1) == 25_088 * 4096 + 4096 * 4096 + 4096 * 105
    assert head_macs(300) == 300 * head_macs(1)
    assert head_macs(1, (1024, 256)) == 1024 * (25_088 + 4096) + 256 * 8192 + 4096 * 105
    assert head_macs(0) == 0


def test_the_counts_on_the_page():
    shared = conv_macs(600, 1000)
    rcnn = 2000 * (conv_macs(224, 224) + head_macs(1))
    for macs, billions, ratio in [
        (rcnn, 30_933, 1.0),
        (shared + head_macs(2000), 423, 73.1),
        (shared + head_macs(2000, (1024, 256)), 248, 124.7),
        (shared + RPN_MACS + head_macs(300), 225, 137.7),
    ]:
        assert round(macs / 1e9) == billions and round(rcnn / macs, 1) == ratio
    assert round(shared / 1e9) == 183 and round(head_macs(2000) / 1e9) == 240
    # 3 x 3 convolution, then 2 scores and 4 offsets for each of 9 anchors, on 37 x 62 cells.
    assert RPN_MACS == (3 * 3 * 512 * 512 + 512 * (18 + 36)) * (600 // 16) * (1000 // 16)
    assert round(RPN_MACS / 1e9, 1) == 5.5
    assert round(head_macs(2000) / (shared + head_macs(2000)), 2) == 0.57
    assert round(2000 * 224**2 / (600 * 1000)) == 167
    assert round(25_088 * 4096 / (1024 * (25_088 + 4096)), 2) == 3.44 and 4096**2 / (256 * 8192) == 8
    # Measured times of the papers, in seconds.
    assert round(47.0 / 0.32) == 147 and round((47.0 + 1.51) / 1.83, 1) == 26.5
    assert round(1.83 / 0.198, 1) == 9.2 and round(1.51 / 1.83, 3) == 0.825
    assert round((122 + 20) / 320, 2) == 0.44 and round(122 / 37, 1) == 3.3 and 20 / 4 == 5


# thin layers


def test_two_thin_layers_give_the_closest_matrix_of_their_rank():
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(5, 7))
    first, second = truncated_svd(weight, 3)
    assert first.shape == (3, 7) and second.shape == (5, 3)
    singular = np.linalg.svd(weight, compute_uv=False)
    error = np.linalg.norm(weight - second @ first)
    np.testing.assert_allclose(error, np.sqrt((singular[3:] ** 2).sum()))
    np.testing.assert_allclose(second.T @ second, np.eye(3), atol=1e-12)


def test_rank_one_is_an_outer_product():
    first, second = truncated_svd(np.outer([1.0, 2], [3.0, 4, 5]), 1)
    np.testing.assert_allclose(second @ first, [[3, 4, 5], [6, 8, 10]])


def test_full_rank_changes_nothing_and_no_rank_is_refused():
    weight = np.random.default_rng(1).normal(size=(5, 3))
    first, second = truncated_svd(weight, 3)
    np.testing.assert_allclose(second @ first, weight)
    assert "4" in raises(truncated_svd, weight, 4) and "0" in raises(truncated_svd, weight, 0)


# sampling


def test_a_quarter_of_the_sample_is_positive_and_the_rest_nearly_overlaps():
    rng = np.random.default_rng(2)
    iou, classes = rng.uniform(size=2000), rng.integers(1, 21, 2000)
    chosen, labels = sample_boxes(iou, classes, rng)
    assert len(chosen) == len(labels) == len(set(chosen.tolist())) == 64 and labels.dtype.kind == "i"
    assert (labels[:16] > 0).all() and (labels[16:] == 0).all()
    assert (labels[:16] == classes[chosen[:16]]).all() and (iou[chosen[:16]] >= 0.5).all()
    assert (iou[chosen[16:]] >= 0.1).all() and (iou[chosen[16:]] < 0.5).all()
    assert (np.sort(chosen[:16]) != np.flatnonzero(iou >= 0.5)[:16]).any()  # at random


def test_missing_positives_are_replaced_by_background_and_far_boxes_by_nothing():
    iou = np.array([0.5, 0.499, 0.1, 0.099, 0.0, 0.3])
    classes = np.array([7, 1, 1, 1, 1, 1])
    chosen, labels = sample_boxes(iou, classes, np.random.default_rng(3), size=8)
    assert chosen[0] == 0 and labels.tolist() == [7, 0, 0, 0]
    assert sorted(chosen[1:].tolist()) == [1, 2, 5]
    chosen, labels = sample_boxes(iou, classes, np.random.default_rng(3), size=3)
    assert len(chosen) == 3 and (labels == 0).all()  # a quarter of 3 is less than one
    chosen, labels = sample_boxes(np.full(16, 0.6), np.ones(16), np.random.default_rng(3))
    assert sorted(chosen.tolist()) == list(range(16)) and (labels == 1).all()  # each once
    chosen, labels = sample_boxes(np.zeros(0), np.zeros(0), np.random.default_rng(3))
    assert len(chosen) == len(labels) == 0


# loss


def test_the_loss_by_hand():
    logits = np.zeros((2, 3))
    offsets = np.zeros((2, 3, 4))
    offsets[0, 2] = [0.5, -2.0, 0, 0]
    targets = np.zeros((2, 4))
    cls, box, grad_logits, grad_offsets = fast_rcnn_loss(logits, offsets, np.array([2, 0]), targets)
    assert abs(cls - np.log(3)) < 1e-12
    assert abs(box - (0.125 + 1.5) / 2) < 1e-12  # two proposals, one with a box
    np.testing.assert_allclose(grad_logits, np.array([[1, 1, -2], [-2, 1, 1]]) / 6)
    assert grad_offsets[0, 2].tolist() == [0.25, -0.5, 0, 0] and not grad_offsets[0, :2].any()


def test_the_box_loss_is_zero_where_the_offsets_are_the_targets():
    rng = np.random.default_rng(6)
    offsets, labels = rng.normal(size=(3, 5, 4)), np.array([4, 1, 2])
    targets = offsets[np.arange(3), labels].copy()
    _, box, _, grad = fast_rcnn_loss(np.zeros((3, 5)), offsets, labels, targets)
    assert box == 0 and not grad.any()
    targets[0, 3] -= 3  # 3 below the offset: 3 - 0.5, shared by three proposals
    _, box, _, grad = fast_rcnn_loss(np.zeros((3, 5)), offsets, labels, targets)
    assert abs(box - 2.5 / 3) < 1e-12 and abs(grad[0, 4, 3] - 1 / 3) < 1e-12


def test_only_the_box_of_the_true_class_is_trained_and_background_has_none():
    rng = np.random.default_rng(4)
    labels = np.array([0, 3, 1, 0, 3])
    _, _, _, grad = fast_rcnn_loss(
        rng.normal(size=(5, 4)), rng.normal(size=(5, 4, 4)), labels, rng.normal(size=(5, 4)))
    touched = np.abs(grad).sum(axis=2) > 0
    assert np.argwhere(touched).tolist() == [[1, 3], [2, 1], [4, 3]]


def test_the_gradients_by_central_differences():
    rng = np.random.default_rng(5)
    logits, offsets = rng.normal(size=(3, 5)), 2 * rng.normal(size=(3, 5, 4))
    labels, targets = np.array([2, 0, 4]), rng.normal(size=(3, 4))
    _, _, *grads = fast_rcnn_loss(logits, offsets, labels, targets)
    for values, grad in zip((logits, offsets), grads, strict=True):
        for index in np.ndindex(values.shape):
            kept, step = values[index], 1e-6
            totals = []
            for value in (kept + step, kept - step):
                values[index] = value
                totals.append(sum(fast_rcnn_loss(logits, offsets, labels, targets)[:2]))
            values[index] = kept
            assert abs((totals[0] - totals[1]) / (2 * step) - grad[index]) < 1e-7


def test_huge_logits_stay_finite_and_no_proposals_are_refused():
    offsets, targets = np.zeros((1, 2, 4)), np.zeros((1, 4))
    cls, _, grad, _ = fast_rcnn_loss(np.array([[1e4, 0.0]]), offsets, np.array([1]), targets)
    assert cls == 1e4 and grad.tolist() == [[1.0, -1.0]]
    far = np.array([[1e4, 1e4], [-1e4, -1e4]])  # each proposal has a largest logit of its own
    cls, *_ = fast_rcnn_loss(far, np.zeros((2, 2, 4)), np.array([1, 0]), np.zeros((2, 4)))
    np.testing.assert_allclose(cls, np.log(2), rtol=1e-12)
    nothing = np.zeros((0, 2)), np.zeros((0, 2, 4)), np.zeros(0, dtype=np.int32), np.zeros((0, 4))
    assert raises(fast_rcnn_loss, *nothing).startswith("labels must hold at least one proposal")
