"""RoI pooling by adaptive pooling of a crop, RoIAlign by ``grid_sample``, cell centers by autograd."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from snippets.detection_and_segmentation.roi_align import roi_align, roi_pool


def test_pooling_by_adaptive_pooling_of_the_crop():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(3, 20, 31))
    for _ in range(15):
        (x1, x2), (y1, y2) = np.sort(rng.uniform(0, 30 * 16, 2)), np.sort(rng.uniform(0, 19 * 16, 2))
        cells = [int(v / 16 + 0.5) for v in (x1, y1, x2, y2)]
        crop = torch.tensor(features)[None, :, cells[1]:cells[3] + 1, cells[0]:cells[2] + 1]
        for size in (2, 7):
            expected = F.adaptive_max_pool2d(crop, size)[0].numpy()
            got = roi_pool(features, np.array([x1, y1, x2, y2]), 1 / 16, size)
            np.testing.assert_array_equal(got, expected)


def torch_align(features, box, scale, size, samples, aligned=True):
    """``grid_sample`` with corners at the map's edge: it has the half cell built in."""
    channels, height, width = features.shape
    x1, y1, x2, y2 = (float(v) * scale + (0.0 if aligned else 0.5) for v in box)
    w, h = (x2 - x1, y2 - y1) if aligned else (max(x2 - x1, 1.0), max(y2 - y1, 1.0))
    out = torch.zeros(channels, size, size, dtype=features.dtype)
    for i in range(size):
        for j in range(size):
            total = 0
            for a in range(samples):
                for b in range(samples):
                    y = y1 + (i + (a + 0.5) / samples) * h / size
                    x = x1 + (j + (b + 0.5) / samples) * w / size
                    if not (-0.5 <= y <= height + 0.5 and -0.5 <= x <= width + 0.5):
                        continue
                    grid = torch.tensor([[[[2 * x / width - 1, 2 * y / height - 1]]]], dtype=features.dtype)
                    total = total + F.grid_sample(features[None], grid, mode="bilinear",
                                                  padding_mode="border", align_corners=False)[0, :, 0, 0]
            out[:, i, j] = total / samples**2
    return out


def test_align_and_its_gradient_by_grid_sample():
    rng = np.random.default_rng(1)
    other = rng.normal(size=(2, 6, 9))
    for box in ([20.0, 11, 97, 66], [-40, -30, 60, 50], [100, 60, 200, 140], [50, 40, 53, 41]):
        for size, samples, aligned in [(3, 2, True), (2, 3, True), (3, 2, False)]:
            features = torch.tensor(rng.normal(size=(2, 6, 9)), requires_grad=True)
            expected = torch_align(features, box, 1 / 16, size, samples, aligned)
            got = roi_align(features.detach().numpy(), np.array(box), 1 / 16, size, samples, aligned)
            np.testing.assert_allclose(got, expected.detach().numpy(), atol=1e-12)
            # The layer is linear, so its gradient is its transpose: <u, L(other)> = <L'u, other>.
            u = rng.normal(size=expected.shape)
            gradient = torch.autograd.grad(expected, features, torch.tensor(u))[0].numpy()
            forward = roi_align(other, np.array(box), 1 / 16, size, samples, aligned)
            np.testing.assert_allclose((u * forward).sum(), (gradient * other).sum(), atol=1e-12)


def center_of_gravity(layers, cell):
    """Mean pixel index that one output cell reads, with equal weights everywhere."""
    pixels = torch.ones(1, 1, 1, 512, dtype=torch.float64, requires_grad=True)
    out = nn.Sequential(*layers).double()(pixels)
    weight = torch.autograd.grad(out[0, 0, 0, cell], pixels)[0][0, 0, 0]
    return float((weight * torch.arange(512)).sum() / weight.sum())


def test_where_the_center_of_a_cell_is_depends_on_the_padding():
    pool = [nn.AvgPool2d((1, 2)) for _ in range(4)]  # VGG: 2-wide pooling
    conv = []
    for _ in range(4):  # ResNet: 3-wide, stride 2, padding 1
        layer = nn.Conv2d(1, 1, (1, 3), stride=(1, 2), padding=(0, 1), bias=False)
        nn.init.constant_(layer.weight, 1 / 3)
        conv.append(layer)
    for cell in (10, 17):
        assert abs(center_of_gravity(pool, cell) - (16 * cell + 7.5)) < 1e-9
        assert abs(center_of_gravity(conv, cell) - 16 * cell) < 1e-9


def test_in_single_precision_57_cells_in_7_bins_end_above_57():
    size = np.float32(57) / np.float32(7)
    assert np.float32(7) * size > 57 and np.float32(7) * (np.float32(56) / np.float32(7)) == 56


def test_pooled_features_keep_their_type():
    features = np.ones((1, 5, 3), np.float32)
    assert roi_pool(features, np.array([0.0, 0, 2, 4]), 1.0, size=2).dtype == np.float32
