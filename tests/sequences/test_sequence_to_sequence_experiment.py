"""The page's numbers from the committed run, and a part of it again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.sequences import sequence_to_sequence_experiment as experiment
from snippets.sequences.sequence_to_sequence import additive_attention

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def mean(kind, key, length):
    place = RESULT["lengths"].index(length)
    return 100 * np.mean([one[key][place] for one in RESULT["runs"][kind]["seeds"]])


def test_the_table_on_the_page():
    assert (RESULT["steps"], RESULT["batch"], RESULT["symbols"], RESULT["longest"]) == (1600, 64, 8, 16)
    assert [RESULT["runs"][kind]["parameters"] for kind in ("fixed", "attention")] == [19544, 15448]
    assert all(len(run["seeds"]) == 3 for run in RESULT["runs"].values())
    table = {("fixed", "free"): [99.9, 82.0, 56.6, 43.4, 37.1, 31.9],
             ("fixed", "whole"): [99.9, 55.1, 0.8, 0.0, 0.0, 0.0],
             ("attention", "free"): [100.0, 100.0, 100.0, 99.7, 88.2, 71.4],
             ("attention", "whole"): [100.0, 99.9, 100.0, 97.8, 29.4, 0.5]}
    for (kind, key), row in table.items():
        found = [mean(kind, key, length) for length in (4, 8, 12, 16, 20, 24)]
        np.testing.assert_allclose(found, row, atol=0.051)


def test_what_teacher_forcing_hides_on_the_page():
    assert round(mean("fixed", "forced", 16)) == 63 and round(mean("fixed", "free", 16)) == 43
    for length in (12, 14, 16, 20, 24):
        assert 16 <= round(mean("fixed", "forced", length) - mean("fixed", "free", length)) <= 20
    assert mean("attention", "forced", 16) - mean("attention", "free", 16) < 0.2
    assert round(mean("attention", "forced", 24)) == 78 and round(mean("attention", "free", 24)) == 71


def test_the_experiment_s_attention_is_the_page_s():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = experiment.EncoderDecoder("attention")
        query, memory = torch.randn(3, 32), torch.randn(5, 3, 32)
    model.key.bias.data.zero_()  # the page's scores have no bias
    with torch.no_grad():
        weights = model.score(torch.tanh(model.query(query) + model.key(memory))).softmax(0)
        context = (weights * memory).sum(0)
    ours, _, _ = additive_attention(
        query.numpy(), memory.transpose(0, 1).numpy(), model.query.weight.detach().numpy().T,
        model.key.weight.detach().numpy().T, model.score.weight.detach().numpy()[0], np.full(3, 5))
    np.testing.assert_allclose(ours, context.numpy(), atol=1e-5)


def test_the_decoder_never_sees_what_it_has_to_name():
    model = experiment.EncoderDecoder("fixed")
    tokens = torch.randint(8, (6, 2), generator=torch.Generator().manual_seed(0))
    other = tokens.clone()
    other[3] = (tokens[3] + 1) % 8
    with torch.no_grad():
        change = (model(tokens, tokens) - model(tokens, other)).abs().amax((1, 2))
    assert torch.all(change[:4] == 0) and torch.all(change[4:] > 0)


@pytest.mark.slow
def test_attention_learns_to_copy_again():
    free = experiment.measure(experiment.train("attention", 0, 450))["free"]
    assert free[0] > 0.95 and free[1] > 0.9 and free[3] > 0.6  # lengths 2, 4 and 8
