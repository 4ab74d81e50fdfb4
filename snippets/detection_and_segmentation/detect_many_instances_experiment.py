"""The small detector with one positive cell per object and with several, scored with and without NMS."""

import json
import platform
import sys
import time
from pathlib import Path

import numpy as np
import torch

from snippets.detection_and_segmentation.detect_many_instances import (
    assign,
    mean_average_precision,
    suppress,
)
from snippets.detection_and_segmentation.detect_many_instances_torch import (
    CLASSES,
    SIZE,
    STRIDE,
    DenseDetector,
    detect,
    detection_loss,
    make_image,
)

SEEDS, STEPS, BATCH, LR = (0, 1, 2), 1000, 16, 4e-3
TRAIN_IMAGES, TEST_IMAGES, TEST_SEED = 3000, 300, 999
CASES = {"one cell": 0.0, "middle half": 0.5}


def data(seed: int, count: int, shrink: float) -> tuple:
    """Images (N, 1, 64, 64), class targets, box targets, and the truths for the scoring."""
    rng = np.random.default_rng(seed)
    images, classes, targets, truths = [], [], [], []
    for _ in range(count):
        image, boxes, labels = make_image(rng)
        cell_classes, owner = assign(boxes, labels, len(CLASSES), SIZE // STRIDE, SIZE // STRIDE,
                                     STRIDE, shrink)
        images.append(image[None])
        classes.append(cell_classes)
        targets.append(np.concatenate([boxes, np.zeros((1, 4))])[owner])  # -1: the last row
        truths.append((boxes, labels))
    return (torch.tensor(np.stack(images)), torch.tensor(np.stack(classes)).float(),
            torch.tensor(np.stack(targets)).float(), truths)


def train(shrink: float, seed: int, steps: int = STEPS, train_images: int = TRAIN_IMAGES) -> tuple:
    """Train one detector; returns it in evaluation mode, and the loss of every step."""
    images, classes, targets, _ = data(seed, train_images, shrink)
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = DenseDetector()
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LR, total_steps=steps)
    losses = []
    for _ in range(steps):
        batch = torch.randint(len(images), (BATCH,), generator=generator)
        logits, boxes = model(images[batch])
        focal, box = detection_loss(logits, boxes, classes[batch], targets[batch])
        optimizer.zero_grad()
        (focal + box).backward()
        optimizer.step()
        schedule.step()
        losses.append((focal + box).item())
    return model.eval(), losses


def score(model: DenseDetector, images: torch.Tensor, truths: list) -> dict:
    """mAP at 0.5 and over 0.5 to 0.95, as they come and after suppression."""
    raw = [found for part in images.split(100) for found in detect(model, part)]
    result = {"detections": sum(len(scores) for _, scores, _ in raw)}
    kept = []
    for boxes, scores, labels in raw:
        keep = suppress(boxes, scores, labels)
        kept.append((boxes[keep], scores[keep], labels[keep]))
    result["kept"] = sum(len(scores) for _, scores, _ in kept)
    for name, found in (("raw", raw), ("nms", kept)):
        result[f"{name}_50"] = round(mean_average_precision(found, truths, len(CLASSES), (0.5,)), 4)
        result[f"{name}_coco"] = round(mean_average_precision(found, truths, len(CLASSES)), 4)
    return result


def run(seeds: tuple = SEEDS, steps: int = STEPS) -> dict:
    """Both ways of assigning, with every seed."""
    start, runs = time.process_time(), []
    images, _, _, truths = data(TEST_SEED, TEST_IMAGES, 0.0)
    for case, shrink in CASES.items():
        for seed in seeds:
            begin = time.process_time()
            model, losses = train(shrink, seed, steps)
            runs.append({"case": case, "seed": seed, "loss": round(sum(losses[-20:]) / 20, 4),
                         "cpu_seconds": round(time.process_time() - begin, 1),
                         **score(model, images, truths)})
            print(runs[-1], file=sys.stderr, flush=True)
    counts = {case: int(data(TEST_SEED, TEST_IMAGES, shrink)[1].sum())
              for case, shrink in CASES.items()}
    short = [round(x, 4) for x in train(0.5, 0, 30, 100)[1]]
    return {"runs": runs, "short": short, "objects": sum(len(b) for b, _ in truths),
            "positives": counts, "parameters": sum(p.numel() for p in DenseDetector().parameters()),
            "python": platform.python_version(), "torch": torch.__version__,
            "cpu_seconds": round(time.process_time() - start)}


def mean(result: dict, case: str, key: str) -> tuple[float, float, float]:
    """Mean, lowest and highest value over the seeds."""
    values = [run[key] for run in result["runs"] if run["case"] == case]
    return sum(values) / len(values), min(values), max(values)


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    for case in CASES:
        for key in ("nms_50", "nms_coco", "raw_50", "raw_coco", "cpu_seconds"):
            print(f"{case:12} {key:12} {mean(result, case, key)}")
