"""What the modern activations promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import math

import numpy as np

from snippets.activations_and_losses.modern_activations import (
    gated_width,
    gelu,
    gelu_backward,
    sigmoid,
    silu,
    silu_backward,
    swiglu,
    swiglu_backward,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def slope(function, x, step=1e-5):
    return (function(x + step) - function(x - step)) / (2 * step)


def problem(dtype=np.float64):
    rng = np.random.default_rng(0)
    shapes = {"x": (2, 3, 5), "weight_gate": (7, 5), "weight_up": (7, 5), "weight_down": (5, 7)}
    arrays = {key: rng.standard_normal(shape).astype(dtype) for key, shape in shapes.items()}
    return arrays, rng.standard_normal((2, 3, 5)).astype(dtype)


def test_gelu_is_x_times_the_normal_distribution_function():
    x = np.array([-3.0, -1.0, 0.0, 1.0, 2.0])
    np.testing.assert_allclose(gelu(x), [-0.0040497, -0.1586553, 0.0, 0.8413447, 1.9544997], atol=5e-8)


def test_the_tanh_approximation_is_off_by_less_than_five_ten_thousandths():
    x = np.linspace(-6, 6, 12_001)
    gap = np.abs(gelu(x, "tanh") - gelu(x))
    np.testing.assert_allclose([gap.max(), abs(x[gap.argmax()])], [0.000473, 2.70], rtol=2e-3)
    # Relative to a small value it is not small: 45 % at -4.
    ratio = gelu(np.array([-4.0]), "tanh") / gelu(np.array([-4.0]))
    assert abs(ratio.item() - 0.5545) < 1e-3
    other = silu(1.702 * x) / 1.702
    np.testing.assert_allclose(np.abs(other - gelu(x)).max(), 0.0203, atol=5e-5)


def test_the_sigmoid_is_exact_on_both_sides_and_never_overflows():
    x = np.array([-700.0, -40.0, -1.0, 0.0, 1.0, 40.0, 1e4])
    with np.errstate(over="raise", invalid="raise"):
        np.testing.assert_allclose(sigmoid(x[1:]), 1 / (1 + np.exp(-x[1:])), rtol=1e-14)
        np.testing.assert_allclose(sigmoid(x[:1]), np.exp(x[:1]), rtol=1e-14)
        assert np.all(sigmoid(np.array([-12.0, 12.0], np.float16)) <= 1)


def test_silu_is_x_times_the_sigmoid():
    x = np.array([-40.0, -5.0, -1.0, 0.0, 0.5, 3.0])
    np.testing.assert_allclose(silu(x), x / (1 + np.exp(-x)), rtol=1e-12)
    half = silu(np.array([-8.0, -10.0], np.float16))  # small, and still right in half precision
    assert half.dtype == np.float16
    np.testing.assert_allclose(half.astype(float), [-8 / (1 + np.exp(8)), -10 / (1 + np.exp(10))], rtol=2e-3)


def test_one_projection_at_zero_still_learns_and_two_never_do():
    p, grad_out = problem()
    for zero, other in (("weight_gate", "weight_up"), ("weight_up", "weight_gate")):
        grads = swiglu_backward(**{**p, zero: 0 * p[zero]}, grad_out=grad_out)
        assert np.abs(grads[zero]).max() > 0.1 and np.all(grads[other] == 0)
    both = {**p, "weight_gate": 0 * p["weight_gate"], "weight_up": 0 * p["weight_up"]}
    assert all(np.all(grad == 0) for grad in swiglu_backward(**both, grad_out=grad_out).values())


def test_each_slope_matches_central_differences():
    x = np.linspace(-4, 4, 37).reshape(1, 37)
    grad_out = np.linspace(0.5, 2, 37).reshape(1, 37)
    for approximate in ("none", "tanh"):
        expected = grad_out * slope(lambda v, a=approximate: gelu(v, a), x)
        np.testing.assert_allclose(gelu_backward(x, grad_out, approximate), expected, atol=1e-9)
    np.testing.assert_allclose(silu_backward(x, grad_out), grad_out * slope(silu, x), atol=1e-9)


def test_slopes_leave_the_range_from_zero_to_one():
    x = np.linspace(-6, 6, 12_001)
    one = np.ones_like(x)
    gelu_slope, silu_slope = gelu_backward(x, one), silu_backward(x, one)
    np.testing.assert_allclose([gelu_slope.min(), gelu_slope.max()], [-0.1289, 1.1289], atol=5e-5)
    assert abs(x[gelu_slope.argmax()] - math.sqrt(2)) < 1e-3
    np.testing.assert_allclose([silu_slope.min(), silu_slope.max()], [-0.0998, 1.0998], atol=5e-5)


def test_large_values_pass_or_vanish_without_a_warning():
    x = np.array([-1e4, -60.0, 60.0, 1e4])
    with np.errstate(over="raise", invalid="raise"):
        for values in (gelu(x), gelu(x, "tanh"), silu(x)):
            np.testing.assert_allclose(values, [0.0, 0.0, 60.0, 1e4], atol=1e-20)
        np.testing.assert_allclose(silu_backward(x, np.ones(4)), [0, 0, 1, 1], atol=1e-20)
        np.testing.assert_allclose(gelu_backward(x, np.ones(4)), [0, 0, 1, 1], atol=1e-20)


def test_swiglu_gates_one_projection_by_the_other():
    p, _ = problem()
    gate, up = p["x"] @ p["weight_gate"].T, p["x"] @ p["weight_up"].T
    expected = gate / (1 + np.exp(-gate)) * up @ p["weight_down"].T
    np.testing.assert_allclose(swiglu(**p), expected, rtol=1e-10)


def test_every_gradient_of_swiglu_equals_a_central_difference():
    p, grad_out = problem()
    grads = swiglu_backward(**p, grad_out=grad_out)
    assert set(grads) == set(p)
    for key, array in p.items():
        for index in list(np.ndindex(array.shape))[::3]:
            values = []
            for step in (1e-6, -1e-6):
                moved = array.copy()
                moved[index] += step
                values.append((swiglu(**{**p, key: moved}) * grad_out).sum())
            numeric = (values[0] - values[1]) / 2e-6
            assert abs(grads[key][index] - numeric) < 1e-6 * (1 + abs(numeric)), (key, index)


def test_two_thirds_of_the_width_keep_the_number_of_parameters():
    assert gated_width(3072) == 2048 and 3 * 768 * 2048 == 2 * 768 * 3072 == 4_718_592
    assert gated_width(5) == 3 and gated_width(16_384) == 10_922 and gated_width(16_384, 256) == 11_008
    assert gated_width(16_384, 128) == 11_008 and gated_width(6, 4) == 4


def test_float32_stays_float32():
    p, grad_out = problem(np.float32)
    x = p["x"]
    for values in (gelu(x), gelu(x, "tanh"), sigmoid(x), silu(x), swiglu(**p), gelu_backward(x, x),
                   silu_backward(x, x)):
        assert values.dtype == np.float32
    for key, grad in swiglu_backward(**p, grad_out=grad_out).items():
        assert grad.dtype == np.float32 and grad.shape == p[key].shape


def test_half_precision_stays_and_whole_numbers_become_float64():
    for dtype, expected in ((np.float16, np.float16), (np.uint8, np.float64), (np.int8, np.float64)):
        x = np.array([1, 2, 100], dtype)
        for values in (gelu(x), gelu(x, "tanh"), silu(x), gelu_backward(x, x), sigmoid(x)):
            assert values.dtype == expected
        np.testing.assert_allclose(silu(x), [0.731059, 1.761594, 100], rtol=1e-3)
    assert sigmoid(np.array([-128], np.int8)) < 1e-50


def test_wrong_arguments_are_named():
    p, _ = problem()
    assert raises(gelu, np.zeros(2), "erf") == "approximate must be none or tanh, got erf"
    assert raises(swiglu, **{**p, "weight_down": p["weight_up"]}) == "weight_down must be (5, 7), got (7, 5)"
    assert "weight_up" in raises(swiglu, **{**p, "weight_up": p["weight_up"][:3]})


def test_nothing_that_goes_in_is_modified():
    p, grad_out = problem()
    before = {key: value.copy() for key, value in p.items()}
    swiglu(**p)
    swiglu_backward(**p, grad_out=grad_out)
    gelu(p["x"])
    gelu_backward(p["x"], grad_out, "tanh")
    for key, value in before.items():
        np.testing.assert_array_equal(p[key], value)
