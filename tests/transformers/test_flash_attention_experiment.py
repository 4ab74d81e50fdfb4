"""The page's table from the committed run, and the memory measured again."""

import json
from pathlib import Path

import numpy as np

from snippets.transformers import flash_attention_experiment as experiment
from snippets.transformers.flash_attention import flash_attention

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {"naive": (0.70, 202.4), "16": (4.86, 1.1), "64": (0.46, 1.2), "256": (0.31, 2.3),
        "1024": (0.29, 18.4)}


def test_the_table_on_the_page():
    assert (RESULT["length"], RESULT["dim"], RESULT["repeats"]) == (4096, 64, 3)
    assert RESULT["runs"].keys() == PAGE.keys()
    for name, expected in PAGE.items():
        one = RESULT["runs"][name]
        np.testing.assert_allclose([one["seconds"], one["bytes"] / 1e6], expected, atol=0.051)


def test_the_naive_way_is_the_same_function():
    q, k, v = np.random.default_rng(1).standard_normal((3, 40, 8)).astype(np.float32)
    np.testing.assert_allclose(experiment.naive(q, k, v), flash_attention(q, k, v, block_q=8, block_k=8)[0],
                               atol=1e-5)


def test_naive_memory_grows_with_the_square_and_tiled_memory_with_the_length():
    q, k, v = np.random.default_rng(2).standard_normal((3, 512, 64)).astype(np.float32)
    naive = experiment.measure(lambda: experiment.naive(q, k, v), 1)["bytes"]
    tiled = experiment.measure(lambda: flash_attention(q, k, v), 1)["bytes"]
    assert naive > 2 * 512 * 512 * 4 and tiled < 512 * 512 * 4
