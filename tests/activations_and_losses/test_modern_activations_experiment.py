"""The page's numbers from the committed run, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.activations_and_losses import modern_activations_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # lowest and highest error in percent, as on the page; None: below 0.01
    "ReLU": ((7.1, 7.5), None), "GELU": ((1.0, 1.1), (0.07, 0.11)), "SiLU": ((0.7, 0.8), (0.15, 0.23)),
    "ReGLU": (None, (8.3, 11.6)), "SwiGLU": (None, (8.0, 13.3)), "bilinear": (None, (79.0, 84.3)),
}


def test_the_table_on_the_page():
    assert (RESULT["steps"], RESULT["choose"], RESULT["measure"]) == (1500, 2, 5)
    for name, cells in PAGE.items():
        for task, cell in zip(("products", "kinks"), cells, strict=True):
            error = 100 * np.array(RESULT["errors"][f"{task}, {name}"]["error"])
            if cell is None:
                assert error.max() < 0.01, (task, name)
            else:
                places = 2 if cell[1] < 0.5 else 1
                found = [error.min().round(places), error.max().round(places)]
                np.testing.assert_allclose(found, cell, atol=1e-9, err_msg=f"{task}, {name}")


def test_every_block_has_the_same_number_of_parameters():
    d = experiment.FEATURES
    assert 2 * d * experiment.PLAIN == 3 * d * experiment.GATED == 768


def test_targets_have_a_mean_square_near_one():
    x = torch.randn(20_000, experiment.FEATURES, generator=torch.Generator().manual_seed(0))
    for task in ("products", "kinks"):
        squares = [experiment.teacher(task, torch.Generator().manual_seed(seed))(x).pow(2).mean()
                   for seed in range(20)]
        assert 0.7 < float(torch.stack(squares).mean()) < 1.3


@pytest.mark.slow
def test_gates_win_on_products_and_lose_on_kinks_again():
    found = {(task, name): max(experiment.train(name, task, [0.03], [100, 101], 400))
             for task in ("products", "kinks") for name in ("ReLU", "ReGLU")}
    assert found["products", "ReGLU"] < 0.5 * found["products", "ReLU"]
    assert found["kinks", "ReLU"] < 0.5 * found["kinks", "ReGLU"]
