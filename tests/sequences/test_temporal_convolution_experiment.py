"""The page's numbers from the committed run, the model, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.sequences import temporal_convolution_experiment as experiment
from snippets.sequences.temporal_convolution import causal_conv1d, receptive_field

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # mean, lowest and highest share in percent, as on the page
    "fixed, 4 layers": (24.8, 24.2, 25.3),
    "fixed, 5 layers": (100.0, 100.0, 100.0),
    "selective, 5 layers": (95.1, 94.2, 96.3),
}


def test_the_table_on_the_page():
    assert (RESULT["steps"], RESULT["batch"], RESULT["rates"]) == (1000, 32, [0.003, 0.01, 0.03])
    assert RESULT["runs"].keys() == PAGE.keys()
    for name, (mean, low, high) in PAGE.items():
        one = RESULT["runs"][name]
        accuracy = 100 * np.array(one["accuracy"])
        assert len(accuracy) == 4 and one["parameters"] == (2866 if "4 layers" in name else 2820)
        found = [accuracy.mean(), accuracy.min(), accuracy.max()]
        np.testing.assert_allclose(found, [mean, low, high], atol=0.051, err_msg=name)


def test_the_gru_s_column_is_that_of_its_page():
    path = Path(experiment.__file__).with_name("gru_experiment.json")
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    for name in ("fixed, update bias 0", "selective, update bias 0"):
        assert min(runs[name]["accuracy"]) == 1.0


def test_the_model_is_causal_convolutions_that_see_their_field():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = experiment.TemporalConvolution(5)
    tokens, _ = experiment.copy_task("selective", 3, torch.Generator().manual_seed(0))
    x = np.eye(6)[tokens.numpy()].transpose(0, 2, 1)
    weights = [[p.detach().numpy().astype(np.float64) for p in (conv.weight, conv.bias)]
               for conv in (model.embed, *model.convs, model.head)]
    x = causal_conv1d(x, *weights[0])
    for k in range(5):
        x = x + np.maximum(causal_conv1d(x, *weights[k + 1], 2**k), 0)
    logits = causal_conv1d(x, *weights[-1])
    np.testing.assert_allclose(model(tokens).detach().numpy(), logits, atol=1e-5)
    assert receptive_field(2, 4) == 16 < 19 <= receptive_field(2, 5) == 32


def test_the_page_s_costs():
    assert 6 * 16 + 5 * 2 * 16**2 == 2656 and 3 * 28 * (28 + 6) == 2856
    assert sum(2**k for k in range(5)) * 16 == 496 and round(496 / 28) == 18
    # attention over the window: four projections, scores and average; keys and values
    assert 4 * 16**2 == 2 * 32 * 16 == 1024 and 5 * 2 * 16**2 == 2560


@pytest.mark.slow
def test_a_field_that_is_too_short_is_chance_again_and_one_layer_more_learns():
    assert experiment.train("fixed", 4, 0.01, 100, 50) < 0.3
    assert experiment.train("fixed", 5, 0.01, 100, 150) > 0.6
