"""Who is in which group of the PyTorch optimizer."""

import torch

from snippets.optimization.adamw_torch import adamw


def test_matrices_and_embeddings_decay_and_a_tied_weight_is_listed_once():
    model = torch.nn.Sequential(torch.nn.Embedding(7, 3), torch.nn.LayerNorm(3), torch.nn.Linear(3, 7))
    model[2].weight = model[0].weight
    optimizer = adamw(model)
    decay, rest = optimizer.param_groups
    assert [tuple(p.shape) for p in decay["params"]] == [(7, 3)] and decay["weight_decay"] == 0.1
    assert [tuple(p.shape) for p in rest["params"]] == [(3,), (3,), (7,)] and rest["weight_decay"] == 0.0


def test_the_page_s_defaults():
    defaults = adamw(torch.nn.Linear(2, 3)).defaults
    assert defaults["lr"] == 3e-4 and defaults["betas"] == (0.9, 0.95)


def test_one_step_without_gradient_shrinks_matrices_only():
    model = torch.nn.Linear(2, 3)
    before = [p.detach().clone() for p in model.parameters()]
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    adamw(model, lr=0.1, weight_decay=0.5).step()
    torch.testing.assert_close(model.weight.detach(), 0.95 * before[0])
    assert torch.equal(model.bias.detach(), before[1])
