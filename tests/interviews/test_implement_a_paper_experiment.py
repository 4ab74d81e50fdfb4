"""The page's numbers, read from the committed measurements."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.interviews.explain_a_paper_torch import DyT, TinyViT
from snippets.interviews.implement_a_paper import paired_difference, sign_flip_p
from snippets.interviews.implement_a_paper_experiment import VARIANTS, Scale, chosen, digits, train

ROOT = Path(__file__).parents[2]
RESULT = json.loads(
    (ROOT / "snippets/interviews/implement_a_paper_experiment.json").read_text(encoding="utf-8")
)
PAGE = (ROOT / "docs/interviews/implement_a_paper.md").read_text(encoding="utf-8")


def accuracy(variant: str) -> np.ndarray:
    return np.array([run["test"] for run in chosen(RESULT, variant)[1]])


def row(variant: str) -> str:
    """The line of the page's table, written from the measurements."""
    values = accuracy(variant)
    if variant == "LayerNorm":
        rest = "| – | – |"
    else:
        mean, error = paired_difference(values, accuracy("LayerNorm"))
        p = sign_flip_p(values - accuracy("LayerNorm"))
        rest = f"| {mean:+.1f} ± {error:.1f} | {p:.2f} |".replace("-", "−")
    name = {"LayerNorm": "layer norm"}.get(variant, variant.replace("alpha", "$\\alpha_0$ ="))
    return f"| {name} | {values.mean():.1f} ± {values.std(ddof=1):.1f} {rest}"


def test_the_table_is_what_was_measured():
    for variant in VARIANTS:
        assert row(variant) in PAGE, row(variant)
        assert chosen(RESULT, variant)[0] == 0.006, "the middle of the sweep, not its edge"


def test_the_default_scale_lost_in_every_seed_and_a_larger_one_in_most_but_by_less():
    norm, default, larger = (accuracy(v) for v in ("LayerNorm", "DyT, alpha 0.5", "DyT, alpha 2"))
    assert np.all(default < norm) and np.all(default < larger)
    assert 0 < np.mean(norm - larger) < np.mean(norm - default) / 5


def test_the_default_scale_fits_the_training_data_worse():
    dyt, norm = (
        np.mean([run["train_loss"] for run in chosen(RESULT, variant)[1]])
        for variant in ("DyT, alpha 0.5", "LayerNorm")
    )
    assert f"(loss {dyt:.2f} against {norm:.2f})" in PAGE


def test_at_the_start_the_default_passes_on_about_half_of_a_small_input():
    for seed in (0, 3, 5):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = TinyViT(VARIANTS["DyT, alpha 0.5"], depth=3)
        sizes = []
        model.blocks[0].norm1.register_forward_hook(
            lambda module, inputs, output, sizes=sizes: sizes.extend(
                float(x.square().mean().sqrt()) for x in (inputs[0], output)
            )
        )
        with torch.no_grad():
            model(digits(seed)[0][0][:300])
        assert 0.35 < sizes[0] < 0.46 and 0.17 < sizes[1] < 0.23, sizes


def test_without_tanh_nothing_diverged_and_the_mean_was_the_best():
    assert max(VARIANTS, key=lambda v: accuracy(v).mean()) == "no tanh, alpha 2"
    assert accuracy("no tanh, alpha 2").min() > 90


def test_every_variant_had_the_same_seeds_and_rates():
    jobs = {(run["variant"], run["lr"], run["seed"]) for run in RESULT["runs"]}
    assert len(jobs) == len(RESULT["runs"]) == len(VARIANTS) * len(RESULT["rates"]) * len(RESULT["seeds"])
    assert len(RESULT["seeds"]) == 6


def test_the_three_parts_of_the_data_share_no_image():
    parts = digits(0)
    assert [len(targets) for _, targets in parts] == [1200, 297, 300]
    whole = torch.cat([x for x, _ in parts])
    again = torch.cat([x for x, _ in digits(1)])
    torch.testing.assert_close(whole.sum(0), again.sum(0))  # another order of the same images
    assert not torch.equal(whole, again)


def test_without_tanh_the_layer_is_linear():
    layer = Scale(5, alpha=2.0)
    x = torch.randn(3, 5, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(layer(7 * x), 7 * layer(x))


def test_variants_start_from_the_same_weights():
    states = []
    for norm in (DyT, Scale):
        with torch.random.fork_rng():
            torch.manual_seed(3)
            states.append(TinyViT(norm, depth=2).state_dict())
    for name in states[0]:
        torch.testing.assert_close(states[0][name], states[1][name])


@pytest.mark.slow
def test_the_default_scale_lags_behind_layer_norm():
    losses = {v: train(v, 0.006, 0, epochs=4, depth=1)["train_loss"] for v in ("LayerNorm", "DyT, alpha 0.5")}
    assert losses["LayerNorm"] + 0.2 < losses["DyT, alpha 0.5"], losses
