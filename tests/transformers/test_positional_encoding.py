"""What the position encodings promise. NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.positional_encoding import alibi_bias, alibi_slopes, apply_rope, sinusoidal


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def some(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def test_the_sinusoidal_table_follows_its_formula():
    table = sinusoidal(5, 6, base=100.0)
    assert table.shape == (5, 6) and table.dtype == np.float64
    for t in range(5):
        for i in range(3):
            angle = t / 100.0 ** (2 * i / 6)
            assert abs(table[t, 2 * i] - np.sin(angle)) < 1e-12
            assert abs(table[t, 2 * i + 1] - np.cos(angle)) < 1e-12
    np.testing.assert_allclose(sinusoidal(3, 4)[1], [0.8415, 0.5403, 0.0100, 1.0000], atol=5e-5)


def test_the_product_of_two_sinusoidal_rows_depends_on_their_distance():
    table = sinusoidal(40, 6)
    products = table @ table.T
    for distance in (0, 1, 7):
        diagonal = np.diag(products, distance)
        np.testing.assert_allclose(diagonal, diagonal[0], rtol=1e-12)


def test_rotary_turns_each_pair_by_position_times_frequency():
    x = some((3, 6))
    positions = np.array([0, 2, 11])
    for interleaved in (False, True):
        ours = apply_rope(x, positions, base=100.0, interleaved=interleaved)
        for row, t in enumerate(positions):
            for i in range(3):
                pair = [2 * i, 2 * i + 1] if interleaved else [i, i + 3]
                turn = np.exp(1j * t * 100.0 ** (-2 * i / 6)) * complex(*x[row, pair])
                np.testing.assert_allclose(ours[row, pair], [turn.real, turn.imag], rtol=1e-12)


def test_rotary_scores_depend_on_the_distance_only():
    q, k = some((2, 5, 8)), some((2, 5, 8), 1)
    here = np.arange(5)
    for interleaved in (False, True):
        scores = [apply_rope(q, here + shift, interleaved=interleaved)
                  @ apply_rope(k, here + shift, interleaved=interleaved).swapaxes(-1, -2)
                  for shift in (0, 3, 1000)]
        np.testing.assert_allclose(scores[1], scores[0], rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(scores[2], scores[0], rtol=1e-9, atol=1e-10)
    other = apply_rope(q, here + 1) @ apply_rope(k, here).swapaxes(-1, -2)
    assert np.abs(other - q @ k.swapaxes(-1, -2)).max() > 0.1  # and they do depend on it


def test_rotary_keeps_every_norm_and_position_zero():
    x = some((2, 3, 7, 4))
    turned = apply_rope(x, np.arange(7))
    np.testing.assert_allclose(np.linalg.norm(turned, axis=-1), np.linalg.norm(x, axis=-1), rtol=1e-12)
    np.testing.assert_array_equal(turned[..., 0, :], x[..., 0, :])


def test_the_two_rotary_layouts_are_one_up_to_a_permutation():
    x, positions = some((3, 8)), np.array([4, 5, 9])
    order = np.concatenate([np.arange(0, 8, 2), np.arange(1, 8, 2)])
    halves = apply_rope(x[:, order], positions)
    neighbors = apply_rope(x, positions, interleaved=True)
    np.testing.assert_allclose(halves, neighbors[:, order], rtol=1e-12)


def test_rotary_keeps_the_type_and_far_positions_exact():
    x = some((2, 6))
    far = np.array([100_000, 1_000_003])
    small = apply_rope(x.astype(np.float32), far)
    assert small.dtype == np.float32
    np.testing.assert_allclose(small, apply_rope(x, far), atol=1e-5)


def test_the_base_is_ten_thousand_and_one_pair_is_enough():
    np.testing.assert_array_equal(sinusoidal(300, 6), sinusoidal(300, 6, 10_000.0))
    np.testing.assert_allclose(sinusoidal(300, 4)[299, 2], np.sin(2.99), rtol=1e-12)
    turned = apply_rope(np.array([[0.0, 1.0, 0.0, 0.0]]), np.array([299]))
    np.testing.assert_allclose(turned, [[0, np.cos(2.99), 0, np.sin(2.99)]], rtol=1e-12)
    np.testing.assert_allclose(sinusoidal(3, 2)[2], [np.sin(2.0), np.cos(2.0)], rtol=1e-12)
    turned = apply_rope(np.array([[1.0, 0.0]]), np.array([2]))
    np.testing.assert_allclose(turned, [[np.cos(2.0), np.sin(2.0)]], rtol=1e-12)


def test_rotary_takes_whole_numbers_and_keeps_float16():
    x, positions = np.arange(12).reshape(3, 4), np.array([1, 2, 5])
    for interleaved in (False, True):
        expected = apply_rope(x.astype(np.float64), positions, interleaved=interleaved)
        np.testing.assert_array_equal(apply_rope(x, positions, interleaved=interleaved), expected)
        half = apply_rope(x.astype(np.float16), positions, interleaved=interleaved)
        assert half.dtype == np.float16
        np.testing.assert_allclose(half, expected, atol=0.03)


def test_alibi_slopes_of_a_power_of_two_are_geometric():
    np.testing.assert_allclose(alibi_slopes(8), [2.0**-h for h in range(1, 9)], rtol=1e-12)
    np.testing.assert_allclose(alibi_slopes(4), [2.0**-h for h in (2, 4, 6, 8)], rtol=1e-12)
    np.testing.assert_allclose(alibi_slopes(1), [2.0**-8], rtol=1e-12)


def test_other_numbers_of_heads_fill_up_with_every_second_slope_of_twice_as_many():
    np.testing.assert_allclose(alibi_slopes(3), [2.0**-4, 2.0**-8, 2.0**-2], rtol=1e-12)
    np.testing.assert_allclose(alibi_slopes(12), np.concatenate(
        [2.0 ** -np.arange(1, 9), 2.0 ** -np.array([0.5, 1.5, 2.5, 3.5])]), rtol=1e-12)


def test_alibi_falls_with_distance_and_hides_what_comes_later():
    bias = alibi_bias(2, 5)
    assert bias.shape == (2, 5, 5)
    for head, slope in enumerate((2.0**-4, 2.0**-8)):
        for query in range(5):
            for key in range(5):
                expected = -slope * (query - key) if key <= query else -np.inf
                assert bias[head, query, key] == expected


def test_nothing_that_goes_in_is_modified_and_nothing_comes_of_nothing():
    x, positions = some((3, 4)), np.arange(3)
    before = x.copy()
    apply_rope(x, positions)
    apply_rope(x, positions, interleaved=True)
    np.testing.assert_array_equal(x, before)
    assert apply_rope(np.zeros((2, 0, 4)), np.arange(0)).shape == (2, 0, 4)
    assert sinusoidal(0, 4).shape == (0, 4) and alibi_bias(3, 0).shape == (3, 0, 0)


def test_bad_input_is_named():
    assert raises(sinusoidal, 3, 5) == "dim must be even and positive, got 5"
    assert raises(sinusoidal, 3, 0) == "dim must be even and positive, got 0"
    assert raises(sinusoidal, -1, 4) == "length must not be negative, got -1"
    for x in (np.zeros((2, 3)), np.zeros(4), np.zeros((2, 0))):
        assert raises(apply_rope, x, np.arange(2)) == f"x must be (..., T, D) with even D, got {x.shape}"
    assert raises(apply_rope, np.zeros((2, 4)), np.arange(3)) == "positions must be (2,), got (3,)"
    assert raises(alibi_slopes, 0) == "num_heads must be positive, got 0"


def test_the_page_s_numbers():
    q, k = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    for i, j, expected in ((2, 1, 0.8415), (7, 6, 0.8415), (3, 1, 0.9093)):
        score = apply_rope(q, np.array([i])) @ apply_rope(k, np.array([j])).T
        assert round(score.item(), 4) == expected
    for base, trained, short in ((10_000, 2_048, 23), (500_000, 8_192, 29), (1_000_000, 32_768, 24)):
        wavelength = 2 * np.pi * float(base) ** (np.arange(0, 128, 2) / 128)
        assert np.sum(wavelength > trained) == short
    assert round(2 * np.pi * 10_000 ** (126 / 128)) == 54_410
