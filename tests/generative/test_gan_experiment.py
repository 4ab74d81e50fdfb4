"""What the page says about the ring is what was measured."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.generative.gan import coverage
from snippets.generative.gan_experiment import (
    STD,
    centers,
    discriminator_loss,
    generator_loss,
    init_mlp,
    judge,
    measure,
    ring,
    run,
    train,
)

RECORD = json.loads(
    (Path(__file__).parents[2] / "snippets/generative/gan_experiment.json").read_text(encoding="utf-8")
)


def test_the_table_of_the_page():
    table = {name: "".join(map(str, sorted(result["covered"]))) + f" {sum(result['good']) / 8:.2f}"
             for name, result in RECORD["settings"].items()}
    assert table == {
        "minimax": "77888888 0.61",
        "non-saturating": "55566667 0.72",
        "minibatch statistic": "88888888 0.72",
        "packing": "67888888 0.27",
        "R1": "88888888 0.63",
    }
    assert (RECORD["runs"], RECORD["steps"]) == (8, 5000)
    seconds = [round(result["cpu_seconds"]) for result in RECORD["settings"].values()]
    assert seconds == [13, 13, 14, 11, 17]


def test_the_non_saturating_loss_starts_faster_and_the_treatments_arrive_early():
    modes = {name: {step: sum(covered) / 8 for step, covered, _ in result["curve"]}
             for name, result in RECORD["settings"].items()}
    assert f"{modes['non-saturating'][1250]:.1f} {modes['minimax'][1250]:.1f}" == "4.1 2.9"
    for name in ("minibatch statistic", "R1"):
        assert min(modes[name][step] for step in range(2000, 5001, 250)) > 7.4
    assert max(modes["non-saturating"][step] for step in range(2000, 5001, 250)) < 6.2


def test_real_points_are_what_the_measure_calls_good_and_complete():
    points = ring(2, 4000, torch.Generator().manual_seed(0))
    covered, good = measure(points)
    assert covered == [8, 8]
    assert min(good) > 0.998  # exp(-8) = 0.03 percent lie beyond four deviations
    ours = coverage(points[1].double().numpy(), centers().double().numpy(), STD)
    assert ours[0] == covered[1] and abs(ours[1] - good[1]) < 1e-4


def test_a_judge_sees_points_packs_or_the_spread_of_the_batch():
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(3, 8, 2, generator=generator)
    assert judge(init_mlp(3, [2, 5, 1], generator), x, "R1").shape == (3, 8, 1)
    assert judge(init_mlp(3, [8, 5, 1], generator), x, "packing").shape == (3, 2, 1)
    d = init_mlp(3, [3, 5, 1], generator)
    near = judge(d, x, "minibatch statistic")
    assert near.shape == (3, 8, 1)
    moved = x.clone()
    moved[:, 1:] *= 3  # the first point stays, its score does not: the statistic is in it
    assert (judge(d, moved, "minibatch statistic")[:, 0] - near[:, 0]).abs().min() > 1e-4


def test_losses_by_hand_and_the_penalty_of_a_linear_judge():
    weight = torch.tensor([[[3.0], [4.0]]])  # one run: logit 3 x + 4 y, slope 5
    bias = torch.zeros(1, 1, 1)
    real, fake = torch.zeros(1, 4, 2), torch.zeros(1, 6, 2)
    plain = discriminator_loss([weight, bias], real, fake, "non-saturating")
    with_r1 = discriminator_loss([weight, bias], real, fake, "R1")
    assert abs(plain.item() - 2 * np.log(2)) < 1e-6
    assert abs(with_r1.item() - plain.item() - 0.5 * 25) < 1e-5
    assert abs(generator_loss([weight, bias], fake, "R1").item() - np.log(2)) < 1e-6
    assert abs(generator_loss([weight, bias], fake, "minimax").item() + np.log(2)) < 1e-6


@pytest.mark.slow
def test_a_short_run_again_finds_more_modes_with_a_batch_statistic():
    record = run(runs=3, steps=600, seed=1, settings=("non-saturating", "minibatch statistic"))
    plain, treated = (record["settings"][name]["covered"]
                      for name in ("non-saturating", "minibatch statistic"))
    assert min(treated) >= 6 > max(plain)
    assert train("R1", 3, 20, 1)["worst"] == train("R1", 3, 20, 1)["worst"]
