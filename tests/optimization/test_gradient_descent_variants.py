"""What gradients, epochs, descent and noise promise. NumPy and plain asserts only."""

import itertools

import numpy as np

from snippets.optimization.gradient_descent_variants import (
    batch_variance,
    descend,
    epoch,
    gradients,
    noise_scale,
)


def data(n=7, d=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(d), rng.standard_normal((n, d)), rng.standard_normal(n)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_each_row_is_the_gradient_of_one_example():
    weight, x, targets = data()
    grads = gradients(weight, x, targets)
    assert grads.shape == (7, 3), f"expected (N, D) = (7, 3), got {grads.shape}"
    for i, j in itertools.product(range(7), range(3)):
        step = np.zeros(3)
        step[j] = 1e-6
        up, down = (0.5 * (x[i] @ w - targets[i]) ** 2 for w in (weight + step, weight - step))
        assert abs(grads[i, j] - (up - down) / 2e-6) < 1e-6, f"example {i}, parameter {j}"


def test_targets_in_a_column_are_refused():
    weight, x, targets = data(d=1)
    assert raises(gradients, weight, x, targets[:, None]) == "targets must be (7,), got (7, 1)"
    assert gradients(weight, x[:0], targets[:0]).shape == (0, 1)


def test_an_epoch_visits_every_example_once():
    for n, batch in [(7, 3), (6, 2), (5, 5), (5, 1)]:
        sets = epoch(n, batch, np.random.default_rng(0))
        assert [len(rows) for rows in sets[:-1]] == [batch] * (len(sets) - 1)
        assert sorted(np.concatenate(sets).tolist()) == list(range(n))


def test_each_epoch_has_a_new_order():
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(epoch(50, 7, rng)) for _ in range(2))
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, np.arange(50)), "the order must be random"


def test_a_batch_that_does_not_fit_is_named():
    for batch in (0, 8):
        assert "batch" in raises(epoch, 7, batch, np.random.default_rng(0))


def test_the_full_batch_follows_the_gradient_of_the_mean_loss():
    weight, x, targets = data()
    path = descend(weight, x, targets, 7, 0.1, 4, np.random.default_rng(0))
    assert path.shape == (5, 3), f"4 epochs are 4 steps: expected (5, 3), got {path.shape}"
    for t in range(4):
        expected = path[t] - 0.1 * x.T @ (x @ path[t] - targets) / 7
        np.testing.assert_allclose(path[t + 1], expected, rtol=1e-9)


def test_an_epoch_of_single_examples_is_as_many_steps_as_examples():
    weight, x, targets = data()
    assert descend(weight, x, targets, 1, 0.1, 3, np.random.default_rng(0)).shape == (22, 3)
    assert descend(weight, x, targets, 3, 0.1, 2, np.random.default_rng(0)).shape == (7, 3)


def test_a_step_uses_the_mean_gradient_of_its_batch():
    weight, x, targets = data()
    path = descend(weight, x, targets, 3, 0.1, 1, np.random.default_rng(5))
    for t, rows in enumerate(epoch(7, 3, np.random.default_rng(5))):
        step = -0.1 * gradients(path[t], x[rows], targets[rows]).mean(axis=0)
        np.testing.assert_allclose(path[t + 1] - path[t], step, rtol=1e-9, atol=1e-12)


def test_descent_leaves_its_input_alone():
    weight, x, targets = data()
    before = weight.copy()
    path = descend(weight, x, targets, 2, 0.1, 2, np.random.default_rng(0))
    np.testing.assert_array_equal(weight, before)
    np.testing.assert_array_equal(path[0], before)


def test_the_variance_formulas_agree_with_all_possible_batches():
    grads = np.random.default_rng(0).standard_normal((5, 2))
    for batch in (1, 2, 3, 5):
        for replace, draws in [(True, itertools.product(range(5), repeat=batch)),
                               (False, itertools.combinations(range(5), batch))]:
            means = np.array([grads[list(rows)].mean(axis=0) for rows in draws])
            np.testing.assert_allclose(means.mean(axis=0), grads.mean(axis=0), atol=1e-12)
            expected = ((means - grads.mean(axis=0)) ** 2).sum(axis=1).mean()
            found = batch_variance(grads, batch, replace)
            assert abs(found - expected) < 1e-12, f"batch {batch}, replace {replace}: {found}"


def test_a_variance_without_replacement_needs_a_batch_that_fits():
    grads = np.arange(8.0).reshape(4, 2)
    assert "batch" in raises(batch_variance, grads, 5, False)
    assert "batch" in raises(batch_variance, grads, 0, True)
    assert batch_variance(grads[:1], 1, False) == 0
    assert batch_variance(np.array([[0.0], [2.0]]), 1, False) == 1  # each is 1 away from the mean
    assert batch_variance(grads, 8, True) == batch_variance(grads, 4, True) / 2


def test_at_the_noise_scale_the_best_step_gains_half():
    weight, x, targets = data(n=40, d=3, seed=1)
    grads, hessian = gradients(weight, x, targets), x.T @ x / 40
    mean, centered = grads.mean(axis=0), grads - grads.mean(axis=0)
    noise = np.mean([c @ hessian @ c for c in centered])  # trace(H C), example by example

    def gain(batch):
        rates = np.linspace(0, 5, 200_001)
        return (rates * (mean @ mean)
                - 0.5 * rates**2 * (mean @ hessian @ mean + noise / batch)).max()

    scale = noise_scale(grads, hessian)
    assert abs(gain(scale) / gain(1e12) - 0.5) < 1e-3, f"noise scale {scale}"


def test_the_noise_scale_has_no_unit():
    weight, x, targets = data()
    grads, hessian = gradients(weight, x, targets), x.T @ x / 7
    assert abs(noise_scale(3 * grads, 5 * hessian) / noise_scale(grads, hessian) - 1) < 1e-9


def test_equal_gradients_have_no_noise():
    grads = np.tile([1.0, 2.0], (4, 1))
    assert batch_variance(grads, 1, True) == 0 and noise_scale(grads, np.eye(2)) == 0


def test_the_page_s_four_examples():
    x, targets = np.ones((4, 1)), np.array([0.0, 2.0, 4.0, 6.0])
    grads = gradients(np.array([6.0]), x, targets)
    found = [round(batch_variance(grads, b, r), 2) for b in (1, 2, 4) for r in (True, False)]
    assert found == [5.0, 5.0, 2.5, 1.67, 1.25, 0.0], f"got {found}"
    assert round(noise_scale(grads, np.eye(1)), 3) == 0.556
    near = gradients(np.array([3.1]), x, targets)
    assert round(noise_scale(near, np.eye(1))) == 500
