"""The same outputs, weights and gradients from torch.nn.MultiheadAttention in float64, and its counts."""

import numpy as np
import torch

from snippets.transformers.multi_head_attention import multi_head_attention, multi_head_attention_backward


def test_outputs_weights_and_gradients_match_torch():
    cases = [(2, 5, 6, 3, False), (3, 4, 8, 2, True), (1, 7, 10, 5, True)]
    for seed, (n, t, d, heads, causal) in enumerate(cases):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            layer = torch.nn.MultiheadAttention(d, heads, batch_first=True, dtype=torch.float64)
            torch.nn.init.normal_(layer.in_proj_bias)
            torch.nn.init.normal_(layer.out_proj.bias)
        rng = np.random.default_rng(seed)
        x, grad = rng.standard_normal((2, n, t, d))
        mask = np.tri(t, dtype=bool) if causal else None
        tensor = torch.tensor(x, requires_grad=True)
        hidden = None if mask is None else torch.tensor(~mask)  # here True is left out
        out, weights = layer(tensor, tensor, tensor, attn_mask=hidden, average_attn_weights=False)
        (out * torch.tensor(grad)).sum().backward()
        p = {"in_proj_weight": layer.in_proj_weight, "in_proj_bias": layer.in_proj_bias,
             "out_proj_weight": layer.out_proj.weight, "out_proj_bias": layer.out_proj.bias}
        arrays = {key: value.detach().numpy() for key, value in p.items()}
        ours, saved = multi_head_attention(x, heads, mask=mask, **arrays)
        np.testing.assert_allclose(ours, out.detach().numpy(), atol=1e-12)
        np.testing.assert_allclose(saved[3], weights.detach().numpy(), atol=1e-12)
        grads = multi_head_attention_backward(
            x, saved, arrays["in_proj_weight"], arrays["out_proj_weight"], grad)
        for key, value in ({"x": tensor} | p).items():
            np.testing.assert_allclose(grads[key], value.grad.numpy(), atol=1e-11, err_msg=key)


def test_the_number_of_parameters_is_4d2_plus_4d_for_any_number_of_heads():
    for heads in (1, 12):
        layer = torch.nn.MultiheadAttention(768, heads)
        assert sum(p.numel() for p in layer.parameters()) == 4 * 768**2 + 4 * 768 == 2_362_368
