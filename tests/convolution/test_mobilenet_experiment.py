"""The page's ratios stand in the committed run, and a short run has its form."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from snippets.convolution import mobilenet_experiment
from snippets.convolution.mobilenet_experiment import (
    STAGES,
    folded,
    layer_multiply_adds,
    layers,
    race,
    run,
    summary,
    table,
)
from snippets.convolution.mobilenet_torch import mobilenet_v1

RESULT = json.loads(
    Path(mobilenet_experiment.__file__).with_suffix(".json").read_text(encoding="utf-8")
)
LAST, FIRST = RESULT["channels last"], RESULT["maps first"]


def test_the_pages_table_of_layers():
    rows = {size: (LAST[size]["standard"]["multiply_adds"] / LAST[size]["separable"]["multiply_adds"],
                   LAST[size]["separable"]["speedup"][1]) for size in ("56", "28", "14", "7")}
    assert {size: f"{fewer:.1f} {faster:.1f}" for size, (fewer, faster) in rows.items()} == {
        "56": "8.4 6.0", "28": "8.7 6.5", "14": "8.8 8.7", "7": "8.9 22.8"}
    assert all(LAST[size]["standard"]["multiply_adds"] == 462_422_016 for size in rows)


def test_the_pages_table_of_networks():
    reference = LAST["networks"]["standard"]["multiply_adds"]
    assert {name: f"{reference / row['multiply_adds']:.1f} {row['speedup'][1]:.1f}"
            for name, row in LAST["networks"].items()} == {
        "standard": "1.0 1.0", "v1": "8.6 6.0", "v2": "16.2 6.4", "v3-Large": "22.5 7.7"}
    v1, v2 = LAST["networks"]["v1"], LAST["networks"]["v2"]
    assert f"{v1['multiply_adds'] / v2['multiply_adds']:.2f}" == "1.89"
    assert f"{v2['speedup'][1] / v1['speedup'][1]:.2f}" == "1.08"


def test_where_the_time_goes_at_56_pixels():
    layer = LAST["56"]
    assert f"{layer['depthwise']['per_nanosecond']:.1f}" == "15.5"
    assert f"{layer['standard']['per_nanosecond']:.0f}" == "76"
    parts = layer["depthwise"], layer["pointwise"]
    share = [parts[0][key] / (parts[0][key] + parts[1][key])
             for key in ("multiply_adds", "milliseconds")]
    assert [f"{100 * s:.0f}" for s in share] == ["7", "25"]
    assert f"{layer['depthwise']['milliseconds'] / layer['copy']['milliseconds']:.1f}" == "1.9"
    other = FIRST["56"]["depthwise"]["milliseconds"]
    assert f"{other / layer['depthwise']['milliseconds']:.1f}" == "2.4"


def test_the_inverted_residual_against_its_thin_standard_layer():
    block, thin = LAST["14"]["inverted"], LAST["14"]["thin standard"]
    assert f"{block['multiply_adds'] / thin['multiply_adds']:.2f}" == "1.43"
    assert f"{thin['speedup'][1] / block['speedup'][1]:.1f}" == "1.8"


def test_the_ratios_are_steady():
    # the quartiles of every layer and network lie within 7 percent of the median
    for group in (*LAST.values(), *FIRST.values()):
        for name, row in group.items():
            low, middle, high = row["speedup"]
            if name in ("separable", "v1", "v2", "v3-Large"):
                assert high / middle < 1.08 and low / middle > 0.92, name


def test_the_conditions_of_the_run():
    assert RESULT["threads"] == 1 and RESULT["rounds"] == 15
    assert RESULT["torch"].startswith("2.13")


def test_folding_leaves_the_function_as_it_was():
    model = nn.Sequential(mobilenet_v1(num_classes=3, width=0.25).features[:3])
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    model = model.double().eval()
    x = torch.randn(1, 3, 32, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        before = model(x)
        torch.testing.assert_close(folded(model)(x), before)
    assert not any(isinstance(m, nn.BatchNorm2d) for m in model.modules())


def test_layers_have_the_shapes_of_the_networks():
    assert STAGES == ((128, 24, 56), (256, 32, 28), (512, 64, 14), (1024, 160, 7))
    found = {name: layer_multiply_adds(model, 14) for name, model in layers(512, 64).items()}
    assert found == {"standard": 462_422_016, "copy": 0, "depthwise": 903_168,
                     "pointwise": 51_380_224, "separable": 52_283_392,
                     "inverted": 10_311_168, "thin standard": 7_225_344}


def test_a_summary_pairs_the_rounds():
    row = summary([1.0, 2.0, 4.0], [3.0, 10.0, 8.0], 8_000_000_000)
    assert row == {"multiply_adds": 8_000_000_000, "milliseconds": 2000.0,
                   "per_nanosecond": 4.0, "speedup": [2.0, 3.0, 5.0]}


@pytest.mark.slow
def test_a_short_run_has_the_form_of_the_committed_one():
    # no bound on a speed: it would test the machine and its load
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        result = run(rounds=2, stages=STAGES[2:3], networks=False)
        with torch.inference_mode():
            names = set(race({"a": (nn.Identity(), torch.zeros(1))}, 1))
    finally:
        torch.set_num_threads(threads)
    for title in ("channels last", "maps first"):
        rows = result[title]["14"]
        assert rows.keys() == RESULT[title]["14"].keys()
        assert rows["standard"]["speedup"] == [1.0, 1.0, 1.0]
        for name, row in rows.items():
            assert row["multiply_adds"] == RESULT[title]["14"][name]["multiply_adds"]
            assert row["milliseconds"] >= 0 and row["speedup"] == sorted(row["speedup"])
    assert names == {"a"} and len(table(result).splitlines()) == 14
