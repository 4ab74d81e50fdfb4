"""A PyTorch network's map against a loop that covers one patch at a time, and against gradients."""

import numpy as np
import pytest
import torch
from torch import nn

from snippets.representation.occlusion import occlusion_map


def score_of(model, label):
    def score(x):
        with torch.no_grad():
            return model(torch.tensor(x))[:, label].numpy()
    return score


def test_a_network_s_map_matches_one_patch_at_a_time():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 4 * 6, 5)).double()
    image = torch.randn(2, 6, 8, dtype=torch.float64)
    size, drops, count = 3, torch.zeros(6, 8, dtype=torch.float64), torch.zeros(6, 8)
    with torch.no_grad():
        for y in (0, 2, 3):
            for x in (0, 2, 4, 5):
                mask = torch.zeros(6, 8, dtype=torch.bool)
                mask[y : y + size, x : x + size] = True
                covered = torch.where(mask, torch.tensor(0.7, dtype=torch.float64), image)
                drops += mask * (model(image[None]) - model(covered[None]))[0, 4]
                count += mask
    found = occlusion_map(score_of(model, 4), image.numpy(), size, 2, fill=0.7, batch=7)
    np.testing.assert_allclose(found, (drops / count).numpy(), atol=1e-12)


def test_small_changes_of_one_pixel_give_the_gradient():
    torch.manual_seed(1)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(4 * 3 * 5, 2)).double()
    image = torch.randn(1, 5, 7, dtype=torch.float64, requires_grad=True)
    model(image[None])[0, 1].backward()
    x = image.detach().numpy()
    drops = occlusion_map(score_of(model, 1), x, 1, fill=x - 1e-6)
    np.testing.assert_allclose(drops / 1e-6, image.grad[0].numpy(), atol=1e-5)


def test_one_number_for_several_covered_images_is_no_score():
    with pytest.raises(ValueError, match="longer"):  # or most patches would count as not covered
        occlusion_map(lambda images: [images.sum()], np.ones((1, 2, 3)), 1)
