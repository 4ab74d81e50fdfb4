"""Each naive formula fails where the page says, and the right one does not."""

import numpy as np
import torch

from snippets.activations_and_losses.numerical_stability import (
    binary_cross_entropy_with_logits,
    logsumexp,
    softplus,
    streaming_variance,
)
from snippets.activations_and_losses.numerical_stability_mistakes import (
    count_in_half,
    divide_in_half,
    loss_in_the_wrong_order,
    naive_logsumexp,
    naive_loss,
    naive_softplus,
    normalize_outside,
    root_or_zero,
    variance_by_squares,
)


def test_the_naive_log_sum_exp_is_infinite_on_both_sides():
    with np.errstate(all="ignore"):
        for value in (100.0, -120.0):
            x = np.array([value, value], np.float32)
            assert np.isinf(naive_logsumexp(x)) and abs(logsumexp(x) - value - np.log(2)) < 1e-4


def test_the_naive_loss_is_infinite_or_nan():
    with np.errstate(all="ignore"):
        assert np.isinf(naive_loss(np.float32(20), np.float32(0)))
        assert np.isnan(naive_loss(np.float32(20), np.float32(1)))  # 0 times -inf
    z, y = np.array([20, 20], np.float32), np.array([0, 1], np.float32)
    np.testing.assert_allclose(binary_cross_entropy_with_logits(z, y), [20, 2.06e-9], atol=1e-8)


def test_the_loss_in_the_wrong_order_rounds_a_good_answer_to_zero():
    assert loss_in_the_wrong_order(np.float32(20), np.float32(1)) == 0


def test_the_naive_softplus_loses_small_values_and_overflows():
    with np.errstate(all="ignore"):
        assert naive_softplus(np.float32(-20)) == 0 and np.isinf(naive_softplus(np.float32(100)))
    np.testing.assert_allclose(softplus(np.array([-20, 100], np.float32)), [2.0611537e-9, 100], rtol=1e-5)


def test_squares_give_two_or_less_than_nothing_for_a_variance_of_one():
    for low, found in ((0.0, 1.0), (4096.0, 2.0), (10_000.0, 0.0), (13_500.0, -16.0)):
        pair = np.array([low, low + 2], np.float32)
        assert variance_by_squares(pair) == found and streaming_variance(pair)[1] == 1


def test_eps_outside_the_root_leaves_a_gradient_of_nan():
    x = torch.zeros(1, 3, requires_grad=True)
    normalize_outside(x).sum().backward()
    assert x.grad.isnan().all()
    x = torch.zeros(1, 3, requires_grad=True)
    (x / (x.pow(2).sum(-1, keepdim=True) + 1e-12).sqrt()).sum().backward()
    assert x.grad.isfinite().all()


def test_a_small_eps_is_zero_in_half_precision():
    with np.errstate(all="ignore"):
        assert np.isnan(divide_in_half(np.float16(0), np.float16(0)))


def test_where_does_not_stop_the_gradient_of_the_other_branch():
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    root_or_zero(x).sum().backward()
    assert x.grad[0].isnan() and x.grad[1] == 0.25
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    safe = torch.where(x > 0, x, torch.ones_like(x))
    torch.where(x > 0, safe.sqrt(), torch.zeros_like(x)).sum().backward()
    assert x.grad.tolist() == [0.0, 0.25]


def test_counting_in_half_precision_stops_at_2048():
    assert count_in_half(3000) == 2048
