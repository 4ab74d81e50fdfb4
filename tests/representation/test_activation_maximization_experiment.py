"""The page's numbers stand in the committed run, and a short run gives the same image."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.representation import activation_maximization_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def mean(kind: str, key: str) -> float:
    return float(np.mean([judged[key] for judged in RESULT["judged"][kind]]))


def test_the_table_of_the_page():
    keys = ("own logit", "others logit", "others right", "nearest", "starts alike")
    rows = {kind: " ".join(f"{mean(kind, key):.{digits}f}" for key, digits in
                           zip(keys, (1, 1, 0, 1, 2), strict=True)) for kind in experiment.KINDS}
    assert rows == {
        "box": "29.0 21.1 100 3.6 0.97",
        "box, L2": "25.1 18.5 100 2.5 0.99",
        "box, L2, smooth": "19.0 14.7 100 2.2 1.00",
        "box, L2, smooth, jitter": "8.4 7.5 77 2.4 0.76",
    }
    assert [f"{mean(kind, 'own right'):.0f}" for kind in experiment.KINDS] == ["100", "100", "100", "82"]


def test_what_real_digits_reach():
    assert f"{RESULT['real logit']:.1f} {RESULT['largest real logit']:.1f}" == "12.1 21.8"
    assert f"{RESULT['real nearest']:.1f}" == "1.1"
    assert min(RESULT["accuracy"]) == 98.2 and max(RESULT["accuracy"]) == 99.2


def test_without_a_limit_the_logit_doubles_with_the_steps():
    values = RESULT["free growth"]
    assert [round(value) for value in values] == [175, 350, 703, 1409]
    assert all(1.9 < b / a < 2.1 for a, b in pairwise(values))


def test_a_small_change_of_a_real_digit_makes_a_3():
    assert [f"{one['median change']:.1f}" for one in RESULT["fooled"]] == ["1.1", "1.1", "1.0"]
    assert {f"{one['median norm']:.1f}" for one in RESULT["fooled"]} == {"3.9"}
    assert all(one["images"] == 100 for one in RESULT["fooled"])


def test_the_unit_gives_the_logit_and_its_slope():
    model = experiment.network(torch.Generator().manual_seed(0)).requires_grad_(False)
    unit = experiment.class_logit(model, 7)
    image = np.random.default_rng(0).uniform(size=(8, 8))
    value, grad = unit(image)
    assert abs(value - experiment.logits(model, image[None])[0, 7]) < 1e-5
    step = 1e-2 * grad / np.linalg.norm(grad)
    slope = (unit(image + step)[0] - unit(image - step)[0]) / 2e-2
    assert abs(slope / np.linalg.norm(grad) - 1) < 0.02


def test_nearest_is_the_distance_to_the_closest_of_the_others():
    others = np.zeros((2, 2, 2))
    others[1] = 3.0
    assert experiment.nearest(np.ones((1, 2, 2)), others).tolist() == [2.0]


@pytest.mark.slow
def test_a_short_run_repeats_what_was_committed():
    np.testing.assert_allclose(experiment.short(), RESULT["short"], rtol=0.02, atol=0.05)
