"""The synthetic world, and the two kinds of classifier."""

import torch

from snippets.detection_and_segmentation.detect_many_classes_torch import (
    CLASSES,
    EMBEDDING,
    FEATURES,
    NOVEL,
    Classifier,
    World,
    sampled_softmax,
)


def world(seed: int = 0) -> World:
    return World(torch.Generator().manual_seed(seed))


def test_frequencies_fall_like_one_over_the_rank_and_novel_classes_have_none():
    w = world()
    assert w.frequency.shape == (CLASSES,) and w.names.shape == (CLASSES + NOVEL, EMBEDDING)
    assert abs(w.frequency.sum().item() - 1) < 1e-5
    assert abs((w.frequency[0] / w.frequency[-1]).item() - 10_009 / 10) < 0.1
    torch.testing.assert_close(w.names.norm(dim=1), torch.ones(CLASSES + NOVEL))


def test_features_of_a_class_scatter_around_one_place():
    w, classes = world(), torch.tensor([3] * 2000 + [7] * 2000)
    x = w.features(classes, torch.Generator().manual_seed(1))
    assert x.shape == (4000, FEATURES)
    scatter = (x[:2000] - x[:2000].mean(dim=0)).std().item()
    assert abs(scatter - 0.8) < 0.01  # 128,000 numbers: standard error 0.0016
    assert (x[:2000].mean(dim=0) - x[2000:].mean(dim=0)).abs().mean() > 0.5


def test_names_are_fixed_and_learned_weights_are_not():
    learned, named = Classifier(), Classifier(world().names[:CLASSES])
    count = [sum(p.numel() for p in model.parameters() if p.requires_grad)
             for model in (learned, named)]
    embed = FEATURES * 128 + 128 + 128 * EMBEDDING + EMBEDDING
    assert count == [embed + CLASSES * EMBEDDING, embed + 1]
    x = torch.randn(5, FEATURES, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(named(x).norm(dim=1), torch.full((5,), torch.e**3))
    assert named(x).shape == learned(x).shape == (5, EMBEDDING)


def test_a_drawn_target_does_not_compete_with_itself():
    features, weight = torch.ones(1, 2), torch.eye(3)[:, :2]
    target, nothing = torch.tensor([1]), torch.zeros(3)
    alone = sampled_softmax(features, weight, target, torch.tensor([1, 1]), nothing)
    assert alone.item() == 0
    other = sampled_softmax(features, weight, target, torch.tensor([1, 0]), nothing)
    assert abs(other.item() - torch.tensor(2.0).log().item()) < 1e-6
