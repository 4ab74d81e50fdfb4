"""What the remedies promise. NumPy and plain asserts only."""

from itertools import pairwise

import numpy as np

from snippets.backpropagation.vanishing_gradients_remedies import (
    diagnose,
    residual_backward,
    unit_variance,
)


def test_the_diagnosis_names_the_disease_and_the_factor():
    for norms, name, factor in (([1e-6, 1e-4, 1e-2], "vanishing", 0.01),
                                ([1e6, 1e3, 1.0], "exploding", 1000.0),
                                ([2.0, 1.0, 1.0, 0.25], "healthy", 2.0)):
        found, measured = diagnose(np.array(norms))
        assert found == name and abs(measured / factor - 1) < 1e-12, norms
    assert diagnose(np.array([1.0, 50.0]), limit=10.0)[0] == "vanishing"


def test_a_ratio_of_a_thousand_either_way_is_still_healthy():
    for first, last, name in ((1000.0, 1.0, "healthy"), (1000.5, 1.0, "exploding"),
                              (1.0, 1000.0, "healthy"), (1.5, 1000.0, "healthy"), (1.0, 1000.5, "vanishing")):
        assert diagnose(np.array([first, last]))[0] == name, (first, last)


def test_norms_in_half_precision_have_the_ratio_of_wide_ones():
    norms = np.array([6e4, 0.5, 1e-3], np.float16)  # the ratio, 6e7, is beyond float16
    assert diagnose(norms) == diagnose(norms.astype(np.float64))


def test_the_diagnosis_of_broken_numbers():
    for bad in (np.nan, np.inf):
        name, factor = diagnose(np.array([bad, 1.0]))
        assert name == "not finite" and np.isnan(factor)
    for first in (0.0, 1.0):
        name, factor = diagnose(np.array([first, 0.0]))
        assert name == "no gradient" and np.isnan(factor)
    assert diagnose(np.array([0.0, 1.0])) == ("vanishing", 0.0)
    assert diagnose(np.array([1.0, 1.0, 0.0]))[0] == "no gradient"  # the last norm decides
    assert diagnose(np.array([1.0, 0.0, 1.0])) == ("healthy", 1.0)


def test_one_layer_has_no_profile():
    message = ""
    try:
        diagnose(np.array([1.0]))
    except ValueError as error:
        message = str(error)
    assert "norms" in message, "fewer than two layers must raise ValueError"


def test_unit_variance_repairs_any_scale():
    rng = np.random.default_rng(0)
    sizes = [30, 50, 20, 70]
    weights = [100.0**i * rng.standard_normal(s) * 0.01
               for i, s in enumerate(pairwise(sizes))]
    x = rng.standard_normal((40, 30))
    for phi in (np.tanh, lambda z: np.maximum(z, 0)):
        a = x
        scaled = unit_variance(x, weights, phi)
        for old, new in zip(weights, scaled, strict=True):
            assert abs(np.std(a @ new) - 1) < 1e-12
            np.testing.assert_allclose(new / new[0, 0], old / old[0, 0], rtol=1e-10)
            a = phi(a @ new)


def test_a_constant_layer_is_named():
    for x, constant in ((np.ones((3, 2)), 0), (np.eye(3, 2), 1)):
        message = ""
        try:
            unit_variance(x, [np.eye(2), np.zeros((2, 2))], np.tanh)
        except ValueError as error:
            message = str(error)
        assert "weights" in message and str(constant) in message


def test_without_branches_the_gradient_passes_unchanged():
    grad = np.random.default_rng(1).standard_normal((3, 4))
    grads = residual_backward(grad, [np.ones((4, 4))] * 5, [np.zeros((3, 4))] * 5)
    assert len(grads) == 6
    for g in grads:
        np.testing.assert_array_equal(g, grad)


def test_branches_count_in_full_if_no_scale_is_given():
    grad = np.random.default_rng(4).standard_normal((3, 4))
    grads = residual_backward(grad, [np.eye(4)], [np.ones((3, 4))])
    np.testing.assert_allclose(grads[0], 2 * grad, rtol=1e-12)


def test_a_missing_layer_is_refused():
    grad = np.ones((3, 4))
    refused = False
    try:
        residual_backward(grad, [np.eye(4)] * 3, [grad] * 2)
    except ValueError:
        refused = True
    assert refused, "three weights and two slopes must raise ValueError"


def test_the_residual_gradient_agrees_with_central_differences():
    rng = np.random.default_rng(2)
    weights = [rng.standard_normal((3, 3)) for _ in range(2)]
    h0, direction, scale = rng.standard_normal((2, 3)), rng.standard_normal((2, 3)), 0.7

    def run(h):
        slopes = []
        for weight in weights:
            a = np.tanh(h @ weight)
            slopes.append(1 - a * a)
            h = h + scale * a
        return np.sum(direction * h), slopes

    grads = residual_backward(direction, weights, run(h0)[1], scale)
    for row, column in ((0, 0), (1, 2)):
        moved = np.zeros((2, 3))
        moved[row, column] = 1e-6
        numeric = (run(h0 + moved)[0] - run(h0 - moved)[0]) / 2e-6
        assert abs(numeric - grads[0][row, column]) < 1e-7


def test_scaling_the_branches_bounds_the_growth():
    # Linear branches with chi = 1: norm times sqrt(1 + scale**2) per layer.
    rng = np.random.default_rng(3)
    weights = [rng.standard_normal((128, 128)) / 128**0.5 for _ in range(20)]
    top = rng.standard_normal((50, 128))
    for scale, expected in ((1.0, 1024.0), (20**-0.5, 1.63)):
        grads = residual_backward(top, weights, [np.ones((50, 128))] * 20, scale)
        ratio = np.linalg.norm(grads[0]) / np.linalg.norm(grads[-1])
        # 20 layers of relative deviation about 1 / 128 in the square, twice over for safety.
        assert abs(ratio / expected - 1) < 0.25
