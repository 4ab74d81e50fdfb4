"""The same weights, read and gradients from PyTorch in float64."""

import numpy as np
import pytest
import torch

from snippets.sequences.memory_augmented_networks import address, read, read_backward, write


def test_a_read_and_its_gradients_match_torch():
    rng = np.random.default_rng(1)
    memory, key, grad = rng.standard_normal((7, 5)), rng.standard_normal(5), rng.standard_normal(5)
    tm, tk = (torch.tensor(value, requires_grad=True) for value in (memory, key))
    ts = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    weights = torch.softmax(ts * torch.cosine_similarity(tm, tk[None], dim=1), dim=0)
    out = weights @ tm
    (out * torch.tensor(grad)).sum().backward()
    ours = address(memory, key, 3.0)
    np.testing.assert_allclose(ours, weights.detach().numpy(), atol=1e-13)
    np.testing.assert_allclose(read(memory, ours), out.detach().numpy(), atol=1e-13)
    by_memory, by_key, by_strength = read_backward(memory, key, 3.0, grad)
    np.testing.assert_allclose(by_memory, tm.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(by_key, tk.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(by_strength, ts.grad.item(), atol=1e-12)


def test_a_read_with_unit_rows_is_scaled_dot_product_attention():
    rng = np.random.default_rng(2)
    memory, key = rng.standard_normal((7, 4)), rng.standard_normal(4)
    rows, unit = memory / np.linalg.norm(memory, axis=1, keepdims=True), key / np.linalg.norm(key)
    out = torch.nn.functional.scaled_dot_product_attention(
        torch.tensor(unit)[None], torch.tensor(rows), torch.tensor(memory), scale=3.0)
    np.testing.assert_allclose(read(memory, address(memory, key, 3.0)), out[0].numpy(), atol=1e-13)


def test_a_write_matches_torch():
    rng = np.random.default_rng(3)
    memory, add = rng.standard_normal((7, 5)), rng.standard_normal(5)
    weights, erase = rng.uniform(size=7), rng.uniform(size=5)
    tensors = [torch.tensor(value) for value in (memory, weights, erase, add)]
    expected = tensors[0] * (1 - tensors[1][:, None] * tensors[2]) + tensors[1][:, None] * tensors[3]
    np.testing.assert_allclose(write(memory, weights, erase, add), expected.numpy(), atol=1e-14)


def test_directions_that_do_not_exist_are_told_where():
    memory = np.array([[1.0, 2.0], [0.0, 0.0], [3.0, 1.0], [0.0, 0.0]])
    with pytest.raises(ValueError, match=r"^key must not be zero$"):
        address(memory[[0, 2]], np.zeros(2), 1.0)
    with pytest.raises(ValueError, match=r"^memory has a row of zeros: \[1 3\]$"):
        address(memory, np.ones(2), 1.0)
