"""Full and sampled softmax over 10,000 classes, and class names as weights, on a long tail."""

import json
import platform
import sys
import time
from pathlib import Path

import torch

from snippets.detection_and_segmentation.detect_many_classes_torch import (
    CLASSES,
    NOVEL,
    Classifier,
    World,
    train,
)

SEEDS, STEPS, TEST = (0, 1, 2), 400, 2000
GROUPS = {"frequent": (0, 1_000), "middle": (1_000, 5_000), "rare": (5_000, CLASSES)}
CASES = {
    "full": {"steps": STEPS},
    "sampled": {"steps": STEPS, "num_sampled": 256},
    "sampled, 5 x steps": {"steps": 5 * STEPS, "num_sampled": 256},
    "sampled, not corrected": {"steps": STEPS, "num_sampled": 256, "correct": False},
    "names": {"steps": STEPS, "num_sampled": 256, "by_name": True},
}


@torch.no_grad()
def accuracy(model: Classifier, world: World, classes: torch.Tensor, weight: torch.Tensor) -> float:
    """Share of regions whose highest logit is their own class."""
    features = world.features(classes, torch.Generator().manual_seed(999))
    return round(((model(features) @ weight.T).argmax(dim=1) == classes).float().mean().item(), 4)


def score(model: Classifier, world: World) -> dict:
    """Accuracy on the training distribution, in three groups of classes, on novel classes."""
    generator = torch.Generator().manual_seed(998)
    natural = torch.multinomial(world.frequency, TEST, True, generator=generator)
    result = {"natural": accuracy(model, world, natural, model.weight)}
    for name, (low, high) in GROUPS.items():
        classes = torch.randint(low, high, (TEST,), generator=generator)
        result[name] = accuracy(model, world, classes, model.weight)
    if model.by_name:  # all 11,000 names compete
        classes = torch.randint(CLASSES, CLASSES + NOVEL, (TEST,), generator=generator)
        result["novel"] = accuracy(model, world, classes, world.names)
    return result


def run(cases: dict = CASES, seeds: tuple = SEEDS) -> dict:
    """Every case in three worlds, one for each seed."""
    start, runs = time.process_time(), []
    for seed in seeds:
        world = World(torch.Generator().manual_seed(seed))
        for case, options in cases.items():
            begin = time.process_time()
            model, losses = train(world, seed, **options)
            runs.append({"case": case, "seed": seed,
                         "cpu_seconds": round(time.process_time() - begin, 2),
                         "loss": round(sum(losses[-20:]) / 20, 4), **score(model, world)})
            print(runs[-1], file=sys.stderr, flush=True)
    world = World(torch.Generator().manual_seed(0))
    short = {case: [round(x, 4) for x in train(world, 0, **{**options, "steps": 8})[1]]
             for case, options in cases.items()}
    return {"runs": runs, "short": short,
            "examples": {name: round(STEPS * 256 * world.frequency[low:high].mean().item(), 2)
                         for name, (low, high) in GROUPS.items()},
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
        print(f"{case:24}", *(f"{key} {mean(result, case, key)[0]:.3f}"
                              for key in ("natural", *GROUPS, "cpu_seconds")))
    print("novel by name", mean(result, "names", "novel"))
