"""Each answer that was found wrong fails, by the number on the page."""

import numpy as np
import pytest

from snippets.perspective.question_lists import reverse_bits, square_root
from snippets.perspective.question_lists_mistakes import (
    cosines,
    reverse_bytes,
    taylor_square_root,
)


def test_the_series_works_near_one_and_explodes_at_four():
    assert abs(taylor_square_root(1.5, 40) - 1.5**0.5) < 1e-12
    assert round(taylor_square_root(4.0, 10), 1) == 155.7
    assert round(taylor_square_root(4.0, 20), -5) == 3.0e6
    assert square_root(4.0) == 2.0
    assert abs(2 * taylor_square_root(4.0 / 4, 40) - 2) < 1e-12  # scaled by 4 first
    assert abs(4 * taylor_square_root(30.0 / 16, 400) - 30**0.5) < 1e-3


def test_reversed_bytes_are_not_reversed_bits():
    data = bytes.fromhex("ADDEDEC0")
    assert reverse_bytes(data) == bytes.fromhex("C0DEDEAD") != reverse_bits(data)


def test_the_slope_at_the_wrong_place_points_anywhere():
    found = cosines(1000, np.random.default_rng(0))
    assert round(found.mean(), 2) == -0.09 and np.sum(found < 0) == 575
    assert round(found.std(ddof=1) / 1000**0.5, 2) == 0.02
    assert found.min() < -0.99 and found.max() > 0.9


def test_newton_on_four_as_printed_on_the_page():
    root, seen = 4.0, []
    for _ in range(4):
        root = 0.5 * (root + 4.0 / root)
        seen.append(round(root, 7))
    assert seen == [2.5, 2.05, 2.0006098, 2.0000001]


def test_the_arithmetic_of_the_page():
    standard = 256 * 3 * 5 * 5 * 8 * 8
    assert standard == 1_228_800 and 3 * 5 * 5 * 8 * 8 + 256 * 3 * 8 * 8 == 53_952
    assert round(standard / 53_952, 1) == 22.8
    assert round(2 * 1.0 * 0.1 / 1.1, 2) == 0.18  # F1; the mean would be 0.55
    assert 1 + 3 * (3 - 1) == 7  # three 3-tap layers at stride 1


def test_a_split_without_brackets_does_not_run():
    draw = np.random.default_rng(0).random(5)
    with pytest.raises(TypeError):
        draw >= 0.8 & draw < 0.9  # noqa: B015


def test_an_initializer_with_lost_underscores_is_another_name():
    class Network:
        def __init__(self):
            super().__init()

    with pytest.raises(AttributeError, match="_Network__init"):
        Network()
