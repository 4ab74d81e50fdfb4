"""The page's numbers from the committed run, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.activations_and_losses import contrastive_loss_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # lowest and highest accuracy in percent at rate 0.001, mean of the last losses
    "free, random": (96.9, 97.6, 0.02), "free, semi-hard": (98.1, 98.6, 0.24),
    "free, hardest": (98.0, 98.4, 0.10), "normalized, random": (96.4, 97.6, 0.02),
    "normalized, semi-hard": (97.2, 98.1, 0.16), "normalized, hardest": (97.0, 98.0, 0.05),
}


def test_the_table_on_the_page():
    assert (RESULT["steps"], RESULT["seeds"], RESULT["margin"]) == (300, 3, 0.5)
    for name, (low, high, loss) in PAGE.items():
        runs = RESULT["runs"][f"{name}, 0.001"]
        accuracy = [100 * one["accuracy"] for one in runs]
        np.testing.assert_allclose([min(accuracy), max(accuracy)], [low, high], atol=0.051, err_msg=name)
        assert abs(np.mean([one["loss"] for one in runs]) - loss) < 0.006


def test_nothing_collapsed_on_the_page():
    for runs in RESULT["runs"].values():
        assert all(one["spread"] > 1 and one["accuracy"] > 0.94 for one in runs)


def test_semi_hard_negatives_lie_beyond_the_positive_and_within_the_margin():
    generator = torch.Generator().manual_seed(0)
    z, labels = torch.rand(60, 3, generator=generator), torch.arange(60) % 10
    distances = torch.cdist(z, z)
    positive, negative, valid = experiment.pick(distances, labels, "semi-hard", generator)
    near, far = (distances.gather(1, one[:, None])[valid, 0] for one in (positive, negative))
    assert valid.sum() > 30 and torch.all((far > near) & (far < near + experiment.MARGIN))
    assert torch.all(labels[positive] == labels) and torch.all(labels[negative][valid] != labels[valid])


@pytest.mark.slow
def test_hardest_mining_learns_again():
    one = experiment.train("hardest", 0.001, 5, 300, False)
    assert one["accuracy"] > 0.95 and one["spread"] > 1
