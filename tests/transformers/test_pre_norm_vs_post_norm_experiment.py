"""The page's numbers from the committed run, and a part of the run again."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.transformers import pre_norm_vs_post_norm_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
GRADIENTS = {  # at 4, 8, 16 and 32 blocks: -1 the last block's, 0 the first one's
    ("post", -1): ["1.4", "2", "1.8", "2.3"],
    ("post", 0): ["1.5", "1.6", "1", "1.4"],
    ("pre", -1): ["0.49", "0.53", "0.37", "0.28"],
    ("pre", 0): ["0.65", "0.98", "0.95", "0.98"],
    ("sandwich", 0): ["1.1", "1.6", "1.4", "1.4"],
    ("output", 0): ["1.1", "2.2", "6.3", "52"],
    ("output, QK norm", 0): ["1.1", "1.6", "1.5", "1.4"],
}

TRAINING = {  # loss of two starts, the lower one first
    "pre, 0.001, 0": ["0.00", "0.00"],
    "pre, 0.001, 100": ["0.01", "0.01"],
    "pre, 0.003, 0": ["0.00", "0.00"],
    "pre, 0.003, 100": ["0.00", "0.00"],
    "post, 0.001, 0": ["0.14", "0.54"],
    "post, 0.001, 100": ["0.01", "0.02"],
    "post, 0.003, 0": ["2.70", "2.79"],
    "post, 0.003, 100": ["0.07", "0.28"],
}


def norms(kind, depth):
    return RESULT["gradients"][f"{kind}, {depth}"]["norms"]


def test_the_gradients_on_the_page():
    for (kind, block), shown in GRADIENTS.items():
        assert [f"{norms(kind, depth)[block]:.2g}" for depth in (4, 8, 16, 32)] == shown, (kind, block)
    assert 8 < norms("post", 32)[-1] / norms("pre", 32)[-1] < 8.5
    assert 1.65 < norms("pre", 4)[-1] / norms("pre", 32)[-1] < 1.75
    assert round(RESULT["gradients"]["output, 32"]["sizes"][-1], 1) == 7.6
    for kind in ("pre", "post", "sandwich", "output, QK norm"):
        assert min(norms(kind, 32)) > 0.25 and max(norms(kind, 32)) < 4, kind


def test_a_part_of_the_gradients_again():
    for kind in experiment.KINDS:
        again = np.mean([experiment.gradients(kind, 4, seed)[0] for seed in range(5)], axis=0)
        np.testing.assert_allclose(again, norms(kind, 4), rtol=0.02, err_msg=kind)


def test_a_branch_that_scales_with_its_input_does_not_notice_the_norm_before_it():
    x = torch.randn(2, 5, 64, generator=torch.Generator().manual_seed(0)).double()
    weight = torch.eye(64).double()
    for scale in (1.0, 7.0):
        def branch(x):
            return (x @ weight.roll(3, 0)).relu()

        centered = scale * (x - x.mean(-1, keepdim=True))
        torch.testing.assert_close(experiment.add("output", centered, branch),
                                   experiment.add("sandwich", centered, branch), atol=1e-3, rtol=1e-3)


def test_the_training_on_the_page():
    assert (RESULT["steps"], RESULT["warmup"], RESULT["depth"]) == (300, 100, 8)
    assert round(math.log(16), 2) == 2.77
    low = [RESULT["training"][f"post, 0.001, {warmup}"] for warmup in (0, 100)]
    assert [int(a / b) for a, b in zip(*low, strict=True)] == [7, 39]
    for name, shown in TRAINING.items():
        assert [f"{one:.2f}" for one in sorted(RESULT["training"][name])] == shown, name


@pytest.mark.slow
def test_a_part_of_the_training_again():
    assert experiment.train("post", 0.003, 0, 0, 120) > 2.5
    assert experiment.train("pre", 0.003, 100, 0, 120) < 2
