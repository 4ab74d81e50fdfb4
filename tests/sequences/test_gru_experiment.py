"""The page's numbers from the committed run, the cell, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.sequences import gru_experiment as experiment
from snippets.sequences.gru import forward

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # rate, and mean, lowest and highest share in percent, as on the page
    "fixed, update bias 0": (0.01, 100.0, 100.0, 100.0),
    "fixed, update bias 3": (0.03, 99.1, 96.1, 100.0),
    "selective, update bias 0": (0.01, 100.0, 100.0, 100.0),
}


def test_the_table_on_the_page():
    assert (RESULT["steps"], RESULT["batch"], RESULT["choose"], RESULT["measure"]) == (1000, 32, 2, 6)
    assert RESULT["delays"] == {"fixed": 15, "selective": 12}
    assert RESULT["rates"] == [0.001, 0.003, 0.01, 0.03]
    assert RESULT["runs"].keys() == PAGE.keys()
    for name, (rate, mean, low, high) in PAGE.items():
        one = RESULT["runs"][name]
        accuracy = 100 * np.array(one["accuracy"])
        assert one["rate"] == rate and one["parameters"] == 3084 and len(accuracy) == 6
        found = [accuracy.mean(), accuracy.min(), accuracy.max()]
        np.testing.assert_allclose(found, [mean, low, high], atol=0.051, err_msg=name)


def test_the_lstm_s_columns_are_those_of_its_page():
    path = Path(experiment.__file__).with_name("lstm_experiment.json")
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    fixed = 100 * np.array(runs["fixed, LSTM, forget bias 0"]["accuracy"])
    np.testing.assert_allclose([fixed.mean(), fixed.min(), fixed.max()], [53.4, 49.1, 57.9], atol=0.051)
    for name in ("fixed, LSTM, forget bias 3", "selective, LSTM, forget bias 0",
                 "selective, LSTM, forget bias 3"):
        assert round(100 * np.mean(runs[name]["accuracy"]), 1) == 100.0


def test_the_experiment_s_cell_is_the_page_s():
    params = experiment.initialize(3.0, [4])
    tokens, _ = experiment.copy_task("selective", 1, 3, torch.Generator().manual_seed(0))
    logits = experiment.forward(params, tokens)[0]
    one = {key: value[0].numpy().astype(np.float64) for key, value in params.items()}
    bias_hh = np.concatenate([np.zeros(56), one["bias_hn"][0]])
    h, _ = forward(np.eye(6)[tokens[0].numpy()], np.zeros((3, 28)), one["w_x"].T, one["w_h"].T,
                   one["bias"][0], bias_hh)
    np.testing.assert_allclose(logits, h[-3:] @ one["head"] + one["head_bias"], atol=1e-5)
    assert np.all(one["bias"][0, 28:56] == 3.0)


@pytest.mark.slow
def test_the_gru_learns_the_selective_copy_again():
    one = experiment.train("selective", 0.0, [0.01], [100, 101], 600)
    assert min(one["accuracy"][0]) > 0.85
