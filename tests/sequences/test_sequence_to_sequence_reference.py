"""The same context and gradients from PyTorch in float64."""

import numpy as np
import torch

from snippets.sequences.sequence_to_sequence import (
    additive_attention,
    additive_attention_backward,
    luong_scores,
)


def test_context_and_gradients_match_autograd():
    sizes = [(2, 5, 3, 4, 6), (3, 1, 2, 5, 4), (1, 7, 4, 2, 3)]
    for seed, (batch, steps, hidden, memory, inner) in enumerate(sizes):
        rng = np.random.default_rng(seed)
        shapes = {"query": (batch, hidden), "memory": (batch, steps, memory), "w_query": (hidden, inner),
                  "w_memory": (memory, inner), "v": (inner,)}
        p = {key: rng.standard_normal(shape) for key, shape in shapes.items()}
        lengths, grad = rng.integers(1, steps + 1, batch), rng.standard_normal((batch, memory))
        q = {key: torch.tensor(value, requires_grad=True) for key, value in p.items()}
        scores = torch.tanh((q["query"] @ q["w_query"])[:, None] + q["memory"] @ q["w_memory"]) @ q["v"]
        padded = torch.arange(steps) >= torch.tensor(lengths)[:, None]
        weights = scores.masked_fill(padded, -torch.inf).softmax(1)
        context = (weights[..., None] * q["memory"]).sum(1)
        (context * torch.tensor(grad)).sum().backward()
        ours, our_weights, inside = additive_attention(**p, lengths=lengths)
        np.testing.assert_allclose(ours, context.detach().numpy(), atol=1e-13)
        grads = additive_attention_backward(**p, weights=our_weights, hidden=inside, grad_context=grad)
        for key, value in q.items():
            np.testing.assert_allclose(grads[key], value.grad.numpy(), atol=1e-13, err_msg=key)


def test_product_scores_match_a_bilinear_layer():
    rng = np.random.default_rng(0)
    query, memory, weight = (rng.standard_normal(s) for s in ((2, 3), (2, 5, 4), (3, 4)))
    layer = torch.nn.Bilinear(3, 4, 1, bias=False, dtype=torch.float64)
    layer.weight.data = torch.tensor(weight)[None]
    repeated = torch.tensor(query)[:, None].expand(2, 5, 3).contiguous()
    expected = layer(repeated, torch.tensor(memory))[..., 0].detach().numpy()
    np.testing.assert_allclose(luong_scores(query, memory, weight), expected, atol=1e-13)
