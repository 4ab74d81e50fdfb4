"""The gradient by hand, by differences, and what holds for every target."""

import numpy as np

from snippets.backpropagation.backpropagate_softmax_cross_entropy import (
    cross_entropy,
    hessian,
    log_softmax,
    softmax_backward,
)

LOGITS = np.random.default_rng(0).normal(size=(5, 3)) * 2
TARGETS = np.array([0, 2, -100, 1, 1])


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def difference(f, x):
    grad = np.empty_like(x)
    for index in np.ndindex(x.shape):
        ends = []
        for h in (1e-5, -1e-5):
            moved = x.copy()
            moved[index] += h
            ends.append(f(moved))
        grad[index] = (ends[0] - ends[1]) / 2e-5
    return grad


def test_log_softmax_is_normalized_and_survives_huge_logits():
    logits = np.array([[1.0, 2.0, 3.0], [1e4, 0.0, -1e4], [-1e4, -1e4, -1e4]])
    found = log_softmax(logits)
    np.testing.assert_allclose(np.exp(found).sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(found[1], [0, -1e4, -2e4])
    np.testing.assert_allclose(found[2], -np.log(3))


def test_softmax_backward_is_the_jacobian_times_the_gradient():
    grad = np.random.default_rng(1).normal(size=(5, 3))
    probs = np.exp(log_softmax(LOGITS))
    numeric = difference(lambda z: np.sum(np.exp(log_softmax(z)) * grad), LOGITS)
    np.testing.assert_allclose(softmax_backward(grad, probs), numeric, atol=1e-9)
    np.testing.assert_allclose(softmax_backward(np.ones_like(probs), probs), 0, atol=1e-15)


def test_the_worked_example():
    logits = np.log([[1.0, 2.0, 5.0]])
    probs = np.exp(log_softmax(logits))
    np.testing.assert_allclose(softmax_backward(np.array([[-8.0, 0, 0]]), probs), [[-0.875, 0.25, 0.625]])
    loss, grad = cross_entropy(logits, np.array([0]))
    np.testing.assert_allclose(loss, np.log(8))
    np.testing.assert_allclose(grad, [[-0.875, 0.25, 0.625]])
    loss, grad = cross_entropy(logits, np.array([[0.5, 0.25, 0.25]]))
    np.testing.assert_allclose(loss, 1.503795, atol=1e-6)
    np.testing.assert_allclose(grad, [[-0.375, 0, 0.375]], atol=1e-15)


def test_the_mean_counts_only_rows_that_are_not_ignored():
    loss, grad = cross_entropy(LOGITS, TARGETS)
    rows, each = cross_entropy(LOGITS, TARGETS, reduction="none")
    total, summed = cross_entropy(LOGITS, TARGETS, reduction="sum")
    assert rows.shape == (5,) and rows[2] == 0
    np.testing.assert_allclose(loss, rows.sum() / 4)
    np.testing.assert_allclose(total, rows.sum())
    np.testing.assert_array_equal(grad[2], 0)
    np.testing.assert_allclose(grad * 4, each)
    np.testing.assert_allclose(summed, each)
    other = cross_entropy(LOGITS, np.where(TARGETS == -100, 255, TARGETS), ignore_index=255)
    np.testing.assert_allclose(other[1], grad)


def test_every_gradient_equals_a_central_difference():
    rng = np.random.default_rng(2)
    soft, weights = rng.dirichlet(np.ones(3), 5), rng.uniform(size=(5, 3))
    for targets in (TARGETS, soft, weights):
        for reduction in ("mean", "sum"):
            _, grad = cross_entropy(LOGITS, targets, reduction=reduction)
            numeric = difference(lambda z: cross_entropy(z, targets, reduction=reduction)[0], LOGITS)  # noqa: B023
            np.testing.assert_allclose(grad, numeric, atol=1e-8)


def test_the_gradient_of_each_row_sums_to_zero_and_is_at_most_the_root_of_two():
    rng = np.random.default_rng(3)
    logits = rng.normal(size=(7, 5)) * 20
    for targets in (rng.integers(0, 5, 7), rng.uniform(size=(7, 5))):
        _, grad = cross_entropy(logits, targets, reduction="sum")
        np.testing.assert_allclose(grad.sum(axis=1), 0, atol=1e-12)
    _, grad = cross_entropy(logits, rng.integers(0, 5, 7), reduction="sum")
    assert np.linalg.norm(grad, axis=1).max() <= np.sqrt(2)


def test_huge_logits_and_masked_classes_stay_finite():
    loss, grad = cross_entropy(np.array([[0.0, 800.0]]), np.array([0]))
    assert loss == 800
    np.testing.assert_array_equal(grad, [[-1, 1]])
    loss, grad = cross_entropy(np.array([[0.0, 0.0, -np.inf]]), np.array([0]))
    np.testing.assert_allclose(loss, np.log(2))
    np.testing.assert_allclose(grad, [[-0.5, 0.5, 0]])


def test_positions_of_a_sequence_are_rows_too():
    rng = np.random.default_rng(4)
    logits, targets = rng.normal(size=(2, 7, 3)), rng.integers(0, 3, (2, 7))
    loss, grad = cross_entropy(logits, targets)
    flat, flat_grad = cross_entropy(logits.reshape(14, 3), targets.ravel())
    np.testing.assert_allclose(loss, flat)
    np.testing.assert_allclose(grad.reshape(14, 3), flat_grad)


def test_float32_stays_float32_and_nothing_is_modified():
    logits, targets = LOGITS.astype(np.float32), TARGETS.copy()
    for reduction in ("mean", "sum", "none"):
        loss, grad = cross_entropy(logits, targets, reduction=reduction)
        assert loss.dtype == grad.dtype == np.float32
    soft = np.full((5, 3), 1 / 3)
    assert cross_entropy(logits, soft)[1].dtype == np.float32
    for ours, wide in zip(cross_entropy(LOGITS, soft.astype(np.float32)), cross_entropy(LOGITS, soft),
                          strict=True):
        np.testing.assert_allclose(ours, wide, rtol=1e-6, atol=1e-7)  # targets may have 32 bits, too
    np.testing.assert_array_equal(logits, LOGITS.astype(np.float32))
    np.testing.assert_array_equal(targets, TARGETS)


def test_the_hessian_is_the_derivative_of_the_gradient():
    probs = np.exp(log_softmax(LOGITS))
    second = hessian(probs)
    assert second.shape == (5, 3, 3)
    for row in range(5):
        for k in range(3):
            def slope(z, row=row, k=k):
                return cross_entropy(z, np.array([0]))[1][0, k]

            numeric = difference(slope, LOGITS[row : row + 1])[0]
            np.testing.assert_allclose(second[row, k], numeric, atol=1e-9)


def test_the_hessian_has_no_negative_eigenvalue_and_none_above_one_half():
    values = np.linalg.eigvalsh(hessian(np.random.default_rng(5).dirichlet(np.ones(7) / 3, 50)))
    assert values.min() > -1e-12 and values.max() <= 0.5 + 1e-12
    np.testing.assert_allclose(values[:, 0], 0, atol=1e-12)
    half = np.linalg.eigvalsh(hessian(np.array([0.5, 0.5, 0.0])))
    np.testing.assert_allclose(half, [0, 0, 0.5], atol=1e-12)
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian(np.array([1, 2, 5]) / 8)), [0, 5 / 32, 3 / 8],
                               atol=1e-12)


