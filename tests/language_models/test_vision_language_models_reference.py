"""SigLIP's loss, zero-shot weights, patch merging and the resampler against PyTorch in float64."""

import numpy as np
import torch
import torch.nn.functional as F

from snippets.language_models.vision_language_models import (
    merge_patches,
    resample,
    siglip_loss,
    zero_shot_probs,
    zero_shot_weights,
)


def test_siglip_matches_torch_in_value_and_every_gradient():
    rng = np.random.default_rng(0)
    for n, d, scale, bias in ((1, 3, 10.0, -10.0), (5, 7, 2.0, 0.5), (8, 4, 50.0, -3.0), (6, 2, 0.1, 1.0)):
        features = rng.standard_normal((2, n, d)) * np.array([3.0, 1.0])[:, None, None]
        arrays = [*features, np.array(scale), np.array(bias)]
        tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
        logits = tensors[2] * F.normalize(tensors[0], dim=1) @ F.normalize(tensors[1], dim=1).T + tensors[3]
        signs = 2 * torch.eye(n, dtype=torch.float64) - 1
        loss = -F.logsigmoid(signs * logits).sum(1).mean()
        loss.backward()
        ours = siglip_loss(arrays[0], arrays[1], scale, bias)
        np.testing.assert_allclose(ours[0], loss.item(), rtol=1e-12)
        for grad, tensor in zip(ours[1:], tensors, strict=True):
            np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_siglip_is_binary_cross_entropy_with_logits():
    rng = np.random.default_rng(1)
    image, text = rng.standard_normal((2, 6, 5))
    logits = 7.0 * F.normalize(torch.tensor(image)) @ F.normalize(torch.tensor(text)).T - 4.0
    pairs = torch.eye(6, dtype=torch.float64)
    expected = F.binary_cross_entropy_with_logits(logits, pairs, reduction="sum") / 6
    np.testing.assert_allclose(siglip_loss(image, text, 7.0, -4.0)[0], expected.item(), rtol=1e-12)


def test_zero_shot_matches_torch():
    rng = np.random.default_rng(2)
    image, prompts = rng.standard_normal((9, 6)), rng.standard_normal((4, 3, 6))
    weights = F.normalize(F.normalize(torch.tensor(prompts), dim=-1).mean(1), dim=-1)
    probs = (30.0 * F.normalize(torch.tensor(image)) @ weights.T).softmax(1)
    np.testing.assert_allclose(zero_shot_probs(image, zero_shot_weights(prompts), 30.0), probs, rtol=1e-10)


def test_merging_is_unfold_with_stride():
    x = torch.randn(2, 6 * 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    grid = x.view(2, 6, 4, 5).permute(0, 3, 1, 2)
    blocks = F.unfold(grid, 2, stride=2)  # (N, C * 4, L), channels outermost
    expected = blocks.view(2, 5, 4, 6).permute(0, 3, 2, 1).flatten(2)
    np.testing.assert_array_equal(merge_patches(x.numpy(), 6, 4, 2), expected.numpy())


def test_the_resampler_is_torch_s_attention():
    generator = torch.Generator().manual_seed(1)
    x, queries, weight_k, weight_v = (torch.randn(*shape, dtype=torch.float64, generator=generator)
                                      for shape in ((2, 11, 7), (5, 4), (4, 7), (3, 7)))
    expected = F.scaled_dot_product_attention(queries.expand(2, 5, 4), x @ weight_k.T, x @ weight_v.T)
    ours = resample(*(one.numpy() for one in (x, queries, weight_k, weight_v)))
    np.testing.assert_allclose(ours, expected.numpy(), rtol=1e-10)
