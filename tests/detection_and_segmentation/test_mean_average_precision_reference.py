"""A second evaluation: plain loops for the matching, scikit-learn for the curve."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve

from snippets.detection_and_segmentation.mean_average_precision import (
    SCORES,
    VERDICT,
    average_precision,
    coco_thresholds,
    match,
    mean_average_precision,
    precision_recall,
    shifted,
)


def sklearn_curve(scores, hits, num_objects):
    """Objects nobody found are positives below every score; the points after them are cut off."""
    missed = num_objects - int(np.sum(hits))
    truth = np.concatenate([np.asarray(hits, dtype=int), np.ones(missed, dtype=int)])
    ranks = np.concatenate([scores, np.full(missed, -1.0)])
    precision, recall, thresholds = precision_recall_curve(truth, ranks)
    reached = thresholds > -1
    return precision[:-1][reached][::-1], recall[:-1][reached][::-1]


def levels_ap(precision, recall, levels):
    return sum(max(precision[recall >= level], default=0.0) for level in levels) / len(levels)


def test_the_curve_and_the_three_areas_by_scikit_learn():
    rng = np.random.default_rng(0)
    for count, num_objects in [(1, 1), (7, 5), (40, 23), (60, 100)]:
        scores = rng.permutation(count) / count
        hits = np.zeros(count, dtype=np.int8)
        hits[rng.permutation(count)[: min(count, num_objects) * 2 // 3 + 1]] = 1
        precision, recall = precision_recall(scores, hits, num_objects)
        p, r = sklearn_curve(scores, hits, num_objects)
        np.testing.assert_allclose(precision, p, rtol=1e-12)
        np.testing.assert_allclose(recall, r, rtol=1e-12)
        for rule, points in [("coco", 101), ("voc2007", 11)]:
            expected = levels_ap(p, r, np.linspace(0, 1, points))
            assert abs(average_precision(precision, recall, rule) - expected) < 1e-12
        area, last = 0.0, 0.0
        for i in range(len(p)):
            area += (r[i] - last) * max(p[i:])
            last = r[i]
        assert abs(average_precision(precision, recall, "area") - area) < 1e-12


def test_scikit_learn_does_not_raise_the_precision_to_the_envelope():
    truth, ranks = np.append(VERDICT, 1), np.append(SCORES, -1.0)
    raw = average_precision_score(truth, ranks)
    assert abs(average_precision_score(VERDICT, SCORES) - (1 + 2 / 3 + 3 / 4) / 3) < 1e-12  # 0.806
    # Told of the missed object at rank -1, scikit-learn pays for finding it there.
    assert abs(raw - 0.25 * (1 + 2 / 3 + 3 / 4 + 4 / 6)) < 1e-12
    assert abs(0.25 * (1 + 2 / 3 + 3 / 4) - 0.604) < 5e-4
    assert average_precision(*precision_recall(SCORES, VERDICT, 4), rule="area") == 0.625


def loop_overlap(a, b, crowd) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    first, second = (a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (first if crowd else first + second - width * height)


def loop_map(images, thresholds, low, high, limit):
    """One class, threshold, image, detection and object at a time, in the words of COCO's code."""
    def inside(box):
        return low <= (box[2] - box[0]) * (box[3] - box[1]) <= high

    values = []
    for label in sorted({c for im in images for c in im["object_classes"].tolist()}):
        for threshold in thresholds:
            scores, hits, num_objects = [], [], 0
            for im in images:
                objects = [{"box": b, "crowd": c, "ignore": bool(c) or not inside(b), "free": True}
                           for b, c, k in zip(im["objects"], im["crowd"], im["object_classes"], strict=True)
                           if k == label]
                objects.sort(key=lambda o: o["ignore"])  # counted ones first
                num_objects += sum(not o["ignore"] for o in objects)
                found = [(s, b) for s, b, k in zip(im["scores"], im["boxes"], im["classes"], strict=True)
                         if k == label]
                for score, box in sorted(found, key=lambda d: -d[0])[:limit]:
                    best, most = None, threshold
                    for o in objects:
                        if not (o["free"] or o["crowd"]):
                            continue
                        if best and not best["ignore"] and o["ignore"]:
                            break
                        share = loop_overlap(box, o["box"], o["crowd"])
                        if share >= most:
                            best, most = o, share
                    if best:
                        best["free"] = False
                        if not best["ignore"]:
                            scores.append(score)
                            hits.append(1)
                    elif inside(box):
                        scores.append(score)
                        hits.append(0)
            if num_objects:
                if not scores:
                    values.append(0.0)
                    continue
                p, r = sklearn_curve(np.array(scores), hits, num_objects)
                values.append(levels_ap(p, r, np.linspace(0, 1, 101)))
    return np.mean(values)


