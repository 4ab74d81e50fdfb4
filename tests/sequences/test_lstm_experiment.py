"""The page's numbers from the committed run, the cell, the tasks, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.sequences import lstm_experiment as experiment
from snippets.sequences.lstm import forward

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # rate, and mean, lowest and highest share in percent, as on the page
    "fixed, tanh, default": (0.001, 62.2, 43.4, 99.5),
    "fixed, tanh, orthogonal": (0.001, 100.0, 100.0, 100.0),
    "fixed, LSTM, forget bias 0": (0.001, 53.4, 49.1, 57.9),
    "fixed, LSTM, forget bias 1": (0.01, 97.1, 90.7, 100.0),
    "fixed, LSTM, forget bias 3": (0.03, 100.0, 100.0, 100.0),
    "selective, tanh, default": (0.01, 85.0, 77.2, 92.0),
    "selective, tanh, orthogonal": (0.003, 83.2, 79.1, 88.5),
    "selective, LSTM, forget bias 0": (0.03, 100.0, 100.0, 100.0),
    "selective, LSTM, forget bias 1": (0.01, 99.9, 99.6, 100.0),
    "selective, LSTM, forget bias 3": (0.03, 100.0, 100.0, 100.0),
}


def test_the_table_on_the_page():
    assert (RESULT["steps"], RESULT["batch"], RESULT["choose"], RESULT["measure"]) == (1000, 32, 2, 6)
    assert RESULT["delays"] == {"fixed": 15, "selective": 12}
    for name, (rate, mean, low, high) in PAGE.items():
        one = RESULT["runs"][name]
        accuracy = 100 * np.array(one["accuracy"])
        assert one["rate"] == rate and len(accuracy) == 6
        found = [accuracy.mean(), accuracy.min(), accuracy.max()]
        np.testing.assert_allclose(found, [mean, low, high], atol=0.051, err_msg=name)
        assert one["parameters"] == (3076 if "LSTM" in name else 3054)


def test_how_the_plain_network_fared_on_the_page():
    plain = RESULT["runs"]["fixed, tanh, default"]["accuracy"]
    assert sum(value > 0.99 for value in plain) == 1 and sum(value < 0.66 for value in plain) == 5
    assert RESULT["outside"].keys() == experiment.OUTSIDE.keys()
    for name, accuracy in RESULT["outside"].items():  # one rate beyond the grid was worse
        assert accuracy < max(RESULT["runs"][name]["by_rate"])
    course = np.mean(RESULT["runs"]["fixed, tanh, orthogonal"]["course"], axis=1)
    slow = np.mean(RESULT["runs"]["fixed, LSTM, forget bias 3"]["course"], axis=1)
    # Entry k covers the batches 50 k + 1 to 50 k + 50.
    assert np.argmax(course > 0.99) * 50 + 50 == 150 and np.argmax(slow > 0.99) * 50 + 50 == 350


def test_the_experiment_s_cell_is_the_page_s():
    params = experiment.initialize("LSTM, forget bias 3", [4])
    tokens, _ = experiment.copy_task("selective", 1, 3, torch.Generator().manual_seed(0))
    logits = experiment.forward(params, tokens)[0]
    one = {key: value[0].numpy().astype(np.float64) for key, value in params.items()}
    zero = np.zeros((3, 24))
    h, _, _ = forward(np.eye(6)[tokens[0].numpy()], zero, zero, one["w_x"].T, one["w_h"].T, one["bias"][0])
    np.testing.assert_allclose(logits, h[-3:] @ one["head"] + one["head_bias"], atol=1e-5)
    assert np.all(one["bias"][0, 24:48] == 3.0)


def test_the_orthogonal_start_is_orthogonal():
    w_h = experiment.initialize("tanh, orthogonal", [0, 1])["w_h"]
    torch.testing.assert_close(w_h.mT @ w_h, torch.eye(50).expand(2, 50, 50), atol=1e-5, rtol=0)


def test_the_tasks_show_what_they_ask():
    for task, before in (("fixed", 18), ("selective", 15)):
        tokens, targets = experiment.copy_task(task, 2, 200, torch.Generator().manual_seed(0))
        assert tokens.shape == (2, before + 3, 200) and targets.shape == (2, 3, 200)
        assert torch.all(tokens[:, before] == experiment.MARK)
        assert torch.all(tokens[:, before + 1 :] == experiment.BLANK)
        shown = tokens[:, :before].transpose(1, 2)  # (M, N, before)
        symbols = shown[shown < experiment.SYMBOLS].view(2, 200, 3)
        torch.testing.assert_close(symbols, targets.transpose(1, 2))
        step = (shown < experiment.SYMBOLS).nonzero()[:, 2].view(2, 200, 3)
        lags = before + torch.arange(3) - step  # the copies are due from the mark on
        assert (lags.min().item(), lags.max().item()) == ((18, 18) if task == "fixed" else (3, 15))
        places = (shown < experiment.SYMBOLS).float().mean((0, 1))
        # Selective: each place with probability 3/15; five deviations of 400 sequences.
        if task == "selective":
            assert torch.all((places - 0.2).abs() < 5 * (0.16 / 400) ** 0.5)
        else:
            assert places.tolist() == [1.0] * 3 + [0.0] * 15


@pytest.mark.slow
def test_the_orthogonal_network_learns_the_fixed_delay_again():
    one = experiment.train("tanh, orthogonal", "fixed", [0.001], [100, 101], 200)
    assert min(one["accuracy"][0]) > 0.9
