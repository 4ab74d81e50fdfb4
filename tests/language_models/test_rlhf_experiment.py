"""The numbers that the page takes from the experiment, all of which is run again."""

import json
from pathlib import Path

import numpy as np

from snippets.language_models import rlhf_experiment as experiment
from snippets.language_models.rlhf import optimal_policy

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
ROWS = RESULT["rows"]


def test_the_table_of_the_page():
    table = {"50": (1.26, 6.25, 6.62, 1.25),
             "200": (1.30, 3.75, 3.82, 0.98), "1000": (1.27, 2.75, 3.24, 0.69)}
    for pairs, expected in table.items():
        row = ROWS[pairs]
        found = [row["best_gold"], row["best_kl"], row["last_proxy"], row["last_gold"]]
        np.testing.assert_allclose(found, expected, atol=0.0051)
        assert row["reached"] > row["kl"][-1] == 6.5  # nothing is extrapolated
    assert ROWS["1000"]["fell"] == 17 and ROWS["50"]["fell"] == 5


def test_the_run_again():
    again = experiment.run([1000], range(20))["rows"]["1000"]
    np.testing.assert_allclose(again["gold"], ROWS["1000"]["gold"], atol=1e-3)
    np.testing.assert_allclose(again["proxy"], ROWS["1000"]["proxy"], atol=1e-3)


def test_the_path_is_that_of_the_page_s_optimum():
    ref, proxy, gold = experiment.problem(3, 200)
    kl, proxy_mean, gold_mean = experiment.path(ref, proxy, gold, [0.5])
    probs = optimal_policy(ref, proxy, 0.5)
    np.testing.assert_allclose([proxy_mean[0], gold_mean[0]], [probs @ proxy, probs @ gold])
    assert abs(kl[0] - probs @ np.log(probs / ref)) < 1e-12


def test_the_fit_solves_its_equations():
    rng = np.random.default_rng(0)
    features = rng.standard_normal((30, 4))
    chosen, rejected = rng.integers(0, 30, (2, 50))
    w = experiment.fit(features, chosen, rejected)
    x = features[chosen] - features[rejected]
    np.testing.assert_allclose(x.T @ (1 - 1 / (1 + np.exp(-x @ w))), w, atol=1e-10)


def test_numbers_of_the_follow_ups():
    bound = {n: np.log(n) - (n - 1) / n for n in (16, 19, 54)}
    np.testing.assert_allclose(list(bound.values()), [1.835, 2, 3], atol=0.01)
    assert round(bound[16], 1) == 1.8 and round(np.log(7 / 3), 2) == 0.85
