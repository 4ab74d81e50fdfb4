"""The four places from torch's rms_norm, and what each lets through backward."""

import numpy as np
import torch

from snippets.transformers.pre_norm_vs_post_norm import (
    output_norm,
    post_norm,
    pre_norm,
    qk_norm_scores,
    rms_norm,
    sandwich_norm,
)


def norm(x):
    return torch.nn.functional.rms_norm(x, x.shape[-1:], eps=1e-6)


def stack(place, x, weights):
    for weight in weights:
        if place is post_norm:
            x = norm(x + x @ weight)
        else:
            branch = (x if place is output_norm else norm(x)) @ weight
            x = x + (branch if place is pre_norm else norm(branch))
    return x if place is post_norm else norm(x)


def test_outputs_match_torch():
    for seed in range(3):
        rng = np.random.default_rng(seed)
        x, weights = rng.standard_normal((2, 3, 5)), rng.standard_normal((4, 5, 5))
        for place in (pre_norm, post_norm, output_norm, sandwich_norm):
            ours = place(x, [lambda x, w=w: x @ w for w in weights])
            expected = stack(place, torch.tensor(x), torch.tensor(weights))
            np.testing.assert_allclose(ours, expected.numpy(), atol=1e-10)
        np.testing.assert_allclose(rms_norm(x), norm(torch.tensor(x)).numpy(), atol=1e-12)
        scores = norm(torch.tensor(x)) @ norm(torch.tensor(x)).mT / 5**0.5
        np.testing.assert_allclose(qk_norm_scores(x, x), scores.numpy(), atol=1e-12)


def test_through_silent_branches_pre_norm_passes_the_gradient_and_post_norm_shrinks_it():
    # A branch of zeros with the stream at size sqrt(2): each post-norm divides by its size.
    x = torch.tensor(np.random.default_rng(0).standard_normal(64), requires_grad=True)
    loud = torch.tensor(np.random.default_rng(1).standard_normal((10, 64)))

    def reached(post):
        y = x
        for one in loud:  # branches that do not depend on x, of size about 1
            y = norm(y + one) if post else y + one
        return torch.autograd.grad(y[0], x)[0].norm().item()

    assert abs(reached(post=False) - 1) < 1e-12
    assert reached(post=True) < 2 * 2**-5  # ten factors of about 1 / sqrt(2)
