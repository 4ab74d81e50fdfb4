"""The page's table from the committed run, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.transformers import positional_encoding_experiment as experiment
from snippets.transformers.positional_encoding import alibi_bias, apply_rope, sinusoidal

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # percent right at 32, 64 and 512 tokens
    "offset, none": (25.0, 19.7, 7.8), "latest, none": (95.0, 70.1, 35.1),
    "offset, learned": (100.0, 7.7, 5.8), "latest, learned": (99.9, 31.8, 29.5),
    "offset, sinusoidal": (100.0, 7.5, 6.5), "latest, sinusoidal": (99.9, 36.8, 28.6),
    "offset, ALiBi": (33.1, 31.1, 31.8), "latest, ALiBi": (100.0, 99.8, 99.4),
    "offset, rotary": (100.0, 6.0, 5.7), "latest, rotary": (100.0, 48.5, 32.1),
}


def test_the_table_on_the_page():
    assert (RESULT["trained"], RESULT["steps"], RESULT["seeds"]) == (32, 400, 2)
    assert RESULT["tested"] == [32, 64, 128, 512] and RESULT["right"].keys() == PAGE.keys()
    for name, expected in PAGE.items():
        mean = 100 * np.mean(RESULT["right"][name], axis=0)
        np.testing.assert_allclose(mean[[0, 1, 3]], expected, atol=0.051, err_msg=name)


def test_hiding_unseen_distances_repairs_rotary_on_the_page():
    for right in RESULT["windowed"].values():
        assert np.shape(right) == (2, 4) and np.mean(right, axis=0).min() > 0.998


def test_the_tasks_show_what_they_ask():
    generator = torch.Generator().manual_seed(0)
    tokens, targets = experiment.batch("offset", 3, 11, generator)
    assert torch.equal(targets[:, 3:], tokens[:, :-3]) and (targets[:, :3] == -1).all()
    tokens, targets = experiment.batch("latest", 5, 40, generator)
    for row, answers in zip(tokens.tolist(), targets.tolist(), strict=True):
        last = -1
        for token, answer in zip(row, answers, strict=True):
            last = token if token < 8 else last
            assert answer == last


def test_the_experiment_s_rotation_is_the_page_s():
    x = torch.randn(2, 3, 7, 8, generator=torch.Generator().manual_seed(0))
    np.testing.assert_allclose(experiment.rotate(x), apply_rope(x.numpy(), np.arange(7)), atol=1e-5)
    assert alibi_bias(4, 5).shape == (4, 5, 5) and sinusoidal(5, 32).shape == (5, 32)


@pytest.mark.slow
def test_rotary_learns_the_offset_loses_it_and_regains_it_with_a_window():
    right = experiment.run("offset", "rotary", 5, steps=60)
    assert right[0] > 0.9 and right[1] < 0.5
    right = experiment.run("offset", "rotary", 5, steps=60, window=experiment.TRAINED)
    assert min(right) > 0.9
