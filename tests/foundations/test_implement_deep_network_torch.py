"""NumPy and PyTorch side by side on digits: the same loss and weights after every step."""

import numpy as np
import pytest
import torch

from snippets.foundations.implement_deep_network import evaluate, init_params, train
from snippets.foundations.implement_deep_network_experiment import (
    BATCH,
    SIZES,
    beside_torch,
    digits,
)
from snippets.foundations.implement_deep_network_torch import build, train_steps


def test_losses_and_weights_agree_after_every_step():
    result = beside_torch("float64", lr=0.1, seed=1, epochs=3)
    assert result["steps"] == 3 * 34
    assert result["loss"] < 1e-10 and result["weight"] < 1e-10


def test_the_whole_loop_agrees_with_its_history_and_evaluation():
    data, validation, test = digits(2)
    params = init_params(SIZES, np.random.default_rng(2))
    model = build(params)
    _, history = train(params, data, validation, 0.1, np.random.default_rng(5), epochs=2)
    rng, losses = np.random.default_rng(5), []
    orders = [rng.permutation(len(data[0])) for _ in range(2)]
    batches = [order[i : i + BATCH] for order in orders for i in range(0, len(order), BATCH)]
    x, targets = torch.from_numpy(data[0]), torch.from_numpy(data[1])
    losses = list(train_steps(model, x, targets, batches, lr=0.1))
    for epoch in range(2):
        part = slice(34 * epoch, 34 * (epoch + 1))
        mean = np.average(losses[part], weights=[len(rows) for rows in batches[part]])
        assert abs(history[epoch][0] - mean) < 1e-10
    with torch.no_grad():
        logits = model(torch.from_numpy(test[0]))
    loss, accuracy = evaluate(params, *test)
    their_loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(test[1])).item()
    assert abs(loss - their_loss) < 1e-10
    assert accuracy == (logits.argmax(dim=1).numpy() == test[1]).mean()


def test_the_parameter_count_on_the_page():
    model = build(init_params(SIZES, np.random.default_rng(0)))
    assert [p.numel() for p in model.parameters()] == [4096, 64, 2048, 32, 320, 10]
    assert sum(p.numel() for p in model.parameters()) == 6570


def test_a_weight_without_its_bias_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        build(init_params([4, 3, 2], np.random.default_rng(0))[:3])


def test_linear_starts_from_a_sixth_of_our_variance():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        weight = torch.nn.Linear(300, 400).weight.detach().double().numpy()
    assert np.abs(weight).max() <= 300**-0.5
    ours = init_params([300, 400], np.random.default_rng(0))[0]
    # 120,000 draws each: both mean squares are within a percent of their expectation.
    assert abs((ours**2).mean() / (weight**2).mean() - 6) < 0.15
