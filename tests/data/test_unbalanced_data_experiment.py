"""The page's claims about the networks, from the committed run and a smaller one."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.data import unbalanced_data_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
SCORES = ("ap", "auc", "mean", "brier", "ece", "cost")


def values(method: str, kind: str, score: str, result: dict = RESULT) -> np.ndarray:
    return np.array([seed[method][kind][score] for seed in result["runs"]])


def mean(*names, result: dict = RESULT) -> float:
    return float(values(*names, result=result).mean())


def test_page_table():
    assert RESULT["seeds"] == 6 and RESULT["n"] == 20_000 and RESULT["n_test"] == 100_000
    table = {
        ("truth", "raw"): (0.673, 0.981, 0.010, 0.0050, 0.000, 95),
        ("plain", "raw"): (0.570, 0.968, 0.010, 0.0060, 0.001, 125),
        ("weights", "raw"): (0.564, 0.966, 0.079, 0.0389, 0.069, 293),
        ("weights", "corrected"): (0.564, 0.966, 0.009, 0.0061, 0.002, 133),
        ("over-sampling", "raw"): (0.562, 0.967, 0.082, 0.0394, 0.072, 317),
        ("over-sampling", "corrected"): (0.562, 0.967, 0.009, 0.0061, 0.002, 132),
        ("under-sampling", "raw"): (0.465, 0.960, 0.131, 0.0753, 0.121, 410),
        ("under-sampling", "corrected"): (0.465, 0.960, 0.022, 0.0145, 0.014, 142),
    }
    for row, expected in table.items():
        ours = [mean(*row, score) for score in SCORES]
        off = np.abs(np.subtract(ours, expected))
        assert (off < [6e-4, 6e-4, 6e-4, 6e-5, 6e-4, 0.6]).all(), f"{row}: {ours}"


def test_rebalancing_does_not_improve_the_ranking():
    for method, loss in (("weights", 0.006), ("over-sampling", 0.008)):
        gain = values(method, "raw", "ap") - values("plain", "raw", "ap")
        np.testing.assert_allclose(-gain.mean(), loss, atol=6e-4)
        assert gain.min() < 0 < gain.max()
    lost = values("plain", "raw", "ap") - values("under-sampling", "raw", "ap")
    assert lost.min() > 0
    assert 0.15 < lost.mean() / mean("plain", "raw", "ap") < 0.2
    assert mean("plain", "raw", "auc") - mean("under-sampling", "raw", "auc") < 0.01


def test_correction_repairs_the_decisions():
    plain = mean("plain", "raw", "cost")
    for method in ("weights", "over-sampling", "under-sampling"):
        assert mean(method, "raw", "cost") > 2 * plain
        assert mean(method, "corrected", "cost") - plain < 17
        same = values(method, "raw", "ap") - values(method, "corrected", "ap")
        assert np.abs(same).max() < 1e-3  # the order stays


def test_log_loss_chooses_a_calibrated_checkpoint():
    ours = [mean("by loss", "corrected", score) for score in ("ap", "brier", "ece")]
    assert (np.abs(np.subtract(ours, (0.463, 0.0072, 0.004))) < [6e-4, 6e-5, 6e-4]).all(), ours
    # By average precision, two worlds carry the damage.
    assert (values("under-sampling", "corrected", "brier") > 0.012).sum() == 2


def test_reliability_as_in_the_figure():
    for method in ("weights", "under-sampling"):
        rows = [row for seed in RESULT["runs"] for row in seed[method]["reliability"][0]
                if 0.14 < row[0] < 0.16]
        share = sum(row[1] * row[2] for row in rows) / sum(row[2] for row in rows)
        assert len(rows) == 6 and share < 0.01, f"{method}: output 0.15, share {share}"


def test_two_stages():
    # 99 % of the positives and 2 % of the negatives pass: 1 to 1,000 becomes about 1 to 20.
    np.testing.assert_allclose(0.02 * 1000 / 0.99, 20.2, atol=0.01)


@pytest.mark.slow
def test_a_smaller_run_says_the_same():
    result = experiment.run(seeds=1, n=10_000, n_test=20_000, steps=400)
    assert mean("plain", "raw", "ece", result=result) < 0.01
    for method in ("weights", "over-sampling", "under-sampling"):
        raw, fixed = (mean(method, kind, "ece", result=result) for kind in ("raw", "corrected"))
        assert raw > 0.03 and fixed < raw / 2
    assert mean("truth", "raw", "ap", result=result) > mean("plain", "raw", "ap", result=result)
