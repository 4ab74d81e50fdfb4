"""Each mistake of the page, failing."""

import numpy as np

from snippets.detection_and_segmentation.mean_average_precision import (
    SCORES,
    VERDICT,
    average_precision,
    match,
    precision_recall,
)
from snippets.detection_and_segmentation.mean_average_precision_mistakes import (
    confident_only,
    match_every_overlap,
    mean_over_images,
)


def test_counting_duplicates_gives_a_recall_of_three():
    overlap = np.array([[0.9], [0.8], [0.7]])
    scores, nothing = np.array([0.9, 0.8, 0.7]), np.zeros(1, dtype=bool)
    assert match(overlap, scores, 0.5, nothing, nothing).tolist() == [1, 0, 0]
    precision, recall = precision_recall(scores, match_every_overlap(overlap, 0.5), 1)
    assert recall[-1] == 3 and precision[-1] == 1


def test_the_mean_over_images_misses_a_confident_error_elsewhere():
    images = [(np.array([0.9]), np.array([1]), 1), (np.array([0.95, 0.5]), np.array([0, 1]), 1)]
    assert mean_over_images(images) == 0.75
    together = precision_recall(np.array([0.9, 0.95, 0.5]), np.array([1, 0, 1]), 2)
    assert abs(average_precision(*together, rule="area") - 2 / 3) < 1e-12


def test_a_score_threshold_cuts_the_curve():
    scores, verdict = confident_only(SCORES, VERDICT, 0.65)
    cut = average_precision(*precision_recall(scores, verdict, 4))
    assert abs(cut - (26 + 25 * 2 / 3) / 101) < 1e-12 and abs(cut - 0.422) < 5e-4
    assert abs(average_precision(*precision_recall(SCORES, VERDICT, 4)) - 0.629) < 5e-4
