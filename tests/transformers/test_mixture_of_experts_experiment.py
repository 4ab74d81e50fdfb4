"""The page's numbers come from the committed run, and a short run shows the same."""

import json
from pathlib import Path

import pytest

from snippets.transformers import mixture_of_experts_experiment as experiment

RUNS = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))["runs"]
PAGE = Path("docs/transformers/mixture_of_experts.md").read_text(encoding="utf-8")


def mean(values):
    return sum(values) / len(values)


def test_the_table_on_the_page():
    assert f"{100 * mean(RUNS[next(iter(RUNS))]['error']):.1f}" in PAGE
    for kind, run in RUNS.items():
        if "dense" not in kind:
            row = (f"| {kind} | {mean(run['dead']):.2f} | {100 * mean(run['largest']):.1f} | "
                   f"{100 * mean(run['error']):.1f} ({100 * min(run['error']):.1f}–"
                   f"{100 * max(run['error']):.1f}) |")
            assert row in PAGE, row


def test_what_the_page_concludes():
    assert all(RUNS["top 1, none"]["dead"])  # every start lost an expert
    assert not any(RUNS["top 1, loss 1"]["dead"]) and not any(RUNS["top 2, none"]["dead"])
    assert mean(RUNS["top 2, loss 1"]["error"]) > mean(RUNS["top 2, none"]["error"])
    dense = RUNS["dense of one expert's width"]["error"]
    assert min(dense) > 3 * max(max(run["error"]) for kind, run in RUNS.items() if "dense" not in kind)


@pytest.mark.slow
def test_a_strong_loss_balances_again():
    runs = experiment.run(("top 1, none", "top 1, loss 1"), seeds=2, steps=500)["runs"]
    assert mean(runs["top 1, loss 1"]["largest"]) < mean(runs["top 1, none"]["largest"])
    assert max(runs["top 1, loss 1"]["largest"]) < 0.25