def test_bad_targets_are_named():
    for wrong in (3, -1):
        message = raises(cross_entropy, LOGITS, np.array([0, 1, 2, wrong, 0]))
        assert "targets" in message and str(wrong) in message
    assert "(4,)" in raises(cross_entropy, LOGITS, TARGETS[:4])
    assert "(5, 2)" in raises(cross_entropy, LOGITS, np.ones((5, 2)))
    assert "targets" in raises(cross_entropy, LOGITS, np.full(5, -100))
    assert "average" in raises(cross_entropy, LOGITS, TARGETS, reduction="average")


def test_integer_logits_are_refused_as_soft_targets_would_become_zeros():
    message = raises(cross_entropy, np.array([[1, 2, 5]]), np.array([[0.5, 0.25, 0.25]]))
    assert "logits" in message and "int" in message


def test_a_gradient_may_have_any_number_of_axes_in_front():
    logits = np.random.default_rng(5).normal(size=(2, 4, 5, 3))
    grad = np.random.default_rng(6).normal(size=logits.shape)
    probs = np.exp(log_softmax(logits))
    right = np.einsum("...jk,...k->...j", hessian(probs), grad)
    np.testing.assert_allclose(softmax_backward(grad, probs), right, atol=1e-14)
    targets = np.random.default_rng(7).integers(0, 3, (2, 4, 5))
    loss, found = cross_entropy(logits, targets)
    flat_loss, flat = cross_entropy(logits.reshape(-1, 3), targets.ravel())
    np.testing.assert_allclose(loss, flat_loss)
    np.testing.assert_allclose(found.reshape(-1, 3), flat)


def test_float32_stays_float32():
    logits = LOGITS.astype(np.float32)
    for targets in (TARGETS, np.full((5, 3), 1 / 3)):
        loss, grad = cross_entropy(logits, targets)
        assert loss.dtype == grad.dtype == np.float32
    assert hessian(np.exp(log_softmax(logits))).dtype == np.float32


def test_a_batch_without_rows_has_the_sum_zero():
    loss, grad = cross_entropy(np.zeros((0, 3)), np.zeros(0, dtype=np.int64), reduction="sum")
    assert loss == 0 and grad.shape == (0, 3)
