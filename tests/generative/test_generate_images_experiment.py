"""What the page says about the digits is what was measured."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.generative.generate_images_experiment import (
    PIXELS,
    STEPS,
    Pixels,
    bits_per_pixel,
    forest_accuracy,
    levels,
    scale,
    split,
    train_flow,
    train_pixels,
    with_time,
)

RECORD = json.loads(
    (Path(__file__).parents[2] / "snippets/generative/generate_images_experiment.json")
    .read_text(encoding="utf-8"))


def mean(name: str, key: str, which: int | None = None) -> float:
    values = [result[name][key] for result in RECORD["results"]]
    return float(np.mean([v if which is None else v[which] for v in values]))


def test_the_table_of_the_page():
    names = ["copies of training images", "independent pixels", "PCA-Gaussian", "autoregressive",
             "flow, 1", "flow, 64", "exact flow"]
    table = {name: f"{100 * mean(name, 'accuracy'):.0f} {100 * mean(name, 'forest'):.0f} "
                   f"{mean(name, 'frechet'):.2f} {mean(name, 'nearest'):.2f}" for name in names}
    assert table == {
        "copies of training images": "50 50 0.61 0.00",
        "independent pixels": "99 97 13.56 5.17",
        "PCA-Gaussian": "92 95 1.30 3.26",
        "autoregressive": "75 71 2.21 3.41",
        "flow, 1": "100 100 10.07 3.38",
        "flow, 64": "81 96 1.13 2.69",
        "exact flow": "55 55 0.68 0.00",
    }
    assert f"{mean('held-out images', 'nearest'):.2f}" == "2.06"
    assert mean("exact flow", "copies") == 1.0 and mean("flow, 64", "copies") == 0.0


def test_every_split_agrees_on_who_is_easier_to_tell():
    for result in RECORD["results"]:
        order = ["exact flow", "autoregressive", "flow, 64", "PCA-Gaussian", "independent pixels"]
        found = [result[name]["accuracy"] for name in order]
        assert found == sorted(found)
        assert result["PCA-Gaussian"]["frechet"] < result["autoregressive"]["frechet"]


def test_the_forest_sees_more_in_the_flow_than_the_kernel_does():
    for result in RECORD["results"]:
        assert result["flow, 64"]["forest"] > result["flow, 64"]["accuracy"] + 0.1
        assert result["autoregressive"]["forest"] < result["flow, 64"]["forest"] - 0.1


def test_the_forest_sees_one_pixel_that_gives_all_away_and_nothing_between_equals():
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(41, 5)), rng.normal(size=(41, 5))
    # 82 answers, standard error 0.055 if they were independent
    assert abs(forest_accuracy(real, fake, 0) - 0.5) < 0.2
    fake[:, 3] += 20
    assert forest_accuracy(real, fake, 0) == 1.0


def test_steps_help_the_flow_up_to_sixteen():
    curve = {steps: round(mean(f"flow, {steps}", "accuracy"), 2) for steps in STEPS}
    assert (curve[1], curve[16], curve[64]) == (1.0, 0.82, 0.81)
    assert list(curve.values()) == sorted(curve.values(), reverse=True)


def test_bits_per_pixel_on_the_page():
    assert f"{mean('autoregressive', 'bits'):.2f} {mean('independent pixels', 'bits'):.2f}" == "2.06 2.53"
    assert f"{math.log2(17):.2f}" == "4.09"


def test_the_neighbor_test_takes_noise_and_strokes_for_equally_good():
    assert f"{100 * mean('independent pixels', 'neighbor', 0):.0f}" == "71"
    assert f"{100 * mean('autoregressive', 'neighbor', 0):.0f}" == "70"
    assert mean("independent pixels", "neighbor", 1) == 1.0
    assert f"{100 - 100 * mean('independent pixels', 'neighbor', 2):.0f}" == "59"


def test_levels_and_scale_are_inverse_and_clip():
    every = np.arange(17)
    np.testing.assert_array_equal(levels(scale(every)), every)
    np.testing.assert_array_equal(levels(np.array([-3.0, -0.95, 0.06, 9.0])), [0, 0, 8, 16])


def test_splits_are_disjoint_and_complete():
    train, test = split(0)
    assert train.shape == (1347, 64) and test.shape == (450, 64)
    total = np.concatenate([train, test]).sum(axis=0)
    np.testing.assert_array_equal(total, np.concatenate(split(1)).sum(axis=0))


def test_a_pixel_depends_on_those_before_it_only():
    model = Pixels(independent=False)
    torch.nn.init.normal_(model.weight, generator=torch.Generator().manual_seed(0))
    x = torch.randint(0, 17, (3, PIXELS), generator=torch.Generator().manual_seed(1))
    changed = x.clone()
    changed[:, 20] = (changed[:, 20] + 7) % 17
    same = torch.isclose(model(x), model(changed)).all(dim=2).all(dim=0)
    assert same[:21].all() and not same[21:].any()
    alone = Pixels(independent=True)
    torch.nn.init.normal_(alone.weight, generator=torch.Generator().manual_seed(0))
    assert torch.equal(alone(x), alone(changed))


def test_an_untrained_model_needs_the_bits_of_uniform_levels():
    assert abs(bits_per_pixel(Pixels(independent=False), split(0)[1][:5]) - math.log2(17)) < 1e-5


def test_the_time_is_told_by_eight_features():
    x = with_time(torch.zeros(2, PIXELS), torch.tensor([[0.0], [1.0]]))
    assert x.shape == (2, 72)
    assert (x[0] - x[1]).abs().max() > 0.5


@pytest.mark.slow
def test_a_short_training_learns_again():
    torch.set_num_threads(1)
    train, test = split(0)
    bits = bits_per_pixel(train_pixels(train, False, 30, 0), test)
    assert bits < 2.9
    flow = train_flow(train, 200, 0)
    data = torch.from_numpy(scale(test)).float()
    generator = torch.Generator().manual_seed(5)
    noise = torch.randn(data.shape, generator=generator)
    time = torch.rand(len(data), 1, generator=generator)
    with torch.no_grad():
        error = flow(with_time((1 - time) * noise + time * data, time)) - (data - noise)
    assert (error**2).mean() < 0.6 * ((data - noise) ** 2).mean()
