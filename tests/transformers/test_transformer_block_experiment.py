"""The page's numbers from the committed run, and the run again."""

import json
from pathlib import Path

import numpy as np

from snippets.transformers import transformer_block_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))["runs"]


def test_the_cosines_on_the_page():
    for kind, shown in (("whole block", ["0.16", "0.27", "0.44", "0.65"]),
                        ("no MLP", ["0.02", "0.06", "0.22", "0.77"]),
                        ("no residual", ["0.52", "0.97", "1.00", "1.00"]),
                        ("attention alone", ["0.37", "0.94", "1.00", "1.00"])):
        assert [f"{RESULT[kind][i]:.2f}" for i in (1, 2, 4, 12)] == shown, kind
        assert abs(RESULT[kind][0]) < 0.01
    assert RESULT["no residual"][4] > 0.999 and RESULT["attention alone"][4] > 0.999


def test_without_the_residual_an_mlp_does_not_help_even_if_its_outputs_have_no_sign(monkeypatch):
    def odd(x, p):
        return np.tanh(x @ p["linear1.weight"].T) @ p["linear2.weight"].T

    monkeypatch.setattr(experiment, "mlp", odd)
    mean = np.mean([experiment.similarity(("attention", "mlp"), seed)[4] for seed in range(5)])
    assert f"{mean:.2f}" == "1.00"
    alone = np.mean([experiment.similarity(("mlp",), seed)[12] for seed in range(5)])
    assert abs(alone) < 0.01  # tanh adds no part that all positions share
    monkeypatch.undo()
    assert np.mean([experiment.similarity(("mlp",), seed)[12] for seed in range(5)]) > 0.8  # ReLU does


def test_the_run_again():
    for kind, parts in experiment.KINDS.items():
        mean = np.mean([experiment.similarity(parts, seed) for seed in range(experiment.SEEDS)], axis=0)
        np.testing.assert_allclose(mean, RESULT[kind], atol=2e-4, err_msg=kind)
