"""The page's numbers stand in the committed run, and a short run gives the same map."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.representation import occlusion_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
TRAP, CLEAN = RESULT["shortcut"], RESULT["no shortcut"]


def spread(runs, *path) -> str:
    values = []
    for value in runs:
        for key in path:
            value = value[key]
        values.append(value)
    return f"{min(values):.1f} to {max(values):.1f}"


def mean(*path) -> float:
    values = []
    for value in CLEAN:
        for key in path:
            value = value[key]
        values.append(value)
    return float(np.mean(values))


def test_the_network_that_was_given_the_tag_needs_it():
    keys = ("3 with tag right", "3 without tag right", "other digits with tag called 3",
            "other digits right", "peak on the tag", "drop at the tag")
    assert [spread(TRAP, key) for key in keys] == [
        "100.0 to 100.0", "0.0 to 0.0", "82.0 to 89.4", "97.4 to 98.5", "100.0 to 100.0", "15.6 to 16.6"]
    assert [spread(CLEAN, key) for key in keys] == [
        "92.3 to 100.0", "92.3 to 100.0", "0.0 to 0.4", "96.8 to 98.0", "0.0 to 0.0", "0.1 to 0.8"]


def test_the_table_of_patch_sizes():
    rows = {size: f"{mean('size', size, 'largest drop'):.1f} {mean('size', size, 'peak on the digit'):.0f}"
            for size in ("1", "2", "4", "6")}
    assert rows == {"1": "4.4 100", "2": "8.2 100", "4": "10.6 88", "6": "11.7 78"}


def test_the_drops_under_the_figure_of_sizes():
    drops = [f"{np.max(m):.1f}" for m in CLEAN[0]["sizes"]["maps"].values()]
    assert drops == ["6.4", "14.1", "13.9", "13.1"]


def test_the_table_of_fills():
    parts = ("blank patches", "patches with ink")
    rows = {fill: " ".join(f"{mean('fill', fill, part):.1f}" for part in parts)
            for fill in ("0.0", "0.5", "1.0")}
    assert rows == {"0.0": "0.0 2.5", "0.5": "1.6 1.7", "1.0": "3.5 3.0"}


def test_one_pixel_moves_the_logit_and_hardly_the_probability():
    assert spread(CLEAN, "largest drop of one pixel", "logit") == "3.8 to 4.0"
    values = [run["largest drop of one pixel"]["prob"] for run in CLEAN]
    assert f"{min(values):.2f} to {max(values):.2f}" == "0.11 to 0.15"
    assert all(0.999 < run["confidence"] < 0.9996 for run in CLEAN)


def test_deletion_of_the_darkest_pixels_is_nearly_as_fast_as_of_the_important_ones():
    after = {name: f"{np.mean([run['deletion'][name][1] for run in CLEAN]):.2f}"
             for name in ("occlusion 2", "occlusion 4", "gradient x input", "ink", "gradient",
                          "random")}
    assert after == {"occlusion 2": "0.02", "occlusion 4": "0.06", "gradient x input": "0.03",
                     "ink": "0.18", "gradient": "0.55", "random": "0.87"}
    assert all(abs(run["deletion"]["ink"][0] - run["deletion"]["random"][0]) < 1e-9 for run in CLEAN)


def test_the_tag_stands_where_no_digit_reaches():
    images, _ = experiment.pools()[1]
    x, corners = experiment.place(images[:50], np.random.default_rng(0))
    assert corners.max() == 4 and not x[:, :, 12:].any() and not x[:, :, :, 12:].any()
    flags = np.arange(50) % 2 == 0
    tagged = experiment.tag(x, flags)
    assert (tagged[flags, 0, 12:, 12:] == 1).all() and not tagged[~flags, 0, 12:, 12:].any()
    assert not x[:, 0, 12:, 12:].any()  # a copy


@pytest.mark.slow
def test_a_short_run_repeats_what_was_committed():
    np.testing.assert_allclose(experiment.short(), RESULT["short"], rtol=0.02, atol=0.02)
