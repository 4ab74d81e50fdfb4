"""The same outputs and gradients from torch.nn.functional.conv1d in float64."""

import numpy as np
import pytest
import torch

from snippets.sequences.temporal_convolution import causal_conv1d, causal_conv1d_backward, stream_step


def test_outputs_and_gradients_match_torch():
    sizes = [(2, 3, 11, 5, 4, 2), (1, 2, 6, 3, 2, 1), (3, 1, 5, 2, 3, 4)]
    for seed, (batch, channels, steps, out, taps, dilation) in enumerate(sizes):
        rng = np.random.default_rng(seed)
        x, weight = rng.standard_normal((batch, channels, steps)), rng.standard_normal((out, channels, taps))
        bias, grad = rng.standard_normal(out), rng.standard_normal((batch, out, steps))
        tensors = [torch.tensor(one, requires_grad=True) for one in (x, weight, bias)]
        padded = torch.nn.functional.pad(tensors[0], ((taps - 1) * dilation, 0))
        y = torch.nn.functional.conv1d(padded, tensors[1], tensors[2], dilation=dilation)
        (y * torch.tensor(grad)).sum().backward()
        np.testing.assert_allclose(causal_conv1d(x, weight, bias, dilation), y.detach().numpy(), atol=1e-12)
        for ours, tensor in zip(causal_conv1d_backward(x, weight, dilation, grad), tensors, strict=True):
            np.testing.assert_allclose(ours, tensor.grad.numpy(), atol=1e-12)


def test_the_widest_type_among_the_inputs_decides():
    rng = np.random.default_rng(3)
    x, weight, bias = (rng.standard_normal(shape) for shape in ((2, 3, 7), (5, 3, 4), 5))
    for wide in range(3):
        mixed = [one if place == wide else one.astype(np.float32)
                 for place, one in enumerate((x, weight, bias))]
        assert causal_conv1d(*mixed, 2).dtype == np.float64
    grad = rng.standard_normal((2, 5, 7)).astype(np.float32)
    grads = causal_conv1d_backward(x, weight.astype(np.float32), 2, grad)
    assert grads[1].dtype == np.float64  # the weights' gradient is made of the inputs
    grads = causal_conv1d_backward(x.astype(np.float32), weight, 2, grad)
    assert grads[0].dtype == np.float64  # and the inputs' of the weights


def test_a_buffer_of_another_length_is_told_the_right_one():
    with pytest.raises(ValueError, match=r"^buffer must be \(2, 3, 6\), got \(2, 3, 7\)$"):
        stream_step(np.zeros((2, 3)), np.zeros((2, 3, 7)), np.zeros((5, 3, 4)), np.zeros(5), 2)
