"""Loss and gradient of the whole batch from torch's cross-entropy in float64."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from snippets.optimization.gradient_accumulation import accumulate, mean_of_means, train_step


def test_loss_gradient_and_clipped_step_match_torch():
    for seed in range(4):
        rng = np.random.default_rng(seed)
        weight, x = rng.standard_normal((5, 3)), rng.standard_normal((6, 7, 3))
        targets = rng.integers(0, 5, (6, 7))
        targets[rng.random((6, 7)) < 0.4] = -100
        tensor = torch.tensor(weight, requires_grad=True)
        logits = torch.tensor(x) @ tensor.T
        loss = functional.cross_entropy(logits.flatten(0, 1), torch.tensor(targets).flatten())
        loss.backward()
        ours = accumulate(weight, x, targets, [1, 3, 2])
        np.testing.assert_allclose(ours[0], loss.item(), rtol=1e-12)
        np.testing.assert_allclose(ours[1], tensor.grad.numpy(), rtol=1e-11, atol=1e-14)
        torch.nn.utils.clip_grad_norm_([tensor], 0.05)
        step = train_step(weight, x, targets, [5, 1], 0.7, 0.05)
        np.testing.assert_allclose(step, weight - 0.7 * tensor.grad.numpy(), atol=1e-6)  # torch adds 1e-6


def test_the_page_s_table_of_errors():
    rng = np.random.default_rng(0)
    weight, x = rng.standard_normal((5, 3)), rng.standard_normal((6, 7, 3))
    targets = rng.integers(0, 5, (6, 7))
    targets[np.arange(7) >= np.array([7, 1, 5, 2, 6, 1])[:, None]] = -100
    full = accumulate(weight, x, targets, [6])[1]
    found = []
    for sizes in ([3, 3], [1, 5], [2, 1, 3], [1] * 6):
        parts = np.split(np.arange(6), np.cumsum(sizes)[:-1])
        wrong = np.mean([accumulate(weight, x[p], targets[p], [len(p)])[1] for p in parts], axis=0)
        found.append(round(float(np.linalg.norm(wrong - full) / np.linalg.norm(full)), 2))
    assert found == [0.17, 0.24, 0.27, 0.57]


def test_both_means_of_float32_losses_are_taken_in_float64():
    large = np.array([2**24, 1, 1], dtype=np.float32)  # float32 has no 2**24 + 1
    assert mean_of_means(large, np.ones(3)) == ((2**24 + 2) / 3, (2**24 + 2) / 3)


def test_a_batch_in_which_no_token_counts_is_told_so():
    x, targets = np.zeros((2, 3, 5)), np.full((2, 3), -100)
    for rows, sizes in ((2, [2]), (0, [])):
        with pytest.raises(ValueError, match=r"^targets must not all be -100, or none$"):
            accumulate(np.zeros((7, 5)), x[:rows], targets[:rows], sizes)
