"""Costs counted by hooks in a real VGG-16; loss, gradient and thin layers by PyTorch."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from snippets.detection_and_segmentation.rcnn_family import (
    FC6,
    FC7,
    OUTPUTS,
    WIDTHS,
    conv_macs,
    fast_rcnn_loss,
    head_macs,
    truncated_svd,
)


def test_multiply_adds_by_hooks_on_the_layers():
    layers, channels, total = [], 3, []
    for block in WIDTHS:
        for out in block:
            layers += [nn.utils.skip_init(nn.Conv2d, channels, out, 3, padding=1), nn.ReLU()]
            channels = out
        layers.append(nn.MaxPool2d(2))
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(lambda m, i, o: total.append(m.weight.numel() * o[0, 0].numel()))
    with torch.no_grad():
        nn.Sequential(*layers)(torch.zeros(1, 3, 37, 50))
    assert sum(total) == conv_macs(37, 50)
    head = [nn.utils.skip_init(nn.Linear, *shape) for shape in (FC6, FC7, OUTPUTS)]
    assert 300 * sum(layer.weight.numel() for layer in head) == head_macs(300)


def test_loss_and_gradient_by_torch():
    rng = np.random.default_rng(0)
    labels, targets = rng.integers(0, 6, 40), rng.normal(size=(40, 4))
    logits = torch.tensor(rng.normal(size=(40, 6)), requires_grad=True)
    offsets = torch.tensor(rng.normal(size=(40, 6, 4)), requires_grad=True)
    cls = F.cross_entropy(logits, torch.tensor(labels))
    index = torch.tensor(np.flatnonzero(labels > 0))
    box = F.smooth_l1_loss(offsets[index, torch.tensor(labels)[index]], torch.tensor(targets)[index],
                           reduction="sum") / 40
    (cls + box).backward()
    got = fast_rcnn_loss(logits.detach().numpy(), offsets.detach().numpy(), labels, targets)
    np.testing.assert_allclose(got[:2], [cls.item(), box.item()], rtol=1e-12)
    np.testing.assert_allclose(got[2], logits.grad.numpy(), atol=1e-15)
    np.testing.assert_allclose(got[3], offsets.grad.numpy(), atol=1e-15)


def test_thin_layers_by_torch():
    rng = np.random.default_rng(1)
    weight = rng.normal(size=(11, 7))
    first, second = truncated_svd(weight, 4)
    u, s, vh = torch.linalg.svd(torch.tensor(weight), full_matrices=False)
    s[4:] = 0
    np.testing.assert_allclose(second @ first, (u @ torch.diag(s) @ vh).numpy(), atol=1e-12)
