"""The page's numbers stand in the committed run, and a short run shows the same."""

import json
from pathlib import Path

import pytest
import torch

from snippets.detection_and_segmentation import semantic_segmentation_experiment
from snippets.detection_and_segmentation.semantic_segmentation import (
    confusion_matrix,
    iou_per_class,
)
from snippets.detection_and_segmentation.semantic_segmentation_experiment import (
    ASPP,
    KINDS,
    SHORT,
    WEIGHTS,
    evaluate,
    images,
    network,
    train,
)

RESULT = json.loads(
    Path(semantic_segmentation_experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
EVEN = (1.0, 1.0, 1.0)


def values(kind: str, key: str, weights=WEIGHTS) -> list[float]:
    """One number per seed: a key, or the IoU of a class by its number."""
    runs = [r for r in RESULT["runs"] if r["kind"] == kind and tuple(r["weights"]) == weights]
    assert len(runs) == 3
    return [run[key] if isinstance(key, str) else run["iou"][key] for run in runs]


def summary(kind: str, key, weights=WEIGHTS) -> str:
    found = values(kind, key, weights)
    return f"{sum(found) / 3:.1f} ({min(found):.1f}–{max(found):.1f})"


def test_the_table_of_the_page():
    expected = {
        "coarse": (36_811, "67.5 (66.8–68.7)", "20.9 (20.7–21.2)", "60.3 (60.1–60.6)"),
        "plain": (46_659, "83.0 (82.7–83.2)", "34.4 (28.7–38.9)", "70.9 (68.9–72.5)"),
        "unpool": (46_659, "86.8 (86.0–87.8)", "54.9 (51.7–58.6)", "79.9 (78.7–80.8)"),
        "dilated": (13_051, "90.1 (89.6–90.6)", "68.0 (66.5–69.8)", "85.6 (85.0–86.2)"),
        "skip": (52_995, "93.8 (93.0–94.4)", "81.3 (79.1–82.9)", "91.6 (90.6–92.3)"),
    }
    assert set(expected) == set(KINDS)
    for kind, (parameters, disc, line, mean) in expected.items():
        assert (summary(kind, 1), summary(kind, 2), summary(kind, "mean_iou")) == (disc, line, mean), kind
        assert sum(p.numel() for p in network(kind).parameters()) == parameters
        assert all(run["steps"] == 250 for run in RESULT["runs"])


def test_without_weights_one_seed_of_three_never_finds_the_line():
    assert [f"{iou:.1f}" for iou in values("skip", 2, EVEN)] == ["0.0", "83.0", "81.7"]
    assert f"{values('skip', 'accuracy', EVEN)[0]:.1f}" == "97.1"
    assert sum(values("coarse", "accuracy")) / 3 > 92.7  # accuracy hides what a line's IoU of 20.9 says


def test_images_and_labels_agree():
    x, labels = images(200, torch.Generator().manual_seed(0))
    assert x.shape == (200, 1, 32, 32) and labels.shape == (200, 32, 32)
    assert set(labels.unique().tolist()) == {0, 1, 2}
    background, shapes = x[:, 0][labels == 0], x[:, 0][labels > 0]
    assert abs(background.mean()) < 0.01 and abs(background.std() - 0.25) < 0.01
    assert 0.95 < shapes.mean() < 1.05
    share = [(labels == k).float().mean().item() for k in (1, 2)]
    assert 0.04 < share[0] < 0.1 and 0.02 < share[1] < 0.04  # the line: 3 percent


def test_every_network_labels_every_pixel():
    for kind in KINDS:
        model = network(kind).eval()
        with torch.no_grad():
            assert model(torch.zeros(2, 1, 32, 40)).shape == (2, 3, 32, 40)
    plain, unpool, skip = (sum(p.numel() for p in network(k).parameters())
                           for k in ("plain", "unpool", "skip"))
    assert plain == unpool == 46_659 and skip == 52_995


def test_the_skip_carries_the_features_and_the_others_have_none():
    torch.manual_seed(0)
    x = torch.randn(1, 1, 16, 16)
    for kind, widths in (("skip", [64, 32, 16]), ("plain", [32, 16, 8])):
        model = network(kind).eval()
        seen = []
        for level in model.rise:
            level.register_forward_pre_hook(lambda m, inputs, seen=seen: seen.append(inputs[0]))
        with torch.no_grad():
            model(x)
        assert [s.shape[1] for s in seen] == widths
        assert [s.shape[2] for s in seen] == [4, 8, 16]
        if kind == "skip":
            with torch.no_grad():
                torch.testing.assert_close(seen[2][:, 8:], model.down[0](x))


def test_aspp_keeps_the_size_and_sees_as_far_as_its_largest_rate():
    torch.manual_seed(1)
    layer = ASPP(2, 3, (2, 4, 6))
    layer.image.weight.data.zero_()  # the whole-image branch sees everything
    x = torch.randn(1, 2, 17, 19, requires_grad=True)
    y = layer(x)
    assert y.shape == (1, 3, 17, 19)
    y[0, :, 8, 9].sum().backward()
    rows, columns = torch.nonzero(x.grad[0].abs().sum(dim=0), as_tuple=True)
    assert set(rows.tolist()) <= {2, 4, 6, 8, 10, 12, 14} and rows.max() - rows.min() == 12
    assert columns.max() - columns.min() == 12


def test_scores_are_those_of_the_snippet():
    torch.manual_seed(2)
    x, labels = images(5, torch.Generator().manual_seed(3))
    model = network("coarse")
    found = evaluate(model, x, labels)
    assert model.training
    model.eval()
    with torch.no_grad():
        predicted = model(x).argmax(dim=1)
    iou = iou_per_class(confusion_matrix(labels.numpy(), predicted.numpy(), 3))
    assert found["iou"] == pytest.approx(100 * iou, abs=0.01)


def test_multiply_adds_of_the_page():
    found = {}
    for kind in KINDS:
        total, model = [], network(kind).eval()
        for layer in model.modules():
            if isinstance(layer, torch.nn.Conv2d):
                layer.register_forward_hook(
                    lambda m, x, y, total=total: total.append(y.numel() * m.weight[0].numel()))
        with torch.no_grad():
            model(torch.zeros(1, 1, 32, 32))
        found[kind] = sum(total)
    assert found["dilated"] == 3_723_520 and found["skip"] == 5_996_544
    assert found["plain"] == found["unpool"] == 4_816_896
    assert f"{found['skip'] / found['unpool']:.2f} {found['dilated'] / found['skip']:.2f}" == "1.24 0.62"
    assert f"{52_995 / 46_659:.2f} {13_051 / 52_995:.2f}" == "1.14 0.25"


@pytest.mark.slow
def test_short_runs_of_all_networks_are_the_committed_ones_and_a_u_net_is_ahead_after_30_steps():
    assert {run["kind"]: run["steps"] for run in RESULT["short"]} == SHORT
    for committed in RESULT["short"]:
        again = train(committed["kind"], committed["seed"], committed["steps"])[1]
        # the same seeds; another processor rounds otherwise, which few steps hardly amplify
        assert abs(again["loss"] - committed["loss"]) < 0.02, committed["kind"]
    assert again["kind"] == "skip" and abs(again["mean_iou"] - committed["mean_iou"]) < 3
    longer = [run["iou"][0] for run in RESULT["runs"] if run["kind"] == "coarse"]  # 250 steps
    assert again["iou"][0] > 94 > max(longer)
