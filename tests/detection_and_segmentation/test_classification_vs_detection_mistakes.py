"""Each mistake on the page fails in the way that the page says."""

import numpy as np

from snippets.detection_and_segmentation.classification_vs_detection import score_map, set_loss
from snippets.detection_and_segmentation.classification_vs_detection_mistakes import (
    augment,
    cell_probs,
    listed_loss,
)

DOGS = np.array([[8.0, 18, 72, 98], [124, 40, 174, 120]])


def test_a_perfect_answer_in_another_order_costs_524():
    assert set_loss(DOGS[::-1], DOGS) == 0
    assert listed_loss(DOGS[::-1], DOGS) == 524


def test_with_random_order_the_best_fixed_answer_is_a_box_between_the_objects():
    middle = np.stack([DOGS.mean(axis=0)] * 2)
    for answer in (DOGS, DOGS[::-1], middle):  # squared error, averaged over both orders
        cost = np.mean([((answer - DOGS) ** 2).sum(), ((answer - DOGS[::-1]) ** 2).sum()])
        assert cost >= np.mean([((middle - DOGS) ** 2).sum(), ((middle - DOGS[::-1]) ** 2).sum()])
    overlap = np.minimum(middle[0, 2:], DOGS[:, 2:]) - np.maximum(middle[0, :2], DOGS[:, :2])
    overlap = overlap.clip(0).prod(axis=1)
    union = (middle[0, 2:] - middle[0, :2]).prod() + (DOGS[:, 2:] - DOGS[:, :2]).prod(axis=1) - overlap
    assert (overlap / union).max() < 0.1


def test_with_one_class_and_no_background_every_cell_is_certain():
    logits = score_map(np.random.default_rng(0).normal(size=(5, 4, 7)), np.ones((1, 5)), np.zeros(1))
    assert (cell_probs(logits) == 1).all()


def test_after_a_flip_the_old_box_no_longer_holds_the_object():
    image = np.zeros((1, 128, 192))
    x1, y1, x2, y2 = DOGS[0].astype(int)
    image[0, y1:y2, x1:x2] = 1
    flipped, boxes = augment(image, DOGS[:1])
    x1, y1, x2, y2 = boxes[0].astype(int)
    assert flipped[0, y1:y2, x1:x2].sum() == 0
    x1, x2 = 192 - x2, 192 - x1
    assert flipped[0, y1:y2, x1:x2].all() and flipped.sum() == (y2 - y1) * (x2 - x1)
