"""The page's claims about races, floors and the network, from the JSON and from short runs."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import gradient_descent_variants_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
RACE = {(row["target"], row["batch"]): row for row in RESULT["race"]}
NET = {(row["batch"], row["steps"]): row for row in RESULT["network"]}


def test_protocol():
    assert RESULT["run"]["seeds"] == 20 and RESULT["run"]["net_seeds"] == 5
    assert (RESULT["problem"]["n"], RESULT["problem"]["d"]) == (442, 11)
    assert round(RESULT["problem"]["start"], 3) == 0.259
    assert not any(row["edge"] for row in RESULT["race"] + RESULT["network"])


def test_steps_and_evaluations_of_the_table():
    found = [(RACE[0.01, b]["steps"], RACE[0.01, b]["evaluations"],
              RACE[0.003, b]["steps"], RACE[0.003, b]["evaluations"]) for b in (1, 8, 32, 128, 442)]
    assert found == [(291, 291, 1569, 1569), (34, 272, 162, 1296), (9, 288, 50, 1600),
                     (5, 640, 13, 1664), (4, 1768, 7, 3094)]
    rates = [round(RACE[0.01, b]["lr"], 4) for b in (1, 8, 32, 128, 442)]
    assert rates == [0.0068, 0.0464, 0.2154, 0.3162, 0.3162]


def test_evaluations_are_flat_up_to_32_and_then_rise():
    flat = [RACE[0.01, b]["evaluations"] for b in (1, 2, 4, 8, 16, 32)]
    assert (min(flat), max(flat)) == (272, 312)
    assert RACE[0.01, 442]["evaluations"] / min(flat) > 6
    strict = [RACE[0.003, b]["evaluations"] for b in experiment.BATCHES]
    assert max(strict) / min(strict) < 2.5


def test_the_noise_scale_grows_on_the_way():
    found = [(row["steps"], round(row["scale"], -1 if row["scale"] > 500 else 0)
              if row["scale"] > 10 else round(row["scale"], 1)) for row in RESULT["scales"][:3]]
    assert found == [(0, 3.9), (2, 152), (4, 1100)]


def test_floors_of_the_table():
    rows = {(r["lr"], r["batch"]): r for r in RESULT["floors"]}
    found = [tuple(round(1e3 * rows[key][name], 2) for name in ("predicted", "replace", "shuffle"))
             for key in [(0.003, 1), (0.003, 4), (0.003, 16), (0.01, 1), (0.01, 4), (0.01, 16)]]
    assert found == [(3.67, 3.67, 1.64), (0.92, 0.92, 0.17), (0.23, 0.23, 0.02),
                     (12.23, 13.13, 9.45), (3.06, 3.13, 1.3), (0.76, 0.78, 0.13)]


def test_noise_that_grows_with_the_distance_explains_the_higher_floor():
    x, y, hessian, best = experiment.problem()
    grads = (x @ best - y)[:, None] * x
    contract = np.eye(11) - 0.01 * hessian
    fourth = np.einsum("ni,nj,nk,nl->ijkl", x, x, x, x, optimize=True) / len(x)
    fourth -= np.einsum("ij,kl->ijkl", hessian, hessian)
    # Fixed point of the covariance for batch 1 and rate 0.01, noise growing with the distance.
    step = np.kron(contract, contract) + 1e-4 * fourth.transpose(0, 2, 1, 3).reshape(121, 121)
    sigma = np.linalg.solve(np.eye(121) - step, 1e-4 * (grads.T @ grads / len(x)).ravel())
    assert round(500 * float(np.sum(hessian * sigma.reshape(11, 11))), 2) == 13.15


def test_network_table():
    order = [(1000, 20), (32, 625), (1000, 625), (32, 2500), (1000, 2500)]
    found = [(round(100 * np.mean(NET[k]["test"]), 1), round(100 * np.std(NET[k]["test"], ddof=1), 1),
              round(float(np.mean(NET[k]["test_loss"])), 3),
              round(float(np.mean(NET[k]["train_loss"])), 4)) for k in order]
    assert found == [(77.7, 6.4, 0.716, 0.6566), (96.6, 1.3, 0.120, 0.0313),
                     (97.1, 0.8, 0.114, 0.0102), (97.0, 0.6, 0.122, 0.0037),
                     (97.0, 0.4, 0.119, 0.0129)], found
    assert [round(NET[k]["lr"], 2) for k in order] == [1.0, 0.46, 1.0, 0.46, 0.22]
    assert [NET[k]["evaluations"] for k in order] == [20000, 20000, 625000, 80000, 2500000]


def test_a_rate_of_two_and_more_fails_for_both_batches():
    assert min(NET[32, 625]["scores"][-2:]) > 2.3 and min(NET[1000, 625]["scores"][-2:]) > 2.3


def test_larger_batches_use_the_core_better():
    rows = {row["batch"]: row for row in RESULT["throughput"]}
    found = [round(rows[b]["microseconds"]) for b in (1, 8, 32, 128, 1000)]
    assert found == [32, 32, 39, 65, 382], found
    ratio = rows[1000]["examples_per_second"] / rows[1]["examples_per_second"]
    assert 80 < ratio < 90


def test_the_fastest_batch_lies_between_the_overhead_and_the_noise_scale():
    rows = {row["batch"]: row["microseconds"] for row in RESULT["throughput"]}
    slope = (rows[1000] - rows[1]) / 999
    overhead, scale = 32 / 0.35, 1100
    assert round(slope, 2) == 0.35 and round(rows[1]) == 32 and round(overhead) == 91

    def cost(batch):
        return (1 + scale / batch) * (overhead + batch)

    best = min(range(1, 5000), key=cost)
    assert best == 317 == round((overhead * scale) ** 0.5)
    assert abs(cost(scale) / cost(overhead) - 1) < 1e-12
    assert round(cost(scale) / cost(best), 2) == 1.31


@pytest.mark.slow
def test_race_again():
    rows = {row["batch"]: row for row in experiment.race(10, 2000, (2, 16, 442), (0.01,))}
    assert rows[442]["steps"] <= 5 and rows[2]["steps"] > 90
    assert rows[2]["evaluations"] < 442 and rows[16]["evaluations"] < 442
    assert rows[442]["evaluations"] > 1300


@pytest.mark.slow
def test_floor_and_network_again():
    _, _, _, best = experiment.problem()
    path = experiment.excess_path(4, np.array([0.003]), 30, 1500, best, True,
                                  np.random.default_rng(0))
    assert abs(path[500:].mean() / 0.000917 - 1) < 0.1
    small = experiment.train(32, 0.464, 0, (625,))["625"]["test"]
    full = experiment.train(1000, 1.0, 0, (20,))["20"]["test"]
    assert small > 0.94 > 0.9 > full
