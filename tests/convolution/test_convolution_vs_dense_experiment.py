"""The page's table stands in the committed run, and a part of it comes out again."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from snippets.convolution import convolution_vs_dense_experiment as experiment
from snippets.convolution.convolution_vs_dense_experiment import errors, pasted, train

RESULT = json.loads(
    Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8")
)


def mean(*which, **options) -> str:
    values = errors(RESULT, *which, **options)
    assert len(values) == 3
    return f"{sum(values) / 3:.1f}"


def test_the_table_of_the_page():
    table = {(network, shuffled): [mean(network, size, True, shuffled) for size in (100, 300, 1000)]
             for network in ("dense", "convolutional") for shuffled in (False, True)}
    assert table == {
        ("dense", False): ["70.6", "50.2", "23.6"],
        ("dense", True): ["70.2", "50.1", "22.4"],
        ("convolutional", False): ["29.8", "12.4", "7.3"],
        ("convolutional", True): ["77.0", "63.2", "50.7"],
    }


def test_the_checks_of_the_page():
    assert mean("dense", 1000, anywhere=False) == "79.8"
    assert mean("convolutional", 1000, anywhere=False) == "40.0"
    assert mean("convolutional", 1000, shuffled=True, which="train_error") == "31.7"
    longer = {"shuffled": True, "steps": 2000}
    assert mean("convolutional", 1000, which="train_error", **longer) == "1.4"
    assert mean("convolutional", 1000, **longer) == "35.3"
    assert max(r["train_error"] for r in RESULT["runs"] if r["network"] == "dense") <= 0.2


def test_the_networks_have_the_sizes_of_the_page():
    generator = torch.Generator().manual_seed(0)
    counts = {}
    for make in (experiment.dense, experiment.convolutional):
        model, multiply_adds = make(generator), 0
        x = torch.zeros(1, 1, 12, 12)
        for layer in model:
            y = layer(x)
            if isinstance(layer, (nn.Linear, nn.Conv2d)):
                multiply_adds += layer.weight[0].numel() * y.numel()
            x = y
        assert x.shape == (1, 10)
        counts[make.__name__] = (sum(p.numel() for p in model.parameters()), multiply_adds)
    assert counts == {"dense": (25_610, 25_400), "convolutional": (23_946, 850_816)}


def test_images_stand_in_the_middle_or_at_all_25_places():
    images = torch.ones(2000, 8, 8)
    generator = torch.Generator().manual_seed(0)
    middle = pasted(images[:2], generator, anywhere=False)
    assert middle.shape == (2, 1, 12, 12) and (middle[:, 0, 2:10, 2:10] == 1).all()
    assert middle.sum() == 128
    moved = pasted(images, generator, anywhere=True)
    assert (moved.sum(dim=(1, 2, 3)) == 64).all()
    corners = {tuple(image[0].nonzero()[0].tolist()) for image in moved}
    assert corners == {(i, j) for i in range(5) for j in range(5)}


@pytest.mark.slow
def test_a_part_of_the_run_comes_out_again():
    again = train("convolutional", 100, True, False, 1)
    kept = errors(RESULT, "convolutional", 100)[1]
    assert abs(again["test_error"] - kept) < 3  # other machines round otherwise
    dense = train("dense", 100, True, False, 1)
    assert dense["test_error"] > 2 * again["test_error"]
