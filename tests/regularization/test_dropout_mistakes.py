"""Each wrong dropout fails where the page says, and the right one does not."""

import numpy as np
import torch

from snippets.regularization.dropout import dropout_backward, dropout_forward
from snippets.regularization.dropout_mistakes import (
    AlwaysOn,
    AttentionAlwaysOn,
    backward_with_a_new_mask,
    forward_scaled_by_one_over_p,
    forward_without_scale,
)

N = 100_000


def ratio(forward, p: float) -> float:
    """Mean at inference over mean in training."""
    x = np.ones(N)
    trained = forward(x, p, np.random.default_rng(0))
    later = forward(x, p, np.random.default_rng(0), training=False)
    return float(later.mean() / trained.mean())


def right(x, p, rng, training=True):
    return dropout_forward(x, p, rng, training)[0]


def test_without_a_scale_inference_is_2_and_4_times_too_large():
    # Relative standard deviation of the mean: sqrt(p / (1 - p) / N), 0.003 and 0.005.
    for p, factor in ((0.5, 2.0), (0.75, 4.0)):
        bound = 5 * np.sqrt(p / (1 - p) / N)
        assert abs(ratio(forward_without_scale, p) / factor - 1) < 2 * bound
        assert abs(ratio(right, p) - 1) < 2 * bound


def test_one_over_p_is_right_at_50_percent_only():
    assert abs(ratio(forward_scaled_by_one_over_p, 0.5) - 1) < 0.05
    assert abs(ratio(forward_scaled_by_one_over_p, 0.75) - 3) < 0.1


def test_a_new_mask_sends_gradient_to_dropped_units():
    rng = np.random.default_rng(0)
    _, mask = dropout_forward(np.ones(N), 0.5, rng)
    dropped = mask == 0
    wrong = backward_with_a_new_mask(np.ones(N), 0.5, rng)
    # Independent masks: half of the dropped units get a gradient; bound from the binomial.
    share = (wrong[dropped] != 0).mean()
    assert abs(share - 0.5) < 5 * np.sqrt(0.25 / dropped.sum())
    assert not dropout_backward(np.ones(N), mask)[dropped].any()


def test_functional_dropout_ignores_eval():
    torch.manual_seed(0)
    model, x = AlwaysOn().eval(), torch.ones(4, 8)
    assert not torch.equal(model(x), model(x))


def test_fused_attention_ignores_eval():
    torch.manual_seed(0)
    model = AttentionAlwaysOn().eval()
    query, key, value = (torch.randn(2, 3, 7, 5) for _ in range(3))
    assert not torch.equal(model(query, key, value), model(query, key, value))
