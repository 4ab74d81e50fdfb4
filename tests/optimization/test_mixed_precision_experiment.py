"""The page's table from the committed run, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import mixed_precision_experiment as experiment
from snippets.optimization.mixed_precision import FORMATS, cast

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # mean loss and mean test accuracy in percent after 600 steps
    "float32": (0.0081, 93.9), "float16": (0.0130, 92.5), "float16, master": (0.0107, 92.3),
    "float16, scaling": (0.0098, 94.0), "float16, scaling, master": (0.0081, 93.9),
    "bfloat16": (0.0538, 94.2), "bfloat16, master": (0.0081, 93.9)}


def test_the_page_s_table():
    assert (RESULT["steps"], RESULT["rate"], RESULT["divisor"]) == (600, 0.5, 8000)
    for run, (loss, accuracy) in PAGE.items():
        each = RESULT["runs"][run]
        assert len(each) == 3 and all(one["skipped"] == 0 for one in each)
        assert round(float(np.mean([one["loss"] for one in each])), 4) == loss, run
        assert round(100 * float(np.mean([one["accuracy"] for one in each])), 1) == accuracy, run


def test_the_share_of_gradients_that_became_zero():
    plain = np.array([one["flushed"] for one in RESULT["runs"]["float16, master"]])
    scaled = np.array([one["flushed"] for one in RESULT["runs"]["float16, scaling, master"]])
    assert np.round(100 * plain.mean(axis=0)).tolist() == [27, 100]
    assert np.round(100 * scaled.mean(axis=0)).tolist() == [0, 23]
    assert {one["scale"] for one in RESULT["runs"]["float16, scaling, master"]} == {2.0**19}
    assert all(one["flushed"] == [0, 0] for one in RESULT["runs"]["bfloat16"])


def test_the_experiment_s_bfloat16_is_the_page_s():
    x = (np.random.default_rng(0).standard_normal(1000) * 1e-3).astype(np.float32)
    np.testing.assert_array_equal(experiment.store(x, "bfloat16"), cast(x, *FORMATS["bfloat16"]))


def test_the_loss_jumps_where_rows_of_logit_gradients_no_longer_add_up_to_zero():
    causes = RESULT["causes"]
    assert [sorted(one["jumps"] for one in causes[place]) for place in experiment.PLACES] == [
        [8, 9, 12], [0, 0, 0], [0, 0, 0]]
    assert min(one["highest"] for one in causes["at the logits"]) > 1


@pytest.mark.slow
def test_the_order_of_the_runs_again_in_a_shorter_run():
    loss = {run: experiment.train(run, 5, 300)["loss"] for run in ("float32", "bfloat16", "bfloat16, master")}
    assert loss["bfloat16"] > 1.2 * loss["float32"]
    assert abs(loss["bfloat16, master"] / loss["float32"] - 1) < 0.05
    assert experiment.jumps(5, "at the logits")["jumps"] > 0
    assert experiment.jumps(5, "at the logits, rows centered")["jumps"] == 0
