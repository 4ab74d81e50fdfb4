"""The times that the page shows, and that a run on another machine has the same order."""

import json
from pathlib import Path

import torch

from snippets.transformers import grouped_query_attention_experiment as experiment


def test_numbers_on_the_page():
    path = Path(experiment.__file__).with_suffix(".json")
    result = json.loads(path.read_text(encoding="utf-8"))
    assert result["megabytes"] == {"32": 134.2, "8": 33.6, "1": 4.2}
    times = result["milliseconds"]
    page = Path("docs/transformers/grouped_query_attention.md").read_text(encoding="utf-8")
    for groups, size in result["megabytes"].items():
        assert f"| {size} | {times[groups]:.1f} |" in page
    assert 2 < times["32"] / times["8"] < 4  # the read shrinks fourfold, the arithmetic does not


def test_a_smaller_cache_is_read_faster_anywhere():
    times = experiment.run(steps=4096, rounds=5)["milliseconds"]
    assert times["32"] > times["8"] > times["1"]


def test_the_timed_step_is_attention():
    generator = torch.Generator().manual_seed(0)
    query, key, value = (torch.randn(shape, generator=generator) for shape in
                         ((2, 3, 128), (2, 128, 5), (2, 5, 128)))
    expected = torch.nn.functional.scaled_dot_product_attention(query, key.mT, value)
    torch.testing.assert_close(experiment.step(query, key, value), expected)
