"""The page's table from the committed run, its frequencies, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.language_models import long_context_experiment as experiment
from snippets.language_models.long_context import (
    ntk_frequencies,
    position_interpolation,
    rope_frequencies,
    yarn_frequencies,
)

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # percent right at 64 and at 256 tokens
    "offset, unchanged, 0": (100.0, 40.9), "offset, unchanged, 30": (100.0, 100.0),
    "offset, interpolation, 0": (6.6, 6.2), "offset, interpolation, 30": (7.1, 6.0),
    "offset, NTK, 0": (100.0, 92.5), "offset, NTK, 30": (100.0, 100.0),
    "offset, YaRN, 0": (100.0, 97.6), "offset, YaRN, 30": (100.0, 100.0),
    "latest, unchanged, 0": (100.0, 44.1), "latest, unchanged, 30": (99.0, 95.4),
    "latest, interpolation, 0": (98.1, 98.6), "latest, interpolation, 30": (99.2, 99.0),
    "latest, NTK, 0": (99.7, 99.7), "latest, NTK, 30": (99.6, 98.3),
    "latest, YaRN, 0": (96.7, 94.8), "latest, YaRN, 30": (99.1, 98.5),
}


def test_the_table_on_the_page():
    assert (RESULT["trained"], RESULT["long"], RESULT["steps"], RESULT["seeds"]) == (64, 256, 300, 2)
    assert RESULT["right"].keys() == PAGE.keys()
    for name, expected in PAGE.items():
        mean = 100 * np.mean(RESULT["right"][name], axis=0)
        np.testing.assert_allclose(mean, expected, atol=0.051, err_msg=name)


def test_the_experiment_s_frequencies_are_the_page_s():
    expected = {"unchanged": rope_frequencies(16), "interpolation": position_interpolation(16, 10_000.0, 4.0),
                "NTK": ntk_frequencies(16, 10_000.0, 4.0)}
    for kind, freqs in expected.items():
        found, scale = experiment.frequencies(kind)
        np.testing.assert_allclose(found, freqs, rtol=1e-12)
        assert scale == 1.0
    found, scale = experiment.frequencies("YaRN")
    freqs, expected_scale = yarn_frequencies(16, 10_000.0, 4.0, 64, beta_fast=4)
    np.testing.assert_allclose(found, freqs, rtol=1e-12)
    assert abs(scale - expected_scale) < 1e-12


def test_the_tasks_show_what_they_ask():
    generator = torch.Generator().manual_seed(0)
    tokens, targets = experiment.batch("offset", 3, 11, generator)
    assert torch.equal(targets[:, 3:], tokens[:, :-3]) and (targets[:, :3] == -1).all()
    tokens, targets = experiment.batch("latest", 5, 60, generator)
    for row, answers in zip(tokens.tolist(), targets.tolist(), strict=True):
        last = -1
        for token, answer in zip(row, answers, strict=True):
            last = token if token < 8 else last
            assert answer == last


@pytest.mark.slow
def test_interpolation_loses_the_offset_and_yarn_keeps_it():
    found = experiment.run("offset", 0, kinds=("interpolation", "YaRN"), steps=150, tuned=(0,))
    assert found["interpolation, 0"][0] < 0.3 and found["YaRN, 0"][0] > 0.9
