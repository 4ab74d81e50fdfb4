"""Three heads, two losses and a shuffled order, on images with one rectangle and one ellipse."""

import json
import platform
import sys
import time
from pathlib import Path

import torch

from snippets.detection_and_segmentation.detect_single_instances_torch import (
    SlotDetector,
    make_images,
    paired_giou,
    train,
)

SEEDS, STEPS, TEST_SEED, TEST_IMAGES = (0, 1, 2), 600, 999, 1000
CASES = {  # name: head, steps, with the overlap term, targets in random order
    "slots": ("slots", STEPS, True, False),
    "slots, L1 only": ("slots", STEPS, False, False),
    "slots, 3 x steps": ("slots", 3 * STEPS, True, False),
    "pooled": ("pooled", STEPS, True, False),
    "heatmap": ("heatmap", STEPS, True, False),
    "heatmap, L1 only": ("heatmap", STEPS, False, False),
    "heatmap, random order": ("heatmap", STEPS, True, True),
}
RATES = (("slots", 3e-4), ("slots", 3e-3), ("heatmap", 1e-3))  # beside those of the cases


@torch.no_grad()
def score(model: SlotDetector) -> dict:
    """Mean IoU over both slots, and the share of test images with both boxes right."""
    images, targets = make_images(TEST_IMAGES, torch.Generator().manual_seed(TEST_SEED))
    iou, _ = paired_giou(model(images), targets)
    return {"iou": round(iou.mean().item(), 4),
            "both_50": round((iou >= 0.5).all(dim=1).float().mean().item(), 4),
            "both_75": round((iou >= 0.75).all(dim=1).float().mean().item(), 4)}


@torch.no_grad()
def collapse(model: SlotDetector) -> dict:
    """Mean IoU of the two slots with each other, with the nearer and with the other object."""
    images, targets = make_images(TEST_IMAGES, torch.Generator().manual_seed(TEST_SEED))
    boxes = model(images)
    iou = torch.stack([paired_giou(boxes, targets)[0], paired_giou(boxes, targets.flip(1))[0]])
    each_other, _ = paired_giou(boxes[:, 0], boxes[:, 1])
    return {"each_other": round(each_other.mean().item(), 4),
            "nearer": round(iou.amax(dim=0).mean().item(), 4),
            "other": round(iou.amin(dim=0).mean().item(), 4)}


def rates(seeds: tuple = SEEDS[:2]) -> list[dict]:
    """The heads with learning rates that were not chosen."""
    return [{"head": head, "lr": lr, "seed": seed, **score(train(head, seed, lr=lr)[0])}
            for head, lr in RATES for seed in seeds]


def run(cases: dict = CASES, seeds: tuple = SEEDS) -> dict:
    """Every case with every seed, and the first losses of one run for a later comparison."""
    start, runs = time.process_time(), []
    for name, (head, steps, overlap, shuffle) in cases.items():
        for seed in seeds:
            begin = time.process_time()
            model, losses = train(head, seed, steps, overlap, shuffle)
            runs.append({"case": name, "seed": seed, "steps": steps, **score(model),
                         "loss": round(sum(losses[-20:]) / 20, 4),
                         "cpu_seconds": round(time.process_time() - begin, 1)})
            print(runs[-1], file=sys.stderr, flush=True)
    short = [round(x, 5) for x in train("heatmap", 0, 40)[1]]
    return {"runs": runs, "short": short, "python": platform.python_version(),
            "torch": torch.__version__, "cpu_seconds": round(time.process_time() - start)}


def mean(result: dict, case: str, key: str) -> tuple[float, float, float]:
    """Mean, lowest and highest value over the seeds."""
    values = [run[key] for run in result["runs"] if run["case"] == case]
    return sum(values) / len(values), min(values), max(values)


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run()
    result["random_order"] = [{"seed": seed, **collapse(train("heatmap", seed, shuffle=True)[0])}
                              for seed in SEEDS]
    result["rates"] = rates()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    for case in CASES:
        print(f"{case:24}", *(f"{key} {mean(result, case, key)[0]:.3f}"
                              for key in ("iou", "both_50", "both_75", "cpu_seconds")))
