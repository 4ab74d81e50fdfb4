"""The page's numbers from the committed run, and the same claim from a shorter one."""

import json
from pathlib import Path

import numpy as np

from snippets.activations_and_losses import why_nonlinearity_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def best_polynomial(degree: int) -> float:
    x = np.linspace(-1.0, 1.0, 401)
    targets = np.sin(5 * x + 1)
    fit = np.polynomial.Polynomial.fit(x, targets, degree)
    return float(np.sqrt(np.mean((fit(x) - targets) ** 2)))


def check(errors: dict) -> None:
    # Two units reach every line and parabola, four every cubic, and no width reaches more.
    for name, degree, enough in (("identity", 1, 0), ("square", 2, 0), ("cube", 3, 1)):
        np.testing.assert_allclose(errors[name][enough:], best_polynomial(degree), rtol=1e-4,
                                   err_msg=name)
    assert errors["ReLU"][-1] < 0.02 and errors["tanh"][-1] < 1e-6


def test_polynomial_activations_stop_at_their_degree():
    assert RESULT["seeds"] == 20 and tuple(RESULT["widths"]) == experiment.WIDTHS
    check(RESULT["errors"])


def test_numbers_on_the_page():
    errors = RESULT["errors"]
    for name, four, sixteen, most in (("identity", 0.674, 0.674, 0.674),
                                      ("square", 0.626, 0.626, 0.626),
                                      ("cube", 0.534, 0.534, 0.534),
                                      ("ReLU", 0.583, 0.146, 0.006),
                                      ("tanh", 0.433, 0.00016, 0.0)):
        found = [errors[name][i] for i in (1, 3, 6)]
        np.testing.assert_allclose(found, [four, sixteen, most], atol=5e-4, err_msg=name)
    assert abs(errors["tanh"][3] - 0.00016) < 5e-6


def test_a_shorter_run_shows_the_same():
    check(experiment.run(seeds=3)["errors"])
