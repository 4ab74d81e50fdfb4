"""What the support vector machine promises."""

import itertools

import numpy as np

from snippets.classical.support_vector_machine import (
    decision,
    fit_subgradient,
    objective,
    polynomial_kernel,
    rbf_kernel,
    smo,
)

LINE, LABELS = np.array([[0.0], [2.0], [3.0]]), np.array([-1, 1, 1])


def raises(function, *args, **options):
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def blobs(seed, distance=2.0):
    rng = np.random.default_rng(seed)
    targets = np.array([-1] * 23 + [1] * 17)
    return rng.normal(size=(40, 3)) + distance / 2 * targets[:, None] * np.array([1.0, 0, 0]), targets


def test_the_loss_of_a_hand_computed_case():
    # Margins 1, 3 and 5: the first lies on the kink, nobody is inside.
    loss, grad, grad_bias = objective(np.array([2.0]), -1.0, LINE, LABELS, 4.0)
    assert (loss, grad.tolist(), grad_bias) == (2.0, [2.0], 0.0)
    # Margins -1/2, 5/2 and 7/2: the first is inside by 3/2.
    loss, grad, grad_bias = objective(np.array([1.0]), 0.5, LINE, LABELS, 4.0)
    assert (loss, grad.tolist(), grad_bias) == (0.5 + 4 * 1.5, [1.0], 4.0)


def test_the_gradient_agrees_with_differences_away_from_the_kinks():
    x, targets = blobs(0)
    rng = np.random.default_rng(1)
    weight, bias = rng.normal(size=3), 0.3
    _, grad, grad_bias = objective(weight, bias, x, targets, 0.7)
    for d in range(3):
        step = np.zeros(3)
        step[d] = 1e-6
        high = objective(weight + step, bias, x, targets, 0.7)[0]
        low = objective(weight - step, bias, x, targets, 0.7)[0]
        assert abs((high - low) / 2e-6 - grad[d]) < 1e-6
    high, low = (objective(weight, bias + s, x, targets, 0.7)[0] for s in (1e-6, -1e-6))
    assert abs((high - low) / 2e-6 - grad_bias) < 1e-6


def test_every_sub_gradient_stays_below_the_loss_even_on_a_kink():
    x, targets = LINE, LABELS
    weight, bias = np.array([1.0]), -1.0  # margins 1, 1, 2: two points on the kink
    loss, grad, grad_bias = objective(weight, bias, x, targets, 2.0)
    for dw, db in itertools.product([-0.3, -1e-3, 0.0, 1e-3, 0.3], repeat=2):
        other = objective(weight + dw, bias + db, x, targets, 2.0)[0]
        assert other >= loss + grad @ np.array([dw]) + grad_bias * db - 1e-12


def test_sub_gradients_and_the_dual_find_the_same_line():
    for seed, penalty in [(2, 0.05), (3, 0.5)]:
        x, targets = blobs(seed)
        alpha, bias = smo(x @ x.T, targets, penalty, tolerance=1e-6)
        dual = objective((alpha * targets) @ x, bias, x, targets, penalty)[0]
        weight, bias, loss = fit_subgradient(x, targets, penalty, 3000)
        assert dual - 1e-6 <= loss <= 1.002 * dual
        assert loss == objective(weight, bias, x, targets, penalty)[0]


def test_the_best_iterate_is_kept():
    x, targets = blobs(4)
    losses = [fit_subgradient(x, targets, 2.0, steps)[2] for steps in range(30)]
    assert losses[0] == 2.0 * 40  # the start: hinge 1 for each of 40 points
    assert losses == sorted(losses, reverse=True) and losses[-1] < losses[0]


def test_the_first_step_has_the_promised_size():
    weight, bias, _ = fit_subgradient(LINE, LABELS, 0.01, 1)
    np.testing.assert_allclose([weight[0], bias], [0.05 / 1.03, 0.01 / 1.03])


def test_the_bias_is_the_mean_of_what_free_multipliers_want():
    x, targets = blobs(10)
    kernel = rbf_kernel(x, x, 0.3)
    alpha, bias = smo(kernel, targets, 1.0, tolerance=0.3)
    free = (alpha > 0) & (alpha < 1.0)
    wanted = targets - kernel @ (alpha * targets)
    assert free.sum() > 3 and abs(wanted[free].mean() - bias) < 1e-12


