"""What products, eigenvalue, trace, rescaling and SAM promise."""

import numpy as np

from snippets.optimization.sharpness import (
    hessian_vector_product,
    hutchinson_trace,
    product_grad,
    rescale,
    sam_gradient,
    top_eigenvalue,
)


def raises(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def symmetric(size, seed=0):
    h = np.random.default_rng(seed).standard_normal((size, size))
    return h + h.T


def test_the_product_needs_no_hessian_and_does_not_depend_on_the_length_of_v():
    h, rng = symmetric(5), np.random.default_rng(1)
    weight, vector = rng.standard_normal(5), rng.standard_normal(5)
    before = weight.copy()
    for length in (1e-6, 1.0, 1e6):
        ours = hessian_vector_product(lambda w: h @ w + 3, weight, length * vector)
        np.testing.assert_allclose(ours, length * h @ vector, rtol=1e-6, atol=1e-7 * length)
    cubic = hessian_vector_product(lambda w: w**2, weight, vector)  # of sum(w**3) / 3
    np.testing.assert_allclose(cubic, 2 * weight * vector, rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal(weight, before)
    assert hessian_vector_product(lambda w: w, weight, np.zeros(5)).tolist() == [0.0] * 5
    message = raises(hessian_vector_product, lambda w: w, weight, vector[:4])
    assert message == "vector must be like weight, got (4,)"


def test_power_iteration_finds_the_largest_magnitude_with_its_sign():
    rng = np.random.default_rng(0)
    for spectrum in ([1.0, 5.0, 2.0], [1.0, -5.0, 2.0, 0.5]):
        q = np.linalg.qr(rng.standard_normal((len(spectrum),) * 2))[0]
        h = q @ np.diag(spectrum) @ q.T
        top = top_eigenvalue(lambda v, h=h: h @ v, len(spectrum), rng)
        assert abs(top - max(spectrum, key=abs)) < 1e-9
    assert top_eigenvalue(lambda v: 0 * v, 3, rng) == 0.0
    once = top_eigenvalue(lambda v: np.diag([1.0, 3.0]) @ v, 2, np.random.default_rng(7), 1)
    start = np.random.default_rng(7).standard_normal(2)
    assert abs(once - (start**2 @ [1.0, 3.0]) / (start @ start)) < 1e-12  # one product: Rayleigh's quotient
    products = []
    top_eigenvalue(lambda v: products.append(v) or 2 * v, 3, rng)
    assert len(products) == 100
    assert raises(top_eigenvalue, lambda v: v, 3, rng, 0) == "iterations must be at least 1, got 0"


def test_the_trace_is_exact_on_a_diagonal_and_unbiased_otherwise():
    rng = np.random.default_rng(2)
    assert hutchinson_trace(lambda v: np.array([1.0, -4.0, 2.5]) * v, 3, 1, rng) == -0.5
    h = symmetric(7, 3)
    # Variance of one sample: 2 * the sum of squares off the diagonal.
    deviation = np.sqrt(2 * (h**2).sum() - 2 * (np.diag(h) ** 2).sum()) / np.sqrt(2000)
    assert abs(hutchinson_trace(lambda v: h @ v, 7, 2000, rng) - np.trace(h)) < 5 * deviation
    assert raises(hutchinson_trace, lambda v: v, 3, 0, rng) == "samples must be at least 1, got 0"


def test_rescaling_keeps_every_output_of_a_relu_network():
    rng = np.random.default_rng(4)
    x, w1, w2 = rng.standard_normal((5, 3)), rng.standard_normal((3, 7)), rng.standard_normal((7, 2))
    a1, a2 = rescale(w1, w2, 10.0)
    np.testing.assert_allclose(np.maximum(x @ a1, 0) @ a2, np.maximum(x @ w1, 0) @ w2, rtol=1e-12)
    np.testing.assert_array_equal(a1, 10 * w1)
    for alpha in (-2.0, 0.0):
        assert raises(rescale, w1, w2, alpha) == f"alpha must be positive, got {alpha}"


def test_rescaling_makes_the_same_minimum_as_sharp_as_you_like():
    for alpha in (1.0, 2.0, 10.0, 100.0):
        at = np.concatenate(rescale(np.ones(1), np.ones(1), alpha))
        assert np.abs(product_grad(at)).max() < 1e-15  # still a minimum with loss 0
        top = top_eigenvalue(lambda v, at=at: hessian_vector_product(product_grad, at, v), 2,
                             np.random.default_rng(0))
        assert abs(top / (alpha**2 + alpha**-2) - 1) < 1e-6


def test_descent_leaves_a_minimum_sharper_than_two_over_the_rate():
    ends = {}
    for lr in (0.05, 0.2):
        weight = np.array([4.0, 0.24])
        for _ in range(2000):
            weight = weight - lr * product_grad(weight)
        assert abs(weight.prod() - 1) < 1e-6
        ends[lr] = float(weight @ weight)
    assert round(ends[0.05], 2) == 16.07 < 2 / 0.05
    assert round(ends[0.2], 2) == 2.06 < 2 / 0.2


def test_sam_takes_its_gradient_uphill_and_its_step_from_here():
    h, weight = np.diag([1.0, 4.0]), np.array([3.0, 1.0])
    first = h @ weight  # (3, 4), norm 5
    np.testing.assert_allclose(sam_gradient(lambda w: h @ w, weight, 0.5), h @ (weight + 0.1 * first))
    np.testing.assert_allclose(sam_gradient(lambda w: h @ w, weight, 0.0), first)
    np.testing.assert_allclose(sam_gradient(lambda w: h @ w, weight), h @ (weight + 0.01 * first))  # rho 0.05
    assert sam_gradient(lambda w: h @ w, np.zeros(2)).tolist() == [0.0, 0.0]
    np.testing.assert_array_equal(weight, [3.0, 1.0])


def test_sam_slides_along_the_minima_to_the_flattest():
    weight, sharpness = np.array([4.0, 0.24]), []
    for _ in range(2):
        for _ in range(2000):
            weight = weight - 0.05 * sam_gradient(product_grad, weight, 0.1)
        sharpness.append(float(weight @ weight))
    assert round(sharpness[0], 2) == 2.25 and abs(sharpness[1] - 2) < 0.05
