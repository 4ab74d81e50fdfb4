"""Random graphs, and a training run, in PyTorch float64; the cost of both modes counted by it."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.func import jacfwd, jacrev
from torch.utils.flop_counter import FlopCounterMode

from snippets.backpropagation.autograd import Tensor, cross_entropy, topological_order, train

SHAPES = [(), (3,), (1, 3), (5, 3), (5, 1), (2, 1, 3)]


def random_graph(rng: np.random.Generator, leaves: list, size: int) -> tuple:
    """Apply the same random operations to ours and to PyTorch's tensors."""
    pairs = [(Tensor(leaf), torch.tensor(leaf, requires_grad=True)) for leaf in leaves]
    nodes = list(pairs)
    for _ in range(size):
        a, at = nodes[rng.integers(len(nodes))]
        b, bt = nodes[rng.integers(len(nodes))]
        operation = rng.integers(10)
        if operation == 0:
            new = a + b, at + bt
        elif operation == 1:
            new = a * b, at * bt
        elif operation == 2:
            new = a - b * 0.5, at - bt * 0.5
        elif operation == 3:
            new = a.tanh(), at.tanh()
        elif operation == 4:
            new = a.relu(), at.relu()
        elif operation == 5:
            new = a.tanh().exp(), at.tanh().exp()
        elif operation == 6:
            new = (a * a + 1.0).log(), (at * at + 1.0).log()
        elif operation == 7:
            new = a / (b * b + 2.0), at / (bt * bt + 2.0)
        elif operation == 8 and a.data.ndim > 0:
            axis = int(rng.integers(a.data.ndim))
            new = a.sum(axis=axis, keepdims=True), at.sum(axis, keepdim=True)
        elif a.data.ndim >= 2:
            weight = rng.normal(size=(a.data.shape[-1], 3))
            new = a @ weight, at @ torch.tensor(weight)
        else:
            continue
        nodes.append(new)
    loss, loss_t = Tensor(0.0), torch.zeros((), dtype=torch.float64)
    for ours, theirs in nodes:
        weight = rng.normal()
        loss, loss_t = loss + ours.tanh().sum() * weight, loss_t + theirs.tanh().sum() * weight
    return loss, loss_t, pairs


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_match_torch(seed):
    rng = np.random.default_rng(seed)
    leaves = [rng.normal(size=shape) for shape in SHAPES]
    loss, loss_t, pairs = random_graph(rng, leaves, 25)
    loss.backward()
    loss_t.backward()
    np.testing.assert_allclose(loss.data, loss_t.item(), rtol=1e-11)
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours.grad, theirs.grad.numpy(), rtol=1e-9, atol=1e-11)


def test_batched_matrix_products_match_torch():
    rng = np.random.default_rng(0)
    for shapes in (((5, 3), (3, 2)), ((7, 5, 3), (3, 2)), ((7, 1, 5, 3), (4, 3, 2))):
        arrays = [rng.normal(size=shape) for shape in shapes]
        ours = [Tensor(a) for a in arrays]
        theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
        (ours[0] @ ours[1]).tanh().sum().backward()
        (theirs[0] @ theirs[1]).tanh().sum().backward()
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a.grad, b.grad.numpy(), atol=1e-12)


def test_fifty_steps_of_training_match_torch():
    rng = np.random.default_rng(1)
    x, labels = rng.normal(size=(20, 2)), rng.integers(0, 3, 20)
    params = [rng.normal(size=shape) for shape in ((2, 5), (5,), (5, 3), (3,))]
    losses, trained = train(x, np.eye(3)[labels], params, 0.3, 50)
    theirs = [torch.tensor(p, requires_grad=True) for p in params]
    for ours in losses:
        logits = torch.tanh(torch.tensor(x) @ theirs[0] + theirs[1]) @ theirs[2] + theirs[3]
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
        np.testing.assert_allclose(ours, loss.item(), rtol=1e-10)
        grads = torch.autograd.grad(loss, theirs)
        theirs = [(p - 0.3 * g).detach().requires_grad_() for p, g in zip(theirs, grads, strict=True)]
    for a, b in zip(trained, theirs, strict=True):
        np.testing.assert_allclose(a, b.detach().numpy(), atol=1e-10)


@pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")
@pytest.mark.parametrize(("sizes", "expected"), [
    ([100, 100, 100, 1], (40_200, 4_100_400, 80_400)),
    ([1, 100, 100, 100], (40_200, 120_600, 4_060_200)),
    ([100, 100, 100, 100], (60_000, 6_120_000, 6_060_000)),
])
def test_the_page_s_cost_of_a_whole_jacobian(sizes, expected):
    rng = np.random.default_rng(0)
    weights = [torch.tensor(rng.normal(size=(a, b))) for a, b in pairwise(sizes)]

    def network(x):
        for weight in weights[:-1]:
            x = torch.tanh(x @ weight)
        return x @ weights[-1]

    found = []
    for function in (network, jacfwd(network), jacrev(network)):
        with FlopCounterMode(display=False) as counter:
            function(torch.ones(1, sizes[0], dtype=torch.float64))
        found.append(counter.get_total_flops())
    assert tuple(found) == expected


def test_the_page_s_bottleneck_is_cheapest_from_both_ends():
    def product(a, b):  # (rows, inner) times (inner, columns)
        return a[0] * a[1] * b[1], (a[0], b[1])

    j1, j2, j3, j4 = (100, 100), (2, 100), (100, 2), (100, 100)  # widths 100-100-2-100-100
    c1, p = product(j2, j1)
    c2, p = product(j3, p)
    c3, _ = product(j4, p)
    left, p = product(j2, j1)
    right, q = product(j4, j3)
    middle, _ = product(q, p)
    assert c1 + c2 + c3 == 1_040_000 and left + right + middle == 60_000


def test_the_page_s_order_for_a_scalar_loss():
    """Vector times matrix is the cheapest bracketing from width two on, and not with width one."""
    def cheapest(sizes):
        best = {}
        for span in range(1, len(sizes)):
            for i in range(len(sizes) - span):
                j = i + span
                best[i, j] = min((best[i, k] + best[k, j] + sizes[i] * sizes[k] * sizes[j]
                                  for k in range(i + 1, j)), default=0)
        return best[0, len(sizes) - 1]

    rng = np.random.default_rng(0)
    for _ in range(500):
        sizes = [1, *rng.integers(2, 9, rng.integers(2, 7)).tolist()]
        assert cheapest(sizes) == sum(a * b for a, b in pairwise(sizes[1:]))
    assert cheapest([1, 1, 5, 1]) == 6 < 1 * 5 + 5 * 1
    assert cheapest([100, 100, 2, 100, 100]) == 60_000


def test_the_page_s_circle():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 2))
    labels = (np.hypot(*x.T) > np.sqrt(np.log(4))).astype(np.int64)
    params = [rng.normal(size=(2, 8)), np.zeros(8), rng.normal(size=(8, 2)) / 3, np.zeros(2)]
    losses, (w1, b1, w2, b2) = train(x, np.eye(2)[labels], params, 1.0, 300)
    assert (round(losses[0], 3), round(losses[-1], 3)) == (0.807, 0.118)
    assert (np.argmax(np.tanh(x @ w1 + b1) @ w2 + b2, axis=1) == labels).mean() == 0.98
    w1, b1, w2, b2 = (Tensor(p) for p in params)
    graph = cross_entropy((x @ w1 + b1).tanh() @ w2 + b2, np.eye(2)[labels])
    assert len(topological_order(graph)) == 25
