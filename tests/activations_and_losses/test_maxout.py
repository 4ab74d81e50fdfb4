"""What maxout promises. NumPy and plain asserts only."""

import math

import numpy as np

from snippets.activations_and_losses.maxout import (
    maxout_backward,
    maxout_forward,
    mean_square_of_max,
    square_by_tangents,
)


def problem(n: int = 7, d: int = 5, h: int = 3, p: int = 2, seed: int = 0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), rng.standard_normal((d, h, p)), rng.standard_normal((h, p))


def test_forward_is_the_maximum_over_the_pieces():
    x, weight, bias = problem(p=4)
    out, winner = maxout_forward(x, weight, bias)
    assert out.shape == winner.shape == (7, 3)
    for n in range(7):
        for h in range(3):
            pieces = [x[n] @ weight[:, h, p] + bias[h, p] for p in range(4)]
            np.testing.assert_allclose(out[n, h], max(pieces), rtol=1e-12)
            assert winner[n, h] == int(np.argmax(pieces))


def test_a_tie_goes_to_the_first_piece():
    _, winner = maxout_forward(np.zeros((2, 1)), np.ones((1, 1, 3)), np.zeros((1, 3)))
    np.testing.assert_array_equal(winner, [[0], [0]])


def test_special_cases():
    x = np.linspace(-2, 2, 9)[:, None]
    for second, expected in ((0.0, np.maximum(x, 0)), (-1.0, np.abs(x)),
                             (0.01, np.where(x > 0, x, 0.01 * x))):
        weight = np.array([[[1.0, second]]])
        out, _ = maxout_forward(x, weight, np.zeros((1, 2)))
        np.testing.assert_allclose(out, expected, atol=1e-15, err_msg=f"pieces x and {second} x")


def test_one_piece_is_a_linear_layer():
    x, weight, bias = problem(p=1)
    out, winner = maxout_forward(x, weight, bias)
    np.testing.assert_allclose(out, x @ weight[:, :, 0] + bias[:, 0], rtol=1e-12)
    assert not winner.any()


def test_every_unit_is_convex():
    rng = np.random.default_rng(1)
    _, weight, bias = problem(p=4)
    a, b = rng.standard_normal((50, 5)), rng.standard_normal((50, 5))
    middle, _ = maxout_forward((a + b) / 2, weight, bias)
    ends = maxout_forward(a, weight, bias)[0] + maxout_forward(b, weight, bias)[0]
    assert (middle <= ends / 2 + 1e-12).all()


def test_backward_matches_central_differences():
    x, weight, bias = problem(p=4, seed=2)
    grad_out = np.random.default_rng(3).standard_normal((7, 3))
    _, winner = maxout_forward(x, weight, bias)
    grads = maxout_backward(grad_out, x, weight, winner)
    for name, array, grad in zip(("x", "weight", "bias"), (x, weight, bias), grads, strict=True):
        assert grad.shape == array.shape, name
        numeric = np.zeros_like(array)
        for index in np.ndindex(*array.shape):
            kept = array[index]
            losses = []
            for value in (kept + 1e-6, kept - 1e-6):
                array[index] = value
                losses.append((maxout_forward(x, weight, bias)[0] * grad_out).sum())
            array[index] = kept
            numeric[index] = (losses[0] - losses[1]) / 2e-6
        np.testing.assert_allclose(grad, numeric, atol=1e-7, err_msg=f"gradient of {name}")


def test_a_unit_never_dies_but_a_piece_can():
    x = np.random.default_rng(4).uniform(-1, 1, (50, 2))
    weight = np.random.default_rng(5).standard_normal((2, 3, 2))
    bias = np.array([[0.0, -100.0]] * 3)  # the second piece never wins
    out, winner = maxout_forward(x, weight, bias)
    grad_x, grad_weight, grad_bias = maxout_backward(np.ones_like(out), x, weight, winner)
    assert not grad_weight[:, :, 1].any() and not grad_bias[:, 1].any()
    np.testing.assert_array_equal(grad_bias[:, 0], [50, 50, 50])
    assert np.abs(grad_x).min() > 0


def test_an_empty_batch():
    _, weight, bias = problem()
    out, winner = maxout_forward(np.zeros((0, 5)), weight, bias)
    assert out.shape == winner.shape == (0, 3)
    grads = maxout_backward(out, np.zeros((0, 5)), weight, winner)
    assert [grad.shape for grad in grads] == [(0, 5), (5, 3, 2), (3, 2)]
    assert not grads[1].any()


