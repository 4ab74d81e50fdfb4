"""The page's numbers are the measured ones, and a short run shows the same."""

import inspect
import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.foundations import end_to_end_learning_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())
MEASURED, TRAINING = RESULT["accuracy"], RESULT["training accuracy"]
PAGE = {  # task: rows apart, end to end, helper loss; columns 300, 1,000, 3,000 triples
    "odd": [(0.900, 0.922, 0.935), (0.513, 0.503, 0.663), (0.863, 0.916, 0.936)],
    "sum": [(0.843, 0.855, 0.856), (0.792, 0.853, 0.891), (0.813, 0.866, 0.902)],
}


def values(task, mode, size):
    return np.array(MEASURED[f"{task}, {mode}, {size}"])


def test_the_table_on_the_page():
    for task, rows in PAGE.items():
        for mode, row in zip(experiment.MODES, rows, strict=True):
            for size, number in zip(experiment.SIZES, row, strict=True):
                assert abs(values(task, mode, size).mean() - number) < 6e-4, (task, mode, size)


def test_the_spread_and_how_far_the_helper_loss_is_behind():
    spread = {name: np.std(v, ddof=1) for name, v in MEASURED.items()}
    assert abs(spread.pop("odd, end to end, 3000") - 0.225) < 5e-4
    assert max(spread.values()) < 0.02
    for task, (apart, joint, helper) in PAGE.items():
        behind = np.maximum(apart, joint) - helper
        assert behind.max() < 0.04 and behind[2] < 0, task


def test_end_to_end_finds_the_odd_task_in_few_runs_only():
    assert (values("odd", "end to end", 300) < 0.55).all()
    assert (values("odd", "end to end", 1000) < 0.55).all()
    assert sorted(values("odd", "end to end", 3000) > 0.85) == [False, False, False, True, True]


def test_few_triples_are_learned_by_heart_and_with_many_nothing_is_learned():
    assert set(TRAINING["odd, end to end, 300"] + TRAINING["odd, end to end, 1000"]) == {1.0}
    many = ", ".join(map(str, experiment.MANY))
    assert all(0.495 < share < 0.505 for share in TRAINING[many])
    assert all(0.47 < share < 0.53 for share in MEASURED[many])


def test_the_interface_caps_the_sum_task_in_every_run():
    apart, joint = values("sum", "apart", 3000), values("sum", "end to end", 3000)
    assert apart.max() < 0.88
    assert (joint > apart).all()


def test_the_best_accuracy_through_three_yes_or_no_answers():
    right = 0
    triples = list(product(range(10), repeat=3))
    for answers in product((False, True), repeat=3):
        sums = [sum(t) >= 14 for t in triples if tuple(d >= 5 for d in t) == answers]
        right += max(sums.count(True), sums.count(False))
    assert right / len(triples) == 0.88
    assert sum(sum(t) >= 14 for t in triples) == 500


def passed_on(mode, flip):
    """What the first stage passes on after 30 steps, with true or flipped final targets."""
    x, large, target = experiment.triples(experiment.pools(0)[0], "odd", 100, np.random.default_rng(0))
    data = x, large, 1 - target if flip else target
    with torch.random.fork_rng():
        model = experiment.train(data, mode, seed=0, steps=30)
    return inspect.getclosurevars(model).nonlocals["between"](x).detach()


def test_the_final_loss_reaches_the_first_stage_unless_it_is_trained_apart():
    for mode in experiment.MODES:
        same = torch.equal(passed_on(mode, flip=False), passed_on(mode, flip=True))
        assert same == (mode == "apart"), mode


@pytest.mark.slow
def test_a_short_run_shows_the_gap_on_the_odd_task():
    apart = experiment.accuracies("odd", "apart", 1000, seed=11, steps=500)[1]
    joint = experiment.accuracies("odd", "end to end", 1000, seed=11, steps=500)[1]
    assert apart > 0.8 > 0.6 > joint
