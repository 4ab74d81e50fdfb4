"""How each mistake fails, and what the right form does."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from snippets.generative.gan import generator_loss
from snippets.generative.gan_mistakes import (
    generator_gradient,
    generator_loss_from_probability,
    scores_of_a_mixed_batch,
)


def test_the_logarithm_of_a_rounded_sigmoid_is_infinite():
    with np.errstate(all="ignore"):
        assert generator_loss_from_probability(np.array([-120.0])) == np.inf
    assert generator_loss(np.array([-120.0]))[0] == 120.0
    assert abs(generator_loss_from_probability(np.array([-2.0, 1.0]))
               - generator_loss(np.array([-2.0, 1.0]))[0]) < 1e-6


def test_a_mixed_batch_shows_the_judge_what_a_pure_one_hides():
    generator = torch.Generator().manual_seed(0)
    judge = nn.BatchNorm1d(1, affine=False)
    real = torch.randn(64, 1, generator=generator)
    fake = torch.randn(64, 1, generator=generator) + 4
    assert round(scores_of_a_mixed_batch(judge, real, fake).mean().item(), 2) == 0.88
    assert judge(fake).mean().abs() < 1e-5


def test_a_detached_fake_leaves_the_generator_without_a_gradient():
    judge = nn.Linear(2, 1)
    fake = torch.zeros(3, 2, requires_grad=True)
    assert generator_gradient(fake, judge) is None
    F.softplus(-judge(fake)).mean().backward()
    assert fake.grad.abs().sum() > 0
