"""The page's numbers stand in the committed run, and a small run repeats them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.representation import transfer_learning_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
LABELS = (2, 5, 20, 100)


def runs(start: str, frozen: int, labels: int) -> np.ndarray:
    values = np.array(RESULT["runs"][f"moved {start} {frozen} {labels}"])
    assert values.shape == (6,)
    return values


def test_the_table_of_the_page():
    expected = {
        ("random", 0): "21.5 23.9 31.4 66.5", ("source", 0): "23.6 27.0 46.9 82.3",
        ("source", 2): "24.0 27.3 49.2 82.1", ("source", 3): "24.5 27.6 48.8 76.3",
        ("source", 4): "26.4 33.3 47.2 51.1", ("random", 4): "21.0 22.7 22.4 23.4",
    }
    for (start, frozen), line in expected.items():
        found = " ".join(f"{runs(start, frozen, labels).mean():.1f}" for labels in LABELS)
        assert found == line, (start, frozen)
        spreads = [runs(start, frozen, labels).std(ddof=1) for labels in LABELS]
        assert min(spreads) > 1.5 and max(spreads) < 6.5


def test_transfer_beats_scratch_in_every_split_from_20_labels_on():
    gains = {labels: runs("source", 0, labels) - runs("random", 0, labels) for labels in LABELS}
    assert (gains[20] > 0).all() and (gains[100] > 0).all()
    assert [f"{gains[labels].mean():.1f}" for labels in LABELS] == ["2.0", "3.1", "15.5", "15.8"]
    errors = [f"{gains[labels].std(ddof=1) / 6**0.5:.1f}" for labels in (2, 5)]
    assert errors == ["1.6", "1.7"]


def test_the_best_number_of_frozen_layers_moves_with_the_labels():
    gains = {labels: runs("source", 4, labels) - runs("source", 0, labels) for labels in LABELS}
    assert (gains[5] > 0).all() and f"{gains[5].mean():.1f}" == "6.3"
    assert f"{gains[20].mean():.1f} {gains[20].std(ddof=1) / 6**0.5:.1f}" == "0.2 2.2"
    costs = [f"{(runs('source', 0, 100) - runs('source', k, 100)).mean():.1f}" for k in (2, 3, 4)]
    assert costs == ["0.2", "6.0", "31.2"]
    assert f"{(runs('random', 0, 100) - runs('source', 4, 100)).mean():.1f}" == "15.3"


def test_more_steps_help_the_head_and_nothing_else():
    more = {name: np.array(values) for name, values in RESULT["fairness"].items()}
    assert all(values.shape == (6,) for values in more.values())
    means = {name: f"{values.mean():.1f}" for name, values in more.items() if "steps" in name}
    assert means == {"head only, 2000 steps": "63.1", "nothing frozen, 1000 steps": "82.8",
                     "from scratch, 1000 steps": "66.0"}
    head = more["head only, 2000 steps"]
    assert f"{(runs('source', 0, 100) - head).mean():.1f}" == "19.2"
    below = runs("random", 0, 100) - head
    assert f"{below.mean():.1f} {below.std(ddof=1) / 6**0.5:.1f}" == "3.3 2.1"


def test_with_an_augmented_target_scratch_nearly_closes_the_gap():
    fair = {}
    for name in ("from scratch", "nothing frozen", "head only"):
        fair[name] = np.array([RESULT["fairness"][f"{name}, augmented, {k} labels"] for k in (5, 20, 100)])
    rows = {name: " ".join(f"{value:.1f}" for value in values.mean(axis=1)) for name, values in fair.items()}
    assert rows == {"from scratch": "83.7 89.5 90.1", "nothing frozen": "87.4 92.2 93.9",
                    "head only": "49.6 53.6 55.9"}
    gains = fair["nothing frozen"] - fair["from scratch"]
    errors = gains.std(axis=1, ddof=1) / 6**0.5
    found = " ".join(f"{a:.1f}±{b:.1f}" for a, b in zip(gains.mean(axis=1), errors, strict=True))
    assert found == "3.7±1.4 2.7±1.0 3.8±1.0"
    assert (fair["head only"] < fair["from scratch"]).all()


def test_augmentation_draws_new_places_for_every_batch(monkeypatch):
    seen = []

    def watch(model, batches, frozen, lr):
        seen.extend(inputs.clone() for inputs, _ in batches)
        return model

    monkeypatch.setattr(experiment, "fit", watch)
    for augment in (False, True):
        experiment.adapt(None, 0, "random", 0, 2, steps=2, augment=augment)
    assert [x.shape for x in seen] == [(10, 1, 14, 14)] * 4

    def ink(x):
        return {round(one.sum().item(), 4) for one in x}

    assert ink(seen[0]) == ink(seen[1]) and not ink(seen[2]) & ink(seen[3])


def test_frozen_random_layers_are_worse_at_every_depth():
    pairs = [(runs("random", k, 100).mean(), runs("source", k, 100).mean()) for k in (1, 2, 3, 4)]
    assert all(random < source for random, source in pairs)
    assert [f"{a:.1f} {b:.1f}" for a, b in pairs[:2]] == ["66.1 81.7", "57.8 82.1"]


def test_on_clean_digits_the_source_adds_nothing():
    clean = [f"{np.mean(RESULT['runs'][f'clean {start} 0 {labels}']):.1f}"
             for labels in (5, 100) for start in ("random", "source")]
    assert clean == ["89.6", "89.1", "98.5", "97.7"]


def test_the_head_of_a_resnet_50_for_ten_classes():
    head, old_head = 2048 * 10 + 10, 2048 * 1000 + 1000
    assert head == 20_490 and 25_557_032 - old_head + head == 23_528_522
    assert f"{100 * head / 23_528_522:.2f}" == "0.09"


def test_source_and_target_classes_are_disjoint_halves():
    source, train, test = experiment.halves(3)
    assert len(source[0]) + len(train[0]) + len(test[0]) == 1797 and len(train[0]) == 600
    flat = {image.numpy().tobytes() for image in source[0]}
    assert not flat & {image.numpy().tobytes() for image in train[0]}
    rows = experiment.few(train[1], 20)
    assert torch.bincount(train[1][rows]).tolist() == [20] * 5


def test_moved_digits_keep_their_ink_and_clean_ones_their_place(monkeypatch):
    images = experiment.halves(0)[0][0][:20]
    generator = torch.Generator().manual_seed(0)
    clean = experiment.canvases(images, False, generator)
    assert torch.equal(clean[:, :, 3:11, 3:11], images) and clean.sum() == images.sum()
    noisy = experiment.canvases(images, True, generator)
    assert noisy.shape == (20, 1, 14, 14) and (noisy < 0).any()
    monkeypatch.setattr(experiment, "NOISE", 0.0)
    moved = experiment.canvases(images, True, generator)
    torch.testing.assert_close(moved.sum((1, 2, 3)), images.sum((1, 2, 3)))
    assert not torch.equal(moved, clean)


def test_frozen_layers_stay_and_the_rest_learns():
    model = experiment.network(torch.Generator().manual_seed(0))
    before = {key: value.clone() for key, value in model.state_dict().items()}
    x, y = torch.rand(10, 1, 14, 14), torch.arange(10) % 5
    with torch.no_grad():
        features = model[:2](x)
    experiment.fit(model, [(features, y)] * 3, 2, 0.01)
    for key, value in model.state_dict().items():
        assert torch.equal(value, before[key]) == (key[0] in "01"), key


@pytest.mark.slow
def test_a_short_run_repeats_what_was_committed():
    *logits, accuracy = experiment.short()
    np.testing.assert_allclose(logits, RESULT["short"][:-1], atol=0.02)
    assert abs(accuracy - RESULT["short"][-1]) < 1.5