def refusal(function, *arguments) -> str:
    """The message of the ValueError that the call raises, or "accepted"."""
    try:
        function(*arguments)
    except ValueError as error:
        return str(error)
    return "accepted"


def test_a_bias_that_would_broadcast_is_refused():
    x, weight, _ = problem()
    for shape in ((2,), (3, 1), (1, 2), (2, 3)):
        assert refusal(maxout_forward, x, weight, np.zeros(shape)) == f"bias is {shape}, must be (3, 2)"


def test_one_tangent_is_refused():
    assert refusal(square_by_tangents, np.zeros(2), 1) == "pieces is 1, must be 2 or more"
    assert refusal(square_by_tangents, np.zeros(2), 2) == "accepted"


def test_float32_stays_float32():
    x, weight, bias = (array.astype(np.float32) for array in problem())
    out, winner = maxout_forward(x, weight, bias)
    assert out.dtype == np.float32
    assert {grad.dtype for grad in maxout_backward(out, x, weight, winner)} == {out.dtype}


def test_inputs_are_left_alone():
    x, weight, bias = problem()
    copies = [array.copy() for array in (x, weight, bias)]
    out, winner = maxout_forward(x, weight, bias)
    maxout_backward(out, x, weight, winner)
    for array, copy in zip((x, weight, bias), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_tangents_approach_the_square_from_below():
    x = np.linspace(-1, 1, 2001)
    for pieces in (2, 3, 5, 9):
        error = x**2 - square_by_tangents(x, pieces)
        assert error.min() > -1e-12
        np.testing.assert_allclose(error.max(), 1 / (pieces - 1) ** 2, rtol=1e-6)


def test_a_hat_is_the_difference_of_two_units():
    x = np.linspace(-2, 2, 81)[:, None]
    first, _ = maxout_forward(x, np.array([[[-1.0, 0.0, 1.0]]]), np.array([[0.0, 1.0, 0.0]]))
    second, _ = maxout_forward(x, np.array([[[-1.0, 1.0]]]), np.zeros((1, 2)))
    np.testing.assert_allclose(first - second, np.maximum(0, 1 - np.abs(x)), atol=1e-15)


def exact_mean_square(pieces: int) -> float:
    """Integral of z^2 P phi(z) Phi(z)^(P - 1) by the trapezoidal rule."""
    z = np.linspace(-10, 10, 20_001)
    phi = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    upper = np.array([0.5 * (1 + math.erf(value / math.sqrt(2))) for value in z])
    return float((z**2 * pieces * phi * upper ** (pieces - 1)).sum() * (z[1] - z[0]))


def test_mean_square_of_the_maximum():
    exact = [exact_mean_square(pieces) for pieces in (1, 2, 3, 4, 5)]
    root = math.sqrt(3)
    np.testing.assert_allclose(exact, [1, 1, 1 + root / (2 * math.pi), 1 + root / math.pi, 1.8],
                               atol=5e-5)
    np.testing.assert_allclose([1 / value for value in exact],
                               [1, 1, 0.784, 0.645, 0.556], atol=5e-4)
    for pieces, expected in zip((1, 2, 3, 4, 5), exact, strict=True):
        found = mean_square_of_max(pieces, np.random.default_rng(6))
        # max^2 has a standard deviation below 2.4 for P <= 5: 5 standard errors of 200,000.
        assert abs(found - expected) < 5 * 2.4 / math.sqrt(200_000), f"P = {pieces}"
    assert found == mean_square_of_max(5, np.random.default_rng(6), draws=200_000)


def test_dropout_of_the_inputs_by_hand():
    # Unit |x1 + x2| at input (1, -1), p = 1/2: the kept sum is 0, 2, -2 or 0.
    weight = np.array([[[1.0, -1.0]], [[1.0, -1.0]]])
    masks = np.array([[2.0, 2.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    out, _ = maxout_forward(masks * np.array([1.0, -1.0]), weight, np.zeros((1, 2)))
    whole, _ = maxout_forward(np.array([[1.0, -1.0]]), weight, np.zeros((1, 2)))
    assert out.mean() == 1.0 and whole[0, 0] == 0.0


def test_parameters_on_the_page():
    assert [pieces * (512 * 512 + 512) for pieces in (1, 2, 5)] == [262_656, 525_312, 1_313_280]
    assert 724 * 724 + 724 == 524_900 and round(512 * math.sqrt(2)) == 724
    d = 768
    assert 2 * d * 4 * d == 3 * d * (8 * d // 3)
