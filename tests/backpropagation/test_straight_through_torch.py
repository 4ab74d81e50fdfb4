"""The same trick in PyTorch, against its own gumbel_softmax and fake quantization."""

import numpy as np
import torch
import torch.nn.functional as F

from snippets.backpropagation.straight_through import fake_quantize, gumbel_softmax, straight_through_backward
from snippets.backpropagation.straight_through_torch import straight_through, vector_quantize


def test_value_of_one_and_gradient_of_the_other():
    soft = torch.tensor([0.2, 0.8], dtype=torch.float64, requires_grad=True)
    out = straight_through(torch.tensor([0.0, 1.0], dtype=torch.float64), soft)
    torch.testing.assert_close(out.detach(), torch.tensor([0.0, 1.0], dtype=torch.float64))
    (out * torch.tensor([3.0, 5.0])).sum().backward()
    assert soft.grad.tolist() == [3, 5]


def test_gumbel_softmax_matches_autograd_soft_and_hard():
    logits, target = np.array([0.5, 0.0, -0.5]), torch.tensor([0.6, 0.3, 0.1], dtype=torch.float64)
    for hard in (False, True):
        rng = np.random.default_rng(0)
        found = gumbel_softmax(logits, lambda z: 2 * (z - target.numpy()), 11, rng, 0.7, hard)
        noise = torch.tensor(np.random.default_rng(0).gumbel(size=(11, 3)))
        leaf = torch.tensor(np.tile(logits, (11, 1)), requires_grad=True)
        soft = torch.softmax((leaf + noise) / 0.7, dim=-1)
        z = straight_through(F.one_hot(soft.argmax(-1), 3).double(), soft) if hard else soft
        ((z - target) ** 2).sum().backward()
        np.testing.assert_allclose(found, leaf.grad.numpy(), atol=1e-12)


def test_fake_quantize_matches_torch_forward_and_backward():
    x = torch.linspace(-3, 3, 61) + 0.013
    leaf = x.clone().requires_grad_()
    out = torch.fake_quantize_per_tensor_affine(leaf, 0.5, 0, -4, 3)
    grad = torch.arange(61.0)
    out.backward(grad)
    np.testing.assert_allclose(fake_quantize(x.numpy(), 0.5, -4, 3), out.detach().numpy(), atol=1e-6)
    found = straight_through_backward(grad.numpy(), x.numpy(), 0.5, -4, 3)
    np.testing.assert_array_equal(found, leaf.grad.numpy())


def test_a_codebook_copies_the_gradient_and_moves_by_its_own_loss():
    x = torch.tensor([[0.1, 0.0], [0.9, 1.2]], requires_grad=True)
    codebook = torch.tensor([[0.0, 0.0], [1.0, 1.0], [5.0, 5.0]], requires_grad=True)
    codes, loss = vector_quantize(x, codebook)
    torch.testing.assert_close(codes.detach(), torch.tensor([[0.0, 0.0], [1.0, 1.0]]))
    grad = torch.tensor([[1.0, 2.0], [3.0, 5.0]])
    found = torch.autograd.grad((codes * grad).sum(), [x, codebook], retain_graph=True, allow_unused=True)
    torch.testing.assert_close(found[0], grad)
    assert found[1] is None, "the loss of the decoder does not reach the codes"
    loss.backward()
    torch.testing.assert_close(x.grad, 0.25 * 2 * (x - codes).detach() / 4)
    assert codebook.grad[2].abs().sum() == 0, "a code that nobody chose does not move"
