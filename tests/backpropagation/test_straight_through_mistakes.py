"""How each one fails."""

import numpy as np
import torch

from snippets.backpropagation.straight_through import fake_quantize, straight_through_backward
from snippets.backpropagation.straight_through_mistakes import backward_through_everything, hard_sample


def test_a_one_hot_vector_has_no_graph():
    soft = torch.tensor([0.2, 0.8], requires_grad=True)
    assert not hard_sample(soft).requires_grad


def test_without_the_clip_a_weight_runs_away_while_its_output_stands_still():
    x = other = np.array([0.8])
    for _ in range(100):  # wants 2, can reach 0.5
        grad = fake_quantize(x, 0.5, -2, 1) - 2
        x = x - 0.1 * backward_through_everything(grad, x)
        grad = fake_quantize(other, 0.5, -2, 1) - 2
        other = other - 0.1 * straight_through_backward(grad, other, 0.5, -2, 1)
    assert fake_quantize(x, 0.5, -2, 1) == fake_quantize(other, 0.5, -2, 1) == 0.5
    assert round(x.item(), 6) == 15.8 and other.item() == 0.8