def random_images(rng, count=6):
    """Objects, noisy copies of them as detections, duplicates, false alarms, and some crowds."""
    images, scores = [], iter(rng.permutation(2000) / 2000)
    for _ in range(count):
        num = int(rng.integers(0, 7))
        corner, size = rng.uniform(0, 150, (num, 2)), rng.uniform(10, 120, (num, 2))
        objects = np.concatenate([corner, corner + size], axis=1)
        classes = rng.integers(0, 3, num)
        crowd = rng.uniform(size=num) < 0.2
        boxes, labels = [], []
        for box, label in zip(objects, classes, strict=True):
            side = np.tile(box[2:] - box[:2], 2)
            for spread in (0.03, 0.1, 0.2)[: int(rng.integers(0, 4))]:
                boxes.append(box + side * rng.normal(0, spread / 2, 4).clip(-0.4, 0.4))
                labels.append(label if rng.uniform() < 0.9 else (label + 1) % 3)
        for _ in range(4):
            corner, size = rng.uniform(0, 150, 2), rng.uniform(5, 110, 2)
            boxes.append(np.concatenate([corner, corner + size]))
            labels.append(int(rng.integers(0, 3)))
        images.append({"boxes": np.array(boxes), "scores": np.array([next(scores) for _ in boxes]),
                       "classes": np.array(labels), "objects": objects.reshape(-1, 4),
                       "object_classes": classes, "crowd": crowd})
    return images


def test_random_detections_by_the_second_evaluation():
    rng, seen = np.random.default_rng(1), set()
    for _ in range(4):
        images = random_images(rng)
        for low, high, limit in [(0, 1e10, 100), (0, 32**2, 100), (32**2, 96**2, 100), (0, 1e10, 2)]:
            thresholds = coco_thresholds()[::3]
            ours = mean_average_precision(images, thresholds, (low, high), limit)
            theirs = loop_map(images, thresholds, low, high, limit)
            assert abs(ours - theirs) < 1e-12, (ours, theirs)
            seen.add(round(ours, 6))
    assert len(seen) == 16 and 0 < min(seen) < max(seen) < 1


def test_voc_gives_no_second_choice():
    """VOC's code takes the object with the largest overlap and looks only then whether it is free."""
    overlap, scores = np.array([[0.9, 0.5], [0.8, 0.7]]), np.array([0.9, 0.8])
    taken, voc = set(), []
    for i in np.argsort(-scores):
        best = int(np.argmax(overlap[i]))
        voc.append(int(overlap[i, best] > 0.5 and best not in taken))
        taken.add(best)
    nothing = np.zeros(2, dtype=bool)
    assert voc == [1, 0]
    assert match(overlap, scores, 0.5, nothing, nothing).tolist() == [1, 1]


def test_ten_of_the_levels_lie_above_their_hundredth():
    for points, above in [(101, 10), (11, 3)]:
        levels, exact = np.linspace(0, 1, points), np.arange(points) / (points - 1)
        assert (levels > exact).sum() == (levels != exact).sum() == above


@pytest.mark.filterwarnings("error")
def test_no_mean_is_taken_of_nothing():
    assert np.isnan(mean_average_precision(shifted(0.0), np.array([0.5]), (0.0, 100.0)))
