"""The same numbers from libraries."""

import math

import numpy as np
import torch

from snippets.perspective.question_lists import gradients, reverse_bits, sigmoid, square_root


def test_root_as_math_has_it():
    rng = np.random.default_rng(1)
    for x in np.exp(rng.uniform(-200, 200, size=200)):
        assert math.isclose(square_root(float(x)), math.sqrt(x), rel_tol=1e-15)


def test_bits_as_numpy_unpacks_them():
    data = np.random.default_rng(2).integers(0, 256, size=37, dtype=np.uint8)
    expected = np.packbits(np.unpackbits(data)[::-1]).tobytes()
    assert reverse_bits(data.tobytes()) == expected


def test_gradients_as_torch_has_them():
    rng = np.random.default_rng(4)
    arrays = [rng.normal(size=shape) for shape in ((7, 3), (7, 2), (3, 5), (5, 2))]
    x, targets, weight1, weight2 = (torch.tensor(a, requires_grad=True) for a in arrays)
    probs = torch.sigmoid(torch.sigmoid(x @ weight1) @ weight2)
    (0.5 * ((probs - targets) ** 2).sum()).backward()
    found = gradients(*arrays)
    np.testing.assert_allclose(found[0], weight1.grad.numpy(), atol=1e-13)
    np.testing.assert_allclose(found[1], weight2.grad.numpy(), atol=1e-13)
    np.testing.assert_allclose(sigmoid(arrays[0]), torch.sigmoid(x).detach().numpy(), atol=1e-15)
