"""The same maps through PyTorch's autograd and interpolation in float64."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from snippets.representation.class_activation_maps import (
    class_activation_map,
    enlarge,
    grad_cam,
    relu_backward,
    saliency,
)


def pooled_network():
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(2, 5, 3, padding=1), nn.ReLU(), nn.Conv2d(5, 7, 3, stride=2), nn.ReLU())
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(7, 3))
    return body.double(), head.double(), torch.randn(1, 2, 9, 13, dtype=torch.float64, requires_grad=True)


def test_behind_average_pooling_and_a_linear_head_grad_cam_is_cam_over_the_positions():
    body, head, x = pooled_network()
    features = body(x)  # (1, 7, 4, 6)
    for label in range(3):
        grad, = torch.autograd.grad(head(features)[0, label], features, retain_graph=True)
        cam = class_activation_map(features[0].detach().numpy(), head[2].weight[label].detach().numpy())
        found = grad_cam(features[0].detach().numpy(), grad[0].numpy())
        np.testing.assert_allclose(found, np.maximum(cam, 0) / 24, atol=1e-14)
        logit = head(features)[0, label] - head[2].bias[label]
        assert abs(cam.mean() - logit.item()) < 1e-12


def test_behind_pooling_a_hidden_layer_keeps_the_gradient_equal_at_every_position():
    body, _, x = pooled_network()
    features = body(x)
    pooled = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(7, 5), nn.ReLU(), nn.Linear(5, 3))
    flat = nn.Sequential(nn.Flatten(), nn.Linear(7 * 24, 3))
    spreads = []
    for head in (pooled.double(), flat.double()):
        grad, = torch.autograd.grad(head(features)[0, 1], features, retain_graph=True)
        spreads.append(grad.std(dim=(2, 3)).max().item())
    assert spreads[0] < 1e-15 and spreads[1] > 1e-3


def test_saliency_matches_torch():
    body, head, x = pooled_network()
    head(body(x))[0, 1].backward()
    expected = x.grad[0].abs().amax(0)
    np.testing.assert_allclose(saliency(x.grad[0].numpy()), expected.numpy())


def test_enlarging_matches_torch_s_bilinear_interpolation():
    values = np.random.default_rng(0).standard_normal((3, 5))
    for height, width in ((7, 11), (3, 5), (12, 6)):
        expected = F.interpolate(torch.tensor(values)[None, None], size=(height, width),
                                 mode="bilinear", align_corners=False)[0, 0]
        np.testing.assert_allclose(enlarge(values, height, width), expected.numpy(), atol=1e-12)


def test_the_plain_rule_is_the_derivative():
    pre = torch.randn(4, 5, dtype=torch.float64, requires_grad=True)
    grad = torch.randn(4, 5, dtype=torch.float64)
    F.relu(pre).backward(grad)
    found = relu_backward(grad.numpy(), pre.detach().numpy())
    np.testing.assert_allclose(found, pre.grad.numpy())
