"""The page's numbers stand in the committed run, and a short run repeats what must hold."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.representation import class_activation_maps_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
RUNS = RESULT["runs"]


def mean(key: str, name: str) -> float:
    return float(np.mean([run[key][name] for run in RUNS]))


def test_the_table_of_the_page():
    expected = {
        "CAM": "90.2 60.7 -0.13", "Grad-CAM layer 3": "90.2 60.7 -0.13",
        "gradient x input": "86.2 70.2 0.38", "guided backpropagation": "84.8 47.8 0.69",
        "saliency": "65.3 34.9 0.23", "Grad-CAM layer 2": "63.9 51.6 0.20",
        "Grad-CAM layer 1": "51.4 45.9 -0.01",
    }
    for name, line in expected.items():
        hit, share, overlap = (mean(key, name) for key in ("hit", "share", "overlap"))
        assert f"{hit:.1f} {share:.1f} {overlap:.2f}" == line, name
    assert [run["both right"] for run in RUNS] == [91.5, 92.0, 92.5]


def test_a_map_that_shows_the_ink_alone_is_right_for_one_of_two_questions():
    x, _, corners = experiment.canvases(experiment.pools()[1], 20, np.random.default_rng(3))
    hits = [experiment.pointing(x[:, 0], corners, side) for side in range(2)]
    shares = [experiment.share(x[:, 0], corners, side) for side in range(2)]
    assert np.concatenate(hits).mean() == 0.5
    assert abs(np.concatenate(shares).mean() - 0.5) < 1e-6


def test_elementwise_weights_repair_the_lower_layers():
    hits = [f"{mean('hit', f'HiResCAM layer {layer}'):.1f}" for layer in (1, 2, 3)]
    assert hits == ["88.5", "93.6", "90.2"]


def test_the_maps_of_a_random_network():
    last = {name: f"{np.mean([run['randomized'][name][3] for run in RUNS]):.2f}"
            for name in ("guided backpropagation", "gradient x input", "saliency", "CAM")}
    assert last == {"guided backpropagation": "0.67", "gradient x input": "0.45",
                    "saliency": "0.28", "CAM": "0.15"}
    guided = np.mean([run["randomized"]["guided backpropagation"] for run in RUNS], axis=0)
    assert f"{guided.min():.2f} {guided.max():.2f}" == "0.56 0.74"


def test_cam_over_the_positions_is_grad_cam_up_to_rounding():
    assert all(run["largest difference"] < 1e-6 for run in RUNS)  # float32


def test_the_peak_counts_only_inside_the_box_of_the_side_asked_for():
    maps = torch.zeros(3, 12, 22)
    maps[0, 4, 3], maps[1, 0, 0] = 1.0, 1.0  # the third map is empty
    corners = np.array([[[1, 1], [2, 12]]] * 3)
    assert experiment.pointing(maps, corners, 0).tolist() == [True, False, False]
    assert experiment.pointing(maps, corners, 1).tolist() == [False, False, False]
    maps[0, 5, 14] = 3.0
    assert experiment.share(maps, corners, 1)[0] == 0.75


def test_canvases_hold_two_different_digits_inside_their_boxes():
    x, classes, corners = experiment.canvases(experiment.pools()[1], 30, np.random.default_rng(0))
    assert (classes[:, 0] != classes[:, 1]).all()
    ink = sum(x[n, 0, y : y + 8, c : c + 8].sum() for n in range(30) for y, c in corners[n])
    assert abs(ink - x.sum()) < 1e-3
    assert corners[:, 0, 1].max() <= 3 and corners[:, 1, 1].min() >= 11


def test_layers_are_randomized_from_the_top_down():
    model = experiment.network(torch.Generator().manual_seed(1))
    for how_many, kept in ((1, ("0.", "1.", "2.")), (3, ("0.",)), (4, ())):
        other = experiment.randomized(model, how_many, 0).state_dict()
        same = {key for key, value in model.state_dict().items()
                if key.endswith("weight") and torch.equal(value, other[key])}
        assert same == {key for key in other if key.startswith(kept or "-") and key.endswith("weight")}


def test_guided_backpropagation_passes_positive_gradients_only():
    model = experiment.network(torch.Generator().manual_seed(2))
    x = torch.rand(2, 1, 12, 22)
    before = experiment.explain(model, x, torch.tensor([3, 4]))["saliency"]
    h = x.clone().requires_grad_()
    layers = [h]
    for layer in model[:3]:
        layers.append(layer[1](layer[0](layers[-1])))
    grad, = torch.autograd.grad(model[3:](layers[-1])[[0, 1], [3, 4]].sum(), layers[-1])
    for number in (2, 1, 0):
        grad = grad.clamp(min=0) * (layers[number + 1] > 0)
        below = layers[number].detach().requires_grad_(True)
        pre = model[number][0](below)
        grad, = torch.autograd.grad(pre, below, grad)
    found = experiment.guided(model, x, torch.tensor([3, 4]))
    torch.testing.assert_close(found, grad[:, 0].abs())
    after = experiment.explain(model, x, torch.tensor([3, 4]))["saliency"]
    assert torch.equal(before, after)  # the hooks are gone


@pytest.mark.slow
def test_a_short_run_repeats_what_was_committed():
    np.testing.assert_allclose(experiment.short(), RESULT["short"], rtol=0.02)
