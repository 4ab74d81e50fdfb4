"""How each mistake fails."""

import pytest
import torch

from snippets.activations_and_losses.kl_divergence_mistakes import (
    default_reduction,
    estimate_as_loss,
    order_of_the_formula,
    probabilities_as_input,
)

P, Q = torch.tensor([[0.5, 0.5]]), torch.tensor([[0.9, 0.1]])  # KL(P || Q) = 0.5108


def test_the_order_of_the_formula_gives_the_other_direction():
    assert abs(order_of_the_formula(P, Q).item() - 0.3681) < 5e-5


def test_probabilities_as_input_give_a_negative_divergence():
    assert abs(probabilities_as_input(P, Q).item() + 1.1931) < 5e-5


def test_the_default_divides_by_the_classes_as_well():
    with pytest.warns(UserWarning, match="batchmean"):
        assert abs(default_reduction(P, Q).item() - 0.5108 / 2) < 5e-5


def test_the_plain_estimate_has_no_gradient_in_expectation():
    logits = torch.tensor([0.3, -1.0, 0.7], dtype=torch.float64, requires_grad=True)
    log_p = torch.log_softmax(torch.tensor([1.0, 0.0, -1.0], dtype=torch.float64), 0)
    log_q = torch.log_softmax(logits, 0)
    # 2,000 draws in the exact proportions of q, in place of chance.
    counts = (log_q.exp() * 2000).round().long()
    draws = torch.repeat_interleave(torch.arange(3), counts)
    estimate_as_loss(log_q[draws], log_p[draws]).backward(retain_graph=True)
    assert logits.grad.abs().max() < 1e-3
    exact = torch.autograd.grad((log_q.exp() * (log_q - log_p)).sum(), logits)[0]
    assert exact.abs().max() > 0.1
