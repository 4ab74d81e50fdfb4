"""The same numbers as PyTorch's scaled_dot_product_attention with enable_gqa, and their gradients."""

import numpy as np
import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from snippets.transformers.grouped_query_attention import grouped_query_attention, latent_attention


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
@pytest.mark.parametrize(("steps", "is_causal"), [(3, False), (5, True), (3, True)])
def test_matches_torch(groups, steps, is_causal):
    generator = torch.Generator().manual_seed(groups)
    query, key, value = (torch.randn(shape, generator=generator, dtype=torch.float64) for shape in
                         ((2, 6, steps, 4), (2, groups, 5, 4), (2, groups, 5, 7)))
    # PyTorch aligns a causal mask with more keys than queries to the first key, so it gets a mask.
    mask = torch.ones(steps, 5, dtype=torch.bool).tril(5 - steps) if is_causal else None
    expected = scaled_dot_product_attention(query, key, value, attn_mask=mask, enable_gqa=True)
    ours = grouped_query_attention(query.numpy(), key.numpy(), value.numpy(), is_causal)
    np.testing.assert_allclose(ours, expected.numpy(), atol=1e-12)


def test_torch_aligns_a_causal_mask_to_the_first_key():
    query, key, value = (torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
                         for shape in ((1, 2, 1, 4), (1, 2, 5, 4), (1, 2, 5, 4)))
    out = scaled_dot_product_attention(query, key, value, is_causal=True)
    torch.testing.assert_close(out, value[:, :, :1])  # one query, and it sees one key of five


def test_gradients_of_a_shared_head_are_the_sum_over_its_queries():
    generator = torch.Generator().manual_seed(7)
    query, key, value = (torch.randn(shape, generator=generator, dtype=torch.float64) for shape in
                         ((2, 6, 3, 4), (2, 2, 5, 4), (2, 2, 5, 7)))
    weight = torch.randn(2, 6, 3, 7, generator=generator, dtype=torch.float64)
    shared = [x.clone().requires_grad_() for x in (key, value)]
    repeated = [x.repeat_interleave(3, dim=1).requires_grad_() for x in (key, value)]
    (scaled_dot_product_attention(query, *shared, enable_gqa=True) * weight).sum().backward()
    (scaled_dot_product_attention(query, *repeated) * weight).sum().backward()
    for one, many in zip(shared, repeated, strict=True):
        torch.testing.assert_close(one.grad, many.grad.unflatten(1, (2, 3)).sum(2))


def test_latent_attention_is_attention_on_keys_with_a_shared_part():
    rng = np.random.default_rng(3)
    shapes = {"query": (2, 3, 4), "query_rope": (2, 3, 6), "latent": (2, 5, 8), "key_rope": (2, 5, 6),
              "up_key": (3, 4, 8), "up_value": (3, 7, 8)}
    a = {key: rng.standard_normal(shape) for key, shape in shapes.items()}
    t = {key: torch.tensor(value) for key, value in a.items()}
    key = torch.cat([torch.einsum("hdr,nsr->nhsd", t["up_key"], t["latent"]),
                     t["key_rope"][:, None].expand(-1, 3, -1, -1)], dim=-1)
    value = torch.einsum("her,nsr->nhse", t["up_value"], t["latent"])
    query = torch.cat([t["query"], t["query_rope"]], dim=-1)[:, :, None]
    expected = scaled_dot_product_attention(query, key, value)[:, :, 0]
    np.testing.assert_allclose(latent_attention(**a), expected.numpy(), atol=1e-12)
