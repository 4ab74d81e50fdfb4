"""What the code for long contexts promises. NumPy and plain asserts only."""

import math

import numpy as np

from snippets.language_models.long_context import (
    check_factor,
    mixed_cache_bytes,
    ntk_frequencies,
    position_interpolation,
    rope_frequencies,
    sink_window_mask,
    unseen_pairs,
    yarn_frequencies,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_frequencies_fall_geometrically_from_one():
    found = rope_frequencies(6, 1000.0)
    assert found.dtype == np.float64 and found.shape == (3,)
    np.testing.assert_allclose(found, [1.0, 0.1, 0.01], rtol=1e-12)
    np.testing.assert_allclose(rope_frequencies(10), 10_000.0 ** (-np.arange(5) / 5), rtol=1e-12)


def test_interpolation_slows_every_pair_alike():
    np.testing.assert_allclose(position_interpolation(6, 1000.0, 4.0), [0.25, 0.025, 0.0025], rtol=1e-12)


def test_interpolated_angles_are_those_of_divided_positions():
    t = np.arange(40.0)[:, None]
    np.testing.assert_allclose(t * position_interpolation(8, 500.0, 5.0),
                               t / 5 * rope_frequencies(8, 500.0), rtol=1e-12)


def test_ntk_keeps_the_fastest_pair_and_slows_the_last_by_the_factor():
    for dim, base, factor in ((4, 100.0, 3.0), (10, 10_000.0, 8.0), (128, 500_000.0, 16.0)):
        slowed = rope_frequencies(dim, base) / ntk_frequencies(dim, base, factor)
        assert abs(slowed[0] - 1) < 1e-12 and abs(slowed[-1] - factor) < 1e-9
        # In between a power of the factor that grows with the pair: a geometric sequence.
        np.testing.assert_allclose(slowed, factor ** (np.arange(dim // 2) / (dim // 2 - 1)), rtol=1e-9)


def test_yarn_keeps_fast_pairs_and_interpolates_slow_ones():
    dim, base, factor, length = 64, 10_000.0, 8.0, 2048
    plain = rope_frequencies(dim, base)
    found, scale = yarn_frequencies(dim, base, factor, length)
    assert found.shape == (32,)
    low = math.floor(dim * math.log(length / (2 * math.pi * 32)) / (2 * math.log(base)))
    high = math.ceil(dim * math.log(length / (2 * math.pi)) / (2 * math.log(base)))
    assert (low, high) == (8, 21)
    np.testing.assert_allclose(found[: low + 1], plain[: low + 1], rtol=1e-12)
    np.testing.assert_allclose(found[high:], plain[high:] / factor, rtol=1e-12)
    for m in range(low, high + 1):
        ramp = (m - low) / (high - low)
        assert abs(found[m] / plain[m] - (1 - ramp + ramp / factor)) < 1e-12
    assert abs(scale - (1 + 0.1 * math.log(8))) < 1e-12


def test_yarn_s_bounds_move_its_ramp():
    plain = rope_frequencies(32, 10_000.0)
    narrow, _ = yarn_frequencies(32, 10_000.0, 4.0, 1024, 8, 2)
    kept = np.sum(np.isclose(narrow, plain))
    squeezed = np.sum(np.isclose(narrow, plain / 4))
    low = math.floor(32 * math.log(1024 / (16 * math.pi)) / (2 * math.log(10_000)))
    high = math.ceil(32 * math.log(1024 / (4 * math.pi)) / (2 * math.log(10_000)))
    assert (kept, squeezed) == (low + 1, 16 - high)


def test_yarn_s_bounds_stay_inside_the_head_even_when_they_meet():
    short, _ = yarn_frequencies(8, 10_000.0, 4.0, 3)  # nothing turns once in 3 tokens
    np.testing.assert_allclose(short[1:], rope_frequencies(8)[1:] / 4, rtol=1e-12)
    endless, _ = yarn_frequencies(8, 10_000.0, 4.0, 10**9)  # everything turns often
    np.testing.assert_allclose(endless, rope_frequencies(8), rtol=1e-12)
    assert np.isfinite(short).all() and np.isfinite(endless).all()
    plain = rope_frequencies(8)
    cut, _ = yarn_frequencies(8, 10_000.0, 4.0, 64)  # bounds at pairs -1 and 2, the lower moved to 0
    np.testing.assert_allclose(cut, plain * [1, 1 - 0.5 * 0.75, 0.25, 0.25], rtol=1e-12)
    cut, _ = yarn_frequencies(8, 10_000.0, 4.0, 10**9, beta_fast=1e6)  # at 2 and 9, the upper moved to 7
    np.testing.assert_allclose(cut, plain * [1, 1, 1, 1 - 0.2 * 0.75], rtol=1e-12)
    met, _ = yarn_frequencies(8, 10_000.0, 4.0, 10**9, beta_fast=6)  # at 7 and 9, the upper moved to 7
    np.testing.assert_allclose(met, plain, rtol=1e-12)


def test_a_factor_of_one_changes_nothing():
    plain = rope_frequencies(12, 3000.0)
    found, scale = yarn_frequencies(12, 3000.0, 1.0, 512)
    for one in (position_interpolation(12, 3000.0, 1.0), ntk_frequencies(12, 3000.0, 1.0), found):
        np.testing.assert_allclose(one, plain, rtol=1e-12)
    assert scale == 1.0


def test_unseen_pairs_are_those_beyond_their_trained_angle_without_a_full_turn():
    trained = np.array([1.0, 0.1, 0.01, 0.001])  # 100 tokens: 100, 10, 1 and 0.1 radians
    assert unseen_pairs(trained, trained, 100, 100) == 0
    assert unseen_pairs(trained, trained, 100, 300) == 2
    assert unseen_pairs(trained, trained / 3, 100, 300) == 0
    assert unseen_pairs(trained, trained * [1, 1, 0.3, 1], 100, 300) == 1
    assert unseen_pairs(trained, trained, 50, 300) == 3  # the second pair made 5 radians only
    turn = np.array([2 * np.pi])
    assert unseen_pairs(turn, turn, 1, 3) == 0  # one full turn is enough


def test_the_mask_keeps_the_first_keys_and_the_last_ones():
    mask = sink_window_mask(9, 3, 2)
    assert mask.shape == (9, 9) and mask.dtype == bool
    for i in range(9):
        seen = {j for j in range(9) if j <= i and (j < 2 or i - j < 3)}
        assert set(np.flatnonzero(mask[i])) == seen
    assert sink_window_mask(8, 3)[7].tolist() == [True] * 4 + [False, True, True, True]
    np.testing.assert_array_equal(sink_window_mask(5, 5, 0), np.tril(np.ones((5, 5), bool)))
    assert sink_window_mask(0, 3, 2).shape == (0, 0)


def test_the_smallest_head_and_the_smallest_window_are_allowed():
    assert rope_frequencies(2).tolist() == [1.0]
    np.testing.assert_array_equal(sink_window_mask(4, 1, 0), np.eye(4, dtype=bool))


def test_windows_hold_no_more_than_there_is():
    assert mixed_cache_bytes(10, 2, 3, 4, 5, 7) == 2 * (2 * 10 + 3 * 4) * 5 * 7 * 2
    assert mixed_cache_bytes(3, 2, 3, 4, 5, 7, 1) == 2 * (2 * 3 + 3 * 3) * 5 * 7


def test_bad_input_is_named():
    assert raises(rope_frequencies, 5) == "dim must be even and at least 2, got 5"
    assert raises(rope_frequencies, 0) == "dim must be even and at least 2, got 0"
    assert raises(ntk_frequencies, 2, 100.0, 2.0) == "dim must be at least 4, got 2"
    assert raises(check_factor, 0.5) == "factor must be at least 1, got 0.5"
    for function in (position_interpolation, ntk_frequencies):
        message = raises(function, 8, 100.0, 0.5)
        assert "factor" in message and "0.5" in message
    assert "factor" in raises(yarn_frequencies, 8, 100.0, 0.25, 64)
    assert raises(sink_window_mask, 5, 0) == "window must be at least 1, sinks at least 0, got 0, 4"
    assert "sinks" in raises(sink_window_mask, 5, 2, -1)


def test_the_page_s_numbers():
    plain = rope_frequencies(128)
    pairs = [0, 16, 32, 40, 48, 63]
    assert (4096 * plain / (2 * np.pi))[pairs].round(2).tolist() == [651.9, 65.19, 6.52, 2.06, 0.65, 0.08]
    ways = {"unchanged": plain, "interpolation": position_interpolation(128, 10_000.0, 32.0),
            "NTK": ntk_frequencies(128, 10_000.0, 32.0),
            "YaRN": yarn_frequencies(128, 10_000.0, 32.0, 4096)[0]}
    slowed = {name: (plain / used)[pairs].round(2).tolist() for name, used in ways.items()}
    assert slowed["NTK"] == [1.0, 2.41, 5.81, 9.03, 14.02, 32.0]
    assert slowed["YaRN"] == [1.0, 1.0, 1.81, 3.92, 32.0, 32.0]
    unseen = [unseen_pairs(plain, used, 4096, 131_072) for used in ways.values()]
    assert unseen == [18, 0, 17, 0]
    assert round(10_000 * 32 ** (128 / 126)) == 338_097
    scale = yarn_frequencies(128, 10_000.0, 32.0, 4096)[1]
    assert round(scale, 4) == 1.3466 and round(scale**2, 3) == 1.813
    # The paper's text ramps linearly in turns, the authors' code in the pair.
    ramp = np.clip((4096 * plain / (2 * np.pi) - 1) / 31, 0, 1)
    apart = ways["YaRN"] / (plain * ramp + plain / 32 * (1 - ramp))
    assert apart.argmax() == 40 and round(float(apart.max()), 2) == 3.96
    sizes = [mixed_cache_bytes(131_072, 48 - n, n, 1024, 8, 256) / 1e9 for n in (0, 40)]
    assert [round(size, 2) for size in sizes] == [51.54, 8.93]
    assert 7.5e9 / (32 * 4096) < 57_221 and round(7.5e9 / (32 * 4096)) == 57_220
    seconds = [(2 * 7.5e9 * t + 2 * 32 * 4096 * t**2) / 989e12 for t in (8_192, 131_072)]
    assert [round(s, 2) for s in seconds] == [0.14, 6.54]
    assert round(2 * 32 * 4096 * 131_072**2 / (2 * 7.5e9 * 131_072), 1) == 2.3
    short, long = (2 * 7.5e9 * t + 2 * 32 * 4096 * t**2 for t in (4_000, 131_072))
    assert 100 < long / short < 102
