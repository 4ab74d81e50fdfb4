"""What the page on non-linearity promises. NumPy and plain asserts only."""

import itertools
import math

import numpy as np

from snippets.activations_and_losses.why_nonlinearity import (
    collapse,
    fit_error,
    max_regions,
    relu,
    sawtooth,
    xor_network,
)

BITS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
SIZES = (5, 7, 2, 3)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def stack(sizes=SIZES, seed: int = 0) -> tuple[list[np.ndarray], list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    pairs = list(itertools.pairwise(sizes))
    return ([rng.standard_normal(pair) for pair in pairs],
            [rng.standard_normal(pair[1]) for pair in pairs])


def test_a_stack_of_linear_layers_is_one_layer():
    weights, biases = stack()
    x = np.random.default_rng(1).standard_normal((11, 5))
    out = x
    for weight, bias in zip(weights, biases, strict=True):
        out = out @ weight + bias
    weight, bias = collapse(weights, biases)
    assert weight.shape == (5, 3) and bias.shape == (3,)
    np.testing.assert_allclose(x @ weight + bias, out, rtol=1e-10)


def test_its_rank_is_at_most_the_narrowest_width():
    weight, _ = collapse(*stack())
    assert np.linalg.matrix_rank(weight) == 2
    weight, _ = collapse(*stack((100, 10, 100)))
    assert np.linalg.matrix_rank(weight) == 10


def test_one_layer_is_returned_as_it_is():
    weights, biases = stack((5, 3))
    weight, bias = collapse(weights, biases)
    np.testing.assert_array_equal(weight, weights[0])
    np.testing.assert_array_equal(bias, biases[0])


def test_collapse_leaves_its_input_alone():
    weights, biases = stack()
    before = [array.copy() for array in weights + biases]
    collapse(weights, biases)
    for array, copy in zip(weights + biases, before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_bad_stacks_are_named():
    weights, biases = stack()
    assert "3" in raises(collapse, weights, biases[:2])
    assert "0" in raises(collapse, [], [])


def test_no_affine_map_computes_xor():
    # f(00) + f(11) = f(01) + f(10) for every affine f, and the best one is the constant 1/2.
    rng = np.random.default_rng(2)
    for _ in range(20):
        out = BITS @ rng.standard_normal(2) + rng.standard_normal()
        np.testing.assert_allclose(out[0] + out[3], out[1] + out[2], atol=1e-12)
    design = np.column_stack([BITS, np.ones(4)])
    best, *_ = np.linalg.lstsq(design, np.array([0.0, 1.0, 1.0, 0.0]), rcond=None)
    np.testing.assert_allclose(best, [0, 0, 0.5], atol=1e-12)


def test_two_relu_units_compute_xor():
    np.testing.assert_array_equal(xor_network(BITS), [0, 1, 1, 0])
    np.testing.assert_array_equal(xor_network(BITS[::-1][:3]), [0, 1, 1])
    assert xor_network(np.zeros((0, 2))).shape == (0,)
    # Between the corners the function is the hand-built one, not a table.
    np.testing.assert_allclose(xor_network(np.array([[0.25, 0.25], [0.75, 0.75], [-1.0, -2.0]])),
                               [0.5, 0.5, 0.0])


def test_regions_of_one_layer_match_a_count_of_activation_patterns():
    # Lines in general position: every cell holds sample points, so patterns count the cells.
    rng = np.random.default_rng(3)
    points = rng.uniform(-40, 40, (200_000, 2))
    for units in (1, 2, 3, 4):
        angle = np.linspace(0.2, 2.6, units)
        weight = np.stack([np.cos(angle), np.sin(angle)])  # (2, units)
        bias = np.array([0.0, 3.0, -5.0, 9.0])[:units]
        active = points @ weight + bias > 0
        patterns = np.unique(active @ 2 ** np.arange(units))
        assert len(patterns) == max_regions(units, 2), f"{units} lines"


def test_regions_by_formula():
    assert max_regions(0, 3) == 1
    assert max_regions(20, 1) == 21 and max_regions(20, 2) == 211
    assert max_regions(2, 5) == 4  # no more than all patterns


def pieces(x: np.ndarray, y: np.ndarray) -> int:
    slopes = np.diff(y) / np.diff(x)
    return 1 + int((np.abs(np.diff(slopes)) > 1e-6).sum())


def test_depth_doubles_the_pieces_where_width_adds_one():
    x = np.linspace(0.0, 1.0, 2**12 + 1)  # all kinks lie on the grid
    for depth in (1, 2, 5, 10):
        assert pieces(x, sawtooth(x, depth)) == 2**depth, f"depth {depth}"
    assert max_regions(2 * 10, 1) == 21 and max_regions(1023, 1) == 1024


def test_sawtooth_stays_in_the_unit_interval():
    x = np.linspace(0.0, 1.0, 101)
    out = sawtooth(x, 6)
    assert out.min() >= 0 and out.max() <= 1
    np.testing.assert_array_equal(sawtooth(x, 0), x)


def test_width_helps_relu_and_not_a_square():
    # Sums of squares of affine functions are parabolas, however many there are.
    x = np.linspace(-1.0, 1.0, 101)
    targets = np.sin(5 * x + 1)
    parabola = np.polynomial.Polynomial.fit(x, targets, 2)
    best = np.sqrt(np.mean((parabola(x) - targets) ** 2))
    for hidden in (2, 8, 32):
        error = fit_error(np.square, hidden, x, targets, np.random.default_rng(0))
        np.testing.assert_allclose(error, best, rtol=1e-6, err_msg=f"{hidden} squares")
    assert fit_error(relu, 64, x, targets, np.random.default_rng(0)) < best / 10


def test_fit_draws_weights_then_biases():
    x = np.linspace(-1.0, 1.0, 31)
    rng = np.random.default_rng(4)
    weight, bias = rng.uniform(-5, 5, 3), rng.uniform(-5, 5, 3)
    targets = 2.0 * np.tanh(x * weight[1] + bias[1]) - 0.5
    assert fit_error(np.tanh, 3, x, targets, np.random.default_rng(4)) < 1e-9
    assert fit_error(np.tanh, 3, x, np.sign(x), np.random.default_rng(4)) > 1e-3


def test_parameters_counted_on_the_page():
    def count(*sizes):
        return sum(a * b + b for a, b in itertools.pairwise(sizes))

    assert count(100, 100) == 10_100
    assert count(100, 10, 100) == 2_110
    assert count(100, 1000, 100) == 201_100
    assert math.comb(20, 2) + 20 + 1 == 211
