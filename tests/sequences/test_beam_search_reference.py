"""The page's table from the leaky models, and log-probabilities against PyTorch."""

import numpy as np
import pytest
import torch

from snippets.sequences.beam_search import beam_search, exact_search, leaky_model

TABLE = {  # width, alpha: log-probability, empty and right length in percent, as on the page
    (1, 0.0): (-9.61, 0, 100), (2, 0.0): (-8.85, 0, 100), (4, 0.0): (-8.34, 3, 97),
    (8, 0.0): (-6.77, 36, 63), (16, 0.0): (-3.91, 100, 0), (64, 0.0): (-3.91, 100, 0),
    (16, 0.6): (-4.15, 86, 8), (16, 1.0): (-8.26, 0, 100),
}


@pytest.mark.slow
def test_the_table_on_the_page():
    models = [leaky_model(10, 20, 0.02, np.random.default_rng(seed)) for seed in range(100)]
    for (width, alpha), (total, empty, right) in TABLE.items():
        found = [beam_search(model, 0, width, 12, alpha)[0] for model in models]
        lengths = np.array([len(tokens) - 1 for tokens, _ in found])
        assert round(float(np.mean([score for _, score in found])), 2) == total, (width, alpha)
        assert (np.sum(lengths == 0), np.sum(lengths == 10)) == (empty, right), (width, alpha)
    assert all(exact_search(model, 0, 12)[0] == [0] for model in models)


def test_a_recurrent_language_model_in_torch_gives_the_same_scores():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        embed = torch.nn.Embedding(6, 7, dtype=torch.float64)
        cell = torch.nn.GRU(7, 9, batch_first=True, dtype=torch.float64)
        head = torch.nn.Linear(9, 6, dtype=torch.float64)

    def step(prefixes):
        started = np.hstack([np.full((len(prefixes), 1), 5), prefixes])
        with torch.no_grad():
            states, _ = cell(embed(torch.tensor(started)))
            return head(states[:, -1]).log_softmax(-1).numpy()

    found = beam_search(step, 0, 4, 8, 0.6)
    assert len(found) == 4
    for tokens, total in found:
        inputs = torch.tensor([[5, *tokens[:-1]]])
        logits = head(cell(embed(inputs))[0])[0]
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(tokens), reduction="sum")
        assert abs(total + loss.item()) < 1e-12


def every_second(prefixes):
    """Forty tokens, the odd ones three times as probable as the even ones."""
    return np.log(np.tile([1 / 80, 3 / 80], (len(prefixes), 20)))


def test_equally_probable_hypotheses_come_in_the_order_of_their_tokens():
    found = beam_search(every_second, 0, 3, 2)
    assert [tokens for tokens, _ in found] == [[1, 1], [1, 3], [1, 5]]


def test_the_depth_first_search_tries_the_last_of_equally_probable_tokens_first():
    probs = np.repeat([3 / 80, 1 / 80], 20)
    assert exact_search(lambda prefixes: np.log(probs)[None], 0, 1)[0] == [19]


def test_the_beam_stops_when_it_can_only_tie():
    calls = []

    def coin(prefixes):  # the end or one more word
        calls.append(len(prefixes))
        return np.log(np.full((len(prefixes), 2), 0.5))

    (tokens, total), = beam_search(coin, 0, 1, 9)
    assert tokens == [0] and abs(total - np.log(0.5)) < 1e-12
    assert calls == [1]


def test_a_wider_beam_can_find_a_less_probable_sequence():
    model = leaky_model(10, 20, 1e-9, np.random.default_rng(19))
    totals = [beam_search(model, 0, width, 11)[0][1] for width in (1, 2, 3)]
    assert [round(total, 2) for total in totals] == [-7.33, -8.31, -7.3]


@pytest.mark.slow
def test_how_often_a_wider_beam_finds_something_worse():
    worse = 0
    for seed in range(300):
        model = leaky_model(10, 20, 1e-9, np.random.default_rng(seed))
        totals = [beam_search(model, 0, width, 11)[0][1] for width in (1, 2, 3, 4)]
        worse += min(np.diff(totals)) < -1e-9
    assert worse == 29


def test_too_few_rows_of_log_probabilities_are_told_with_how_many_there_are():
    def one_row(prefixes):
        return np.log([[0.2, 0.5, 0.3]])

    with pytest.raises(ValueError, match=r"^step must give 2 rows, got 1$"):
        beam_search(one_row, 0, 2, 3)
