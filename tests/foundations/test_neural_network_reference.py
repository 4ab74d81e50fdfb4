"""The same outputs, sizes and operations as PyTorch's layers."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn

from snippets.foundations.neural_network import count, forward, sigmoid


def test_forward_matches_a_sequential_of_linear_layers():
    sizes = [2, 3, 5, 7]
    generator = torch.Generator().manual_seed(0)
    modules = []
    for d_in, d_out in pairwise(sizes):
        linear = nn.Linear(d_in, d_out, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.normal_(generator=generator)
            linear.bias.normal_(generator=generator)
        modules += [linear, nn.Sigmoid()]
    model = nn.Sequential(*modules[:-1])
    linears = [m for m in model if isinstance(m, nn.Linear)]
    x = torch.randn((11, 2), generator=generator, dtype=torch.float64)
    with torch.no_grad():
        theirs = model(x).numpy()
    weights = [m.weight.detach().numpy().T for m in linears]
    ours = forward(x.numpy(), weights, [m.bias.detach().numpy() for m in linears], sigmoid)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_parameter_count_matches_torch():
    sizes = [784, 300, 100, 10]
    model = nn.Sequential(*[nn.Linear(a, b) for a, b in pairwise(sizes)])
    assert sum(p.numel() for p in model.parameters()) == count(sizes)[0] == 266_610
