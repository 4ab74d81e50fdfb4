"""The same numbers as PyTorch's linear layer, autograd, SGD and its counter of operations."""

import itertools

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from snippets.backpropagation.matrix_form import layer_backward, layer_forward, step_cost, train_step


def test_layer_matches_torch():
    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (torch.randn(shape, generator=generator, dtype=torch.float64,
                                   requires_grad=True) for shape in ((7, 3), (5, 3), (5,)))
    out = torch.nn.functional.linear(x, weight, bias)  # PyTorch keeps the weight as (K, D)
    grad_out = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    out.backward(grad_out)
    ours = [array.detach().numpy() for array in (x, weight.T, bias)]
    np.testing.assert_allclose(layer_forward(*ours), out.detach().numpy(), atol=1e-13)
    grads = layer_backward(grad_out.numpy(), *ours[:2])
    for mine, theirs in zip(grads, (x.grad, weight.grad.T, bias.grad), strict=True):
        np.testing.assert_allclose(mine, theirs.numpy(), atol=1e-13)


def model_and_arrays(sizes: list[int]):
    torch.manual_seed(1)
    layers = []
    for size, out in itertools.pairwise(sizes):
        layers += [torch.nn.Linear(size, out, dtype=torch.float64), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    weights = [layer.weight.detach().numpy().T.copy() for layer in linear]
    return model, linear, weights, [layer.bias.detach().numpy().copy() for layer in linear]


def test_ten_steps_match_torch():
    model, linear, weights, biases = model_and_arrays([3, 7, 5, 2])
    x, targets = torch.randn(11, 3, dtype=torch.float64), torch.randn(11, 2, dtype=torch.float64)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(10):
        optimizer.zero_grad()
        loss = 0.5 * ((model(x) - targets) ** 2).sum() / len(x)
        loss.backward()
        optimizer.step()
        ours = train_step(x.numpy(), targets.numpy(), weights, biases, lr=0.1)
        np.testing.assert_allclose(ours, loss.item(), rtol=1e-12)
    for weight, bias, layer in zip(weights, biases, linear, strict=True):
        np.testing.assert_allclose(weight, layer.weight.detach().numpy().T, atol=1e-12)
        np.testing.assert_allclose(bias, layer.bias.detach().numpy(), atol=1e-12)


def test_operations_match_torchs_counter():
    sizes = [13, 11, 7, 3]
    model, *_ = model_and_arrays(sizes)
    x = torch.randn(5, 13, dtype=torch.float64)
    with FlopCounterMode(display=False) as counter:
        model(x).sum().backward()
    assert counter.get_total_flops() == step_cost(sizes, 5)


def test_a_transpose_is_a_view():
    weight = np.arange(6.0).reshape(2, 3)
    assert np.shares_memory(weight, weight.T) and weight.T.strides == weight.strides[::-1]
