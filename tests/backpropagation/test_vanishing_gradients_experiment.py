"""The page's numbers from the committed run, the forward pass, and a smaller run."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.backpropagation import vanishing_gradients_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
FACTORS = {  # as in the page's table, column by column
    "sigmoid": (0.142, 0.938, 1.042, 0.385, 1.004, 1.008),
    "tanh": (0.575, 0.938, 1.109, 1.075, 1.068, 1.043),
    "relu": (0.404, 0.995, 1.214, 0.992, 1.136, 1.044),
}


def test_the_factors_on_the_page():
    assert (RESULT["seeds"], RESULT["depth"], RESULT["width"]) == (10, 20, 64)
    for name, factors in FACTORS.items():
        for variant, value in zip(experiment.VARIANTS, factors, strict=True):
            measured = experiment.factor(RESULT["profiles"][name][variant])
            assert abs(measured - value) < 6e-4, (name, variant, measured)


def test_the_ratios_on_the_page():
    def ratios(name, variant):
        return experiment.ratio(RESULT["profiles"][name][variant])

    sigmoid = ratios("sigmoid", "plain")
    assert sigmoid.min() > 5.9e-17 and sigmoid.max() < 1.15e-16
    for name, variant, median in (("tanh", "plain", 2.8e-5), ("relu", "plain", 3.5e-8),
                                  ("relu", "batch norm", 41), ("relu", "residual", 11),
                                  ("sigmoid", "layer norm", 1.4e-8)):
        assert abs(np.median(ratios(name, variant)) / median - 1) < 0.04
    np.testing.assert_allclose(ratios("sigmoid", "matched"), ratios("tanh", "matched"), rtol=0.02)


def test_the_forward_signal_shrinks_with_the_gradient():
    for name, spread in (("sigmoid", 1.2e-15), ("tanh", 2.5e-5), ("relu", 2.6e-8)):
        one = RESULT["profiles"][name]["plain"]
        assert abs(np.median(1 / experiment.ratio(one, "spread")) / spread - 1) < 0.05


def test_the_forward_pass_of_the_plain_network_is_that_of_torch():
    params = experiment.initialize([0], "tanh", "plain", depth=3)
    x = torch.randn(1, 5, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    logits, states, _ = experiment.forward(params, x, "tanh", "plain")
    h = x[0]
    for i in range(3):
        h = torch.tanh(torch.nn.functional.linear(h, params["weight"][0, i].T, params["bias"][0, i]))
    torch.testing.assert_close(states[-1][0], h)
    torch.testing.assert_close(logits[0], h @ params["head"][0] + params["head_bias"][0])


def test_the_centered_sigmoid_network_is_the_matched_one_less_a_half():
    x = torch.randn(1, 5, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    states = {}
    for name in ("sigmoid", "centered", "tanh"):
        params = experiment.initialize([0], name, "matched", depth=4)
        states[name] = experiment.forward(params, x, name, "matched")[1][-1]
    torch.testing.assert_close(states["sigmoid"] - 0.5, states["centered"])
    torch.testing.assert_close(2 * states["centered"], states["tanh"])


def test_the_normalizations_are_those_of_torch():
    params = experiment.initialize([0], "relu", "plain", depth=1)
    x = torch.randn(1, 9, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    z = x[0] @ params["weight"][0, 0] + params["bias"][0, 0]
    expected = {"batch norm": torch.relu(torch.nn.functional.batch_norm(z, None, None, training=True)),
                "layer norm": torch.relu(torch.nn.functional.layer_norm(z, (64,))),
                "residual": x[0] + torch.relu(z)}
    for variant, value in expected.items():
        torch.testing.assert_close(experiment.forward(params, x, "relu", variant)[1][-1][0], value)


@pytest.mark.slow
def test_a_smaller_run_shows_the_same():
    for name, variant in (("sigmoid", "plain"), ("relu", "plain"), ("relu", "matched"),
                          ("relu", "batch norm"), ("sigmoid", "layer norm")):
        again = experiment.profile(name, variant, seeds=3, depth=10)
        reference = FACTORS[name][experiment.VARIANTS.index(variant)]
        assert abs(experiment.factor(again) - reference) < 0.08, (name, variant)