def test_the_default_leaves_a_disagreement_of_a_thousandth_at_most():
    x, targets = blobs(10)
    kernel = rbf_kernel(x, x, 0.3)
    alpha, _ = smo(kernel, targets, 1.0)
    wanted = (targets - kernel @ (alpha * targets))[(alpha > 0) & (alpha < 1.0)]
    assert wanted.size > 3 and wanted.max() - wanted.min() < 1e-3 + 1e-12


def test_a_disagreement_as_large_as_the_tolerance_may_be_left():
    # At the start the points want -1 and +1: 2 apart, with 0 in the middle.
    alpha, bias = smo(LINE @ LINE.T, LABELS, 10.0, tolerance=2.0)
    assert alpha.tolist() == [0.0, 0.0, 0.0] and bias == 0.0


def test_two_points_take_one_step_however_near_they_are():
    near = np.array([[-0.125], [0.125]])
    alpha, bias = smo(near @ near.T, np.array([-1, 1]), 100.0, max_steps=2)  # the second finds no gap
    assert alpha.tolist() == [32.0, 32.0] and bias == 0.0  # w = 0.25 * 32 = 8 = 1 / 0.125


def test_the_line_of_the_page():
    kernel = LINE @ LINE.T
    alpha, bias = smo(kernel, LABELS, 10.0)
    np.testing.assert_allclose(alpha, [0.5, 0.5, 0.0])
    assert abs(bias + 1) < 1e-12 and abs((alpha * LABELS) @ LINE[:, 0] - 1) < 1e-12
    alpha, bias = smo(kernel, LABELS, 0.25)
    np.testing.assert_allclose(alpha, [0.25, 0.25, 0.0])
    # No multiplier is free: every bias from -1/2 to 0 has the same loss, the middle is taken.
    assert abs(bias + 0.25) < 1e-12
    losses = [objective(np.array([0.5]), b, LINE, LABELS, 0.25)[0] for b in (-0.5, -0.25, 0.0)]
    np.testing.assert_allclose(losses, 0.375)
    assert objective(np.array([0.5]), 0.1, LINE, LABELS, 0.25)[0] > 0.375 + 1e-9


def test_the_square_of_one_plus_the_product_solves_xor():
    corners = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
    targets = np.array([1, 1, -1, -1])
    alpha, bias = smo(polynomial_kernel(corners, corners, 2), targets, 10.0)
    np.testing.assert_allclose(alpha, 1 / 8)
    assert abs(bias) < 1e-12
    points = np.array([[0.5, 2.0], [-3.0, 0.2], [0.0, 7.0]])
    scores = decision(polynomial_kernel(points, corners, 2), alpha, targets, bias)
    np.testing.assert_allclose(scores, points[:, 0] * points[:, 1], atol=1e-12)


def test_the_multipliers_fulfill_the_conditions_of_optimality():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(60, 2))
    targets = np.where(x[:, 0] * x[:, 1] + 0.2 * rng.normal(size=60) > 0, 1, -1)
    kernel = rbf_kernel(x, x, 0.8)
    alpha, bias = smo(kernel, targets, 3.0, tolerance=1e-4)
    margins = targets * decision(kernel, alpha, targets, bias)
    assert np.all((alpha >= 0) & (alpha <= 3.0)) and abs(alpha @ targets) < 1e-10
    outside, inside = alpha < 1e-9, alpha > 3.0 - 1e-9
    free = ~outside & ~inside
    assert outside.sum() > 5 and inside.sum() > 5 and free.sum() > 5
    assert np.all(margins[outside] > 1 - 2e-4) and np.all(margins[inside] < 1 + 2e-4)
    np.testing.assert_allclose(margins[free], 1.0, atol=2e-4)


