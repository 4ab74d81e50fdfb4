"""The page's claims about the logistic regressions, from the committed run and a smaller one."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from snippets.activations_and_losses import weighted_loss_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def average(kind: str, model: str, score: str, result: dict = RESULT) -> float:
    return float(np.mean([seed[model][score] for seed in result[kind]]))


def test_page_table():
    assert RESULT["seeds"] == 10 and RESULT["n"] == 20_000 and RESULT["n_test"] == 200_000
    table = {
        "plain": (0.171, 0.670, 0.982, 0.0198, 0.0623),
        "plain, threshold 0.02": (0.835, 0.098, 0.845, 0.0198, 0.0623),
        "weighted": (0.835, 0.098, 0.845, 0.2282, 0.3488),
        "weighted, corrected": (0.181, 0.658, 0.982, 0.0202, 0.0624),
        "under-sampled, corrected": (0.200, 0.629, 0.982, 0.0212, 0.0627),
    }
    for model, row in table.items():
        ours = [average("straight", model, score)
                for score in ("recall", "precision", "accuracy", "mean", "log_loss")]
        np.testing.assert_allclose(ours[:3], row[:3], atol=6e-4)
        np.testing.assert_allclose(ours[3:], row[3:], atol=6e-5)


def test_weights_and_threshold_decide_alike():
    agreement = [seed["agreement"] for seed in RESULT["straight"]]
    assert all(0.986 < value < 0.999 for value in agreement)
    areas = [average("straight", model, "auc") for model in ("plain", "weighted")]
    np.testing.assert_allclose(areas, [0.920, 0.920], atol=5e-4)


def test_repeating_positives_is_weighting_them():
    assert max(seed["repeated_minus_weighted"] for seed in RESULT["straight"] + RESULT["bent"]) < 1e-12


def test_weighted_probabilities_are_worse_than_the_base_rate():
    base = -(0.02 * math.log(0.02) + 0.98 * math.log(0.98))
    np.testing.assert_allclose(base, 0.098, atol=5e-5)
    assert all(seed["weighted"]["log_loss"] > base for seed in RESULT["straight"])
    assert all(seed["weighted, corrected"]["log_loss"] < base for seed in RESULT["straight"])


def test_reliability():
    trained, corrected = ([seed["reliability"][row] for seed in RESULT["straight"]] for row in range(2))
    output, share = np.mean([tenths[9] for tenths in trained], axis=0)
    np.testing.assert_allclose([output, share], [0.95, 0.33], atol=0.01)
    for tenth in range(7):  # beyond 0.7 some repetitions have too few examples
        output, share = np.mean([tenths[tenth] for tenths in corrected], axis=0)
        assert abs(output - share) < 0.05, f"output {output}, share of positives {share}"


def test_noise_of_the_mean_probability():
    spread = [np.std([seed[model]["mean"] for seed in RESULT["straight"]])
              for model in ("plain", "weighted, corrected", "under-sampled, corrected")]
    np.testing.assert_allclose(spread, [0.0007, 0.0013, 0.0019], atol=6e-5)


def test_where_the_model_is_wrong_weights_change_the_ranking():
    for score, plain, weighted in (("auc", 0.905, 0.915), ("recall", 0.794, 0.823),
                                   ("precision", 0.098, 0.097)):
        name = "plain" if score == "auc" else "plain, threshold 0.02"
        np.testing.assert_allclose([average("bent", name, score), average("bent", "weighted", score)],
                                   [plain, weighted], atol=6e-4)
    for seed in RESULT["bent"]:
        assert seed["weighted"]["auc"] > seed["plain"]["auc"]
        assert seed["weighted, corrected"]["log_loss"] > seed["plain"]["log_loss"]
    for score, plain, weighted in (("recall", 0.269, 0.181), ("precision", 0.821, 0.779)):
        ours = [average("bent", model, score) for model in ("plain", "weighted, corrected")]
        np.testing.assert_allclose(ours, [plain, weighted], atol=6e-4)


def test_on_separable_data_the_weight_wears_off():
    path = dict(RESULT["separable"])
    np.testing.assert_allclose([path[10], path[1000], path[1_000_000]], [-0.680, -0.207, -0.092], atol=6e-4)


def test_on_separable_data_an_added_constant_wears_off_and_a_factor_stays():
    def boundary(steps, factor, constant):
        slope = bias = 0.0  # a negative at -1, a positive at 1, as in experiment.separable
        for _ in range(steps):
            positive = factor / (1 + math.exp(factor * (slope + bias) - constant))
            negative = 1 / (1 + math.exp(slope - bias))
            slope += (positive + negative) / 2
            bias += (positive - negative) / 2
        return -bias / slope

    added = [boundary(steps, 1.0, math.log(10)) for steps in (100, 10_000, 100_000)]
    assert added[0] < added[1] < added[2] < 0 and added[2] > -0.12
    factors = [boundary(steps, 0.5, 0.0) for steps in (100, 10_000, 100_000)]
    assert -1 / 3 < factors[2] < factors[1] < factors[0] and factors[2] < -0.25


@pytest.mark.slow
def test_a_smaller_run_says_the_same():
    result = experiment.run(seeds=2, n=20_000, n_test=50_000, steps=1000)
    assert average("straight", "weighted", "mean", result) > 0.2
    assert abs(average("straight", "weighted, corrected", "mean", result) - 0.02) < 0.005
    assert average("straight", "weighted", "recall", result) > 0.8
    assert average("straight", "plain", "recall", result) < 0.25
    assert average("bent", "weighted", "auc", result) > average("bent", "plain", "auc", result)
    np.testing.assert_allclose(dict(result["separable"])[1000], -0.207, atol=6e-4)
