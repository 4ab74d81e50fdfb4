"""The same gradients as PyTorch's autograd, on the worked graph and on a dense one."""

import itertools

import numpy as np
import pytest
import torch

from snippets.backpropagation.backpropagation import backward, dense_graph, forward, forward_mode


def test_worked_graph_matches_torch():
    x = torch.tensor(2.0, dtype=torch.float64)
    w, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (1.5, -1.0))
    u = x * w
    v = u + b
    u.retain_grad()
    v.retain_grad()
    (u * v).backward()
    assert [w.grad.item(), b.grad.item(), u.grad.item(), v.grad.item()] == [10.0, 3.0, 5.0, 3.0]


def test_torch_adds_to_the_gradient_that_is_already_there():
    w = torch.tensor(1.5, requires_grad=True)
    for expected in (2.0, 4.0):
        (2.0 * w).backward()
        assert w.grad.item() == expected


def test_dense_graph_matches_torch():
    sizes = [5, 7, 3, 2]
    graph = dense_graph(sizes)
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(5, generator=generator, dtype=torch.float64)
    weights = [torch.randn(out, size, generator=generator, dtype=torch.float64, requires_grad=True)
               for size, out in itertools.pairwise(sizes)]
    hidden = x
    for weight in weights:
        hidden = torch.tanh(weight @ hidden)
    hidden.sum().backward()
    inputs = torch.cat([x, *(weight.detach().ravel() for weight in weights)]).tolist()
    values = forward(graph, inputs)
    np.testing.assert_allclose(values[-1], hidden.sum().item(), rtol=1e-12)
    grads, _ = backward(graph, values)
    ours = [g for g, (kind, _) in zip(grads, graph, strict=True) if kind == "parameter"]
    theirs = torch.cat([weight.grad.ravel() for weight in weights]).numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_what_torch_records():
    w = torch.tensor(1.5, requires_grad=True)
    loss = torch.tanh(w) * w
    loss.backward()
    with pytest.raises(RuntimeError, match="second time"):  # the saved tensors are freed
        loss.backward()
    y = torch.tanh(w)
    y.add_(1)  # overwrites what tanh saved
    with pytest.raises(RuntimeError, match="inplace"):
        y.backward()
    with torch.no_grad():
        assert (2 * w).grad_fn is None
    assert (2 * w.detach()).grad_fn is None


def test_a_parent_too_many_stops_both_passes():
    graph = [("parameter", ()), ("parameter", ()), ("tanh", (0, 1))]  # the second would be left out
    values = forward(graph, [0.5, 2.0])
    with pytest.raises(ValueError, match="shorter"):
        backward(graph, values)
    with pytest.raises(ValueError, match="shorter"):
        forward_mode(graph, values, 0)


def test_torchs_slope_at_a_kink_and_on_steps():
    for function in (torch.relu, torch.round):
        x = torch.zeros(1, requires_grad=True)
        function(x).sum().backward()
        assert x.grad.item() == 0.0


def test_the_error_of_the_forward_gradient_is_p_plus_1():
    rng = np.random.default_rng(0)
    size, samples = 50, 20_000
    g = rng.normal(size=size)
    t = rng.normal(size=(samples, size))
    estimates = (t @ g)[:, None] * t
    errors = np.sum((estimates - g) ** 2, axis=1) / np.sum(g**2)
    assert abs(errors.mean() - (size + 1)) < 4 * errors.std() / samples**0.5


def test_a_message_says_what_is_wrong_with_the_inputs_or_the_parents():
    graph = [("data", ()), ("tanh", (0,))]
    for inputs, refused in (([], "inputs: 0 are too few"), ([1.0, 2.0], "inputs: 2 are too many")):
        with pytest.raises(ValueError, match=f"^{refused}$"):
            forward(graph, inputs)
    for parent in (-1, 1, 2):
        with pytest.raises(ValueError, match=rf"^parents \({parent},\) must be below 1$"):
            forward([("data", ()), ("tanh", (parent,))], [1.0])
