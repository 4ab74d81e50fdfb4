"""The same facts from PyTorch's modules and its optimizer."""

import numpy as np
import torch
from torch import nn

from snippets.activations_and_losses.why_nonlinearity import collapse, xor_network

BITS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
TARGETS = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)


def test_collapsed_stack_equals_torch_linear_layers():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 7), nn.Linear(7, 2), nn.Linear(2, 3)).double()
    x = torch.randn(11, 5, dtype=torch.float64)
    weight, bias = collapse([layer.weight.detach().numpy().T for layer in model],
                            [layer.bias.detach().numpy() for layer in model])
    np.testing.assert_allclose(x.numpy() @ weight + bias, model(x).detach().numpy(), rtol=1e-10)


def test_hand_built_xor_equals_torch_relu_layers():
    hidden, output = nn.Linear(2, 2).double(), nn.Linear(2, 1).double()
    with torch.no_grad():
        hidden.weight.fill_(1.0)
        hidden.bias.copy_(torch.tensor([0.0, -1.0]))
        output.weight.copy_(torch.tensor([[1.0, -2.0]]))
        output.bias.zero_()
    x = torch.cat([BITS, torch.randn(20, 2, dtype=torch.float64)])
    theirs = output(torch.relu(hidden(x)))[:, 0].detach().numpy()
    np.testing.assert_allclose(xor_network(x.numpy()), theirs, atol=1e-12)


def test_training_a_deep_linear_network_on_xor_ends_at_a_quarter():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(700):
        loss = nn.functional.mse_loss(model(BITS), TARGETS)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    np.testing.assert_allclose(loss.item(), 0.25, atol=1e-6)
