"""The synthetic world, and the two kinds of classifier."""

import pytest
import torch

from snippets.detection_and_segmentation.detect_many_classes_torch import (
    CLASSES,
    EMBEDDING,
    FEATURES,
    NOVEL,
    Classifier,
    World,
    sampled_softmax,
    train,
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
    everywhere = w.features(torch.arange(CLASSES), torch.Generator().manual_seed(2))
    # 4 E[tanh(z)^2] = 4 * 0.394 from the class, z standard normal, and 0.64 of noise
    assert abs(everywhere.var().item() - (4 * 0.394 + 0.64)) < 0.15


def test_four_fifths_of_a_name_come_from_the_class():
    w = world()
    fit = w.vectors @ torch.linalg.lstsq(w.vectors, w.names).solution
    explained = 1 - ((w.names - fit).var() / w.names.var()).item()
    assert abs(explained - 1 / (1 + 0.5**2)) < 0.06  # exactly so before names get length 1


def test_a_seed_makes_the_world_and_its_features():
    one, same, other = world(), world(), world(1)
    assert torch.equal(one.names, same.names) and not torch.equal(one.names, other.names)
    draws = [one.features(torch.arange(5), torch.Generator().manual_seed(s)) for s in (3, 3, 4)]
    assert torch.equal(draws[0], draws[1]) and not torch.equal(draws[0], draws[2])


def test_names_are_fixed_and_learned_weights_are_not():
    learned, named = Classifier(), Classifier(world().names[:CLASSES])
    count = [sum(p.numel() for p in model.parameters() if p.requires_grad)
             for model in (learned, named)]
    embed = FEATURES * 128 + 128 + 128 * EMBEDDING + EMBEDDING
    assert count == [embed + CLASSES * EMBEDDING, embed + 1]
    x = torch.randn(5, FEATURES, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(named(x).norm(dim=1), torch.full((5,), torch.e**3))
    assert named(x).shape == learned(x).shape == (5, EMBEDDING)
    assert torch.equal(named.weight, world().names[:CLASSES])
    assert abs(learned.weight.std().item() - 0.1) < 1e-3
    assert (learned(x).norm(dim=1) - torch.e**3).abs().min() > 1  # only names are compared by angle
    bend = learned(x) + learned(-x) - 2 * learned(0 * x)  # zero if the layers were one linear map
    assert bend.abs().mean() > 0.01


def test_a_drawn_target_does_not_compete_with_itself():
    features, weight = torch.ones(1, 2), torch.eye(3)[:, :2]
    target, nothing = torch.tensor([1]), torch.zeros(3)
    alone = sampled_softmax(features, weight, target, torch.tensor([1, 1]), nothing)
    assert alone.item() == 0
    other = sampled_softmax(features, weight, target, torch.tensor([1, 0]), nothing)
    assert abs(other.item() - torch.tensor(2.0).log().item()) < 1e-6


def test_the_correction_divides_by_how_often_a_class_is_drawn():
    features, weight = torch.ones(2, 2), torch.eye(3)[:, :2]  # logits 1, 1 and 0 for both rows
    log_expected = torch.tensor([2.0, 6.0, 1.0]).log()
    targets, sampled = torch.tensor([1, 0]), torch.tensor([2])
    # e / 6 and e / 2 for the targets, 1 / 1 for the sampled class
    expected = (1 + torch.tensor([6.0, 2.0]) / torch.e).log().mean()
    loss = sampled_softmax(features, weight, targets, sampled, log_expected)
    torch.testing.assert_close(loss, expected)


def test_training_starts_at_chance_and_learns():
    model, losses = train(world(), seed=3, steps=8, batch=64)
    assert len(losses) == 8 and not model.training and not model.by_name
    assert abs(losses[0] - torch.tensor(float(CLASSES)).log().item()) < 0.3
    assert losses[-1] < losses[0] - 0.5


def test_sampling_starts_at_the_loss_that_its_correction_gives():
    w, num = world(), 10_001  # with replacement: more draws than classes
    corrected = train(w, seed=3, steps=1, num_sampled=num, batch=512)[1][0]
    # All logits are nearly equal: 1 + sum over draws j of f_t / f_j, on average num * CLASSES * f_t.
    expected = (w.frequency * torch.log1p(num * CLASSES * w.frequency)).sum().item()
    assert abs(corrected - expected) < 0.35
    plain = train(w, seed=3, steps=1, num_sampled=50, correct=False, batch=512)[1][0]
    assert abs(plain - torch.tensor(51.0).log().item()) < 0.35


def test_the_correction_raises_rare_classes_and_not_frequent_ones():
    w = world()
    w.frequency = torch.full((CLASSES,), 0.5 / (CLASSES - 1))
    w.frequency[0] = 0.5
    loss = train(w, seed=3, steps=1, num_sampled=100, batch=2048)[1][0]
    # Of 100 draws 50 are rare: against the frequent target each counts 9,999 times, against a rare one once.
    frequent, rare = torch.log1p(torch.tensor([50.0 * (CLASSES - 1), 50.0])).tolist()
    assert abs(loss - (frequent + rare) / 2) < 0.8  # twice as far from the opposite correction


def test_training_is_reproducible_and_its_first_step_is_a_hundredth():
    w = world()
    (first, losses), (second, again) = (train(w, seed=5, steps=1, num_sampled=20, batch=32) for _ in range(2))
    assert losses == again and torch.equal(first.weight, second.weight)
    assert losses != train(w, seed=6, steps=1, num_sampled=20, batch=32)[1]
    with torch.random.fork_rng():
        torch.manual_seed(5)
        start = Classifier()
    moved = (first.weight - start.weight).abs().max().item()
    assert moved == pytest.approx(0.01, rel=0.01)  # Adam's first step is the learning rate


def test_a_step_takes_256_regions_if_nothing_is_said():
    w = world()
    default, given = (train(w, seed=5, steps=1, num_sampled=5, **batch)[1] for batch in ({}, {"batch": 256}))
    assert default == given


def test_training_by_name_leaves_the_names_as_they_are():
    w = world()
    model, losses = train(w, seed=3, steps=2, by_name=True, batch=32)
    assert len(losses) == 2 and torch.equal(model.weight, w.names[:CLASSES])