def test_points_outside_the_margin_can_be_removed():
    x, targets = blobs(6, 4.0)
    alpha, bias = smo(x @ x.T, targets, 1.0, tolerance=1e-8)
    keep = alpha > 1e-9
    assert keep.sum() < 30
    again, same = smo(x[keep] @ x[keep].T, targets[keep], 1.0, tolerance=1e-8)
    np.testing.assert_allclose((again * targets[keep]) @ x[keep], (alpha * targets) @ x, atol=1e-5)
    assert abs(same - bias) < 1e-5


def test_kernels_of_hand_computed_points():
    a, b = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(rbf_kernel(a, b, 0.1), np.exp(-0.1 * np.array([[0, 9, 1], [25, 16, 18]])))
    np.testing.assert_array_equal(polynomial_kernel(a, b, 3), [[1, 1, 1], [1, 1000, 125]])
    assert rbf_kernel(a[:0], b, 0.1).shape == (0, 3)


def test_the_square_kernel_is_a_product_of_six_features():
    a, b = np.random.default_rng(7).normal(size=(2, 5, 2))

    def features(x):
        one, (u, v) = np.ones(len(x)), x.T
        root = np.sqrt(2.0)
        return np.stack([one, root * u, root * v, u**2, v**2, root * u * v], axis=1)

    np.testing.assert_allclose(polynomial_kernel(a, b, 2), features(a) @ features(b).T)


def test_a_step_never_leaves_the_box():
    x, targets = blobs(8, 0.5)
    for penalty in (1e-3, 0.1, 7.0):
        alpha, _ = smo(rbf_kernel(x, x, 0.5), targets, penalty)
        assert alpha.min() >= -1e-15 * penalty and alpha.max() <= penalty * (1 + 1e-15)


def test_a_huge_penalty_is_the_hard_margin():
    # Small multipliers must stay movable however large C is.
    rng = np.random.default_rng(12)
    x = np.concatenate([rng.normal(size=(30, 2)) + 3, rng.normal(size=(25, 2)) - 3])
    targets = np.array([1] * 30 + [-1] * 25)
    for penalty in (1e4, 1e10, 1e18):
        alpha, bias = smo(x @ x.T, targets, penalty, tolerance=1e-9)
        weight = (alpha * targets) @ x
        margins = targets * (x @ weight + bias)
        assert abs(margins.min() - 1) < 1e-7 and np.all(alpha >= 0) and abs(alpha @ targets) < 1e-12
        np.testing.assert_allclose(margins[alpha > 1e-9], 1.0, atol=1e-7)
        np.testing.assert_allclose(weight @ weight, alpha.sum(), rtol=1e-6)  # no gap to the primal


def test_pixels_of_eight_bits_do_not_wrap_around():
    a = np.array([[0, 200], [255, 3]], dtype=np.uint8)
    exact = a.astype(np.float64)
    np.testing.assert_array_equal(rbf_kernel(a, a, 1e-5), rbf_kernel(exact, exact, 1e-5))
    np.testing.assert_array_equal(polynomial_kernel(a, a, 2), polynomial_kernel(exact, exact, 2))
    assert rbf_kernel(exact.astype(np.float32), exact.astype(np.float32), 1e-5).dtype == np.float32


def test_repeated_points_with_both_labels():
    # Curvature 0 between them; both end at the bound and cancel.
    x, targets = np.array([[1.0], [1.0], [-1.0]]), np.array([1, -1, -1])
    with np.errstate(all="raise"):
        alpha, _ = smo(x @ x.T, targets, 0.1)
    assert np.all(np.isfinite(alpha)) and abs(alpha @ targets) < 1e-12


def test_bad_input_is_named():
    kernel = np.eye(2)
    assert "targets" in raises(smo, kernel, np.array([1, 1]), 1.0)
    assert "targets must be -1 and +1, got [0 1]" in raises(smo, kernel, np.array([0, 1]), 1.0)
    assert "penalty" in raises(smo, kernel, np.array([-1, 1]), 0.0)
    x, targets = blobs(9)
    assert "targets" in raises(objective, np.zeros(3), 0.0, x, targets[:, None], 1.0)
    assert "kernel" in raises(smo, x @ x.T, targets[:, None], 1.0)
    assert "kernel" in raises(smo, x, targets, 1.0)
    assert "max_steps" in raises(smo, x @ x.T, targets, 1.0, max_steps=2)
