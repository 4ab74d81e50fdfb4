"""What the three ways to learn promise. NumPy and plain asserts only: also runs in the browser."""

import numpy as np

from snippets.foundations.supervised_and_unsupervised import (
    fit_classifier,
    masked_loss,
    pretrain,
    principal_components,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def objective(weight, bias, x, targets, l2):
    logits = x @ weight + bias
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_probs[np.arange(len(targets)), targets].mean() + l2 / 2 * (weight**2).sum()


def labeled():
    rng = np.random.default_rng(0)
    return rng.standard_normal((11, 3)), rng.integers(0, 4, 11)


def test_first_step_of_the_classifier_by_hand():
    # Columns x and 1: X^T X = diag(2, 2), s = 2, lr = 1 / (2 / 4) = 2; error is +-1/2.
    weight, bias = fit_classifier(np.array([[-1.0], [1.0]]), np.array([0, 1]), 2, 0.0, steps=1)
    np.testing.assert_allclose(weight, [[-1.0, 1.0]], atol=1e-12)
    np.testing.assert_allclose(bias, [0.0, 0.0], atol=1e-12)
    # With a penalty of 1/2: lr = 1 / (2 / 4 + 1 / 2) = 1.
    weight, _ = fit_classifier(np.array([[-1.0], [1.0]]), np.array([0, 1]), 2, 0.5, steps=1)
    np.testing.assert_allclose(weight, [[-0.5, 0.5]], atol=1e-12)


def test_an_outlier_that_very_many_rows_pull_stays_finite():
    x, targets = np.ones((100_000, 1)), np.zeros(100_000, dtype=np.int32)
    x[0], targets[:500] = 1500.0, 1
    weight, bias = fit_classifier(x, targets, 2, 0.0, steps=34)
    assert np.abs(x[0] @ weight).max() > 750  # exp of it overflows, exp of minus it is 0
    assert np.isfinite(weight).all() and np.isfinite(bias).all()


def test_classifier_ends_where_the_gradient_is_zero():
    x, targets = labeled()
    weight, bias = fit_classifier(x, targets, 4, 0.1, steps=1000)
    assert objective(weight, bias, x, targets, 0.1) < np.log(4), "worse than at the start"
    for target in (weight, bias):
        for index in np.ndindex(target.shape):
            keep = target[index]
            target[index] = keep + 1e-5
            up = objective(weight, bias, x, targets, 0.1)
            target[index] = keep - 1e-5
            down = objective(weight, bias, x, targets, 0.1)
            target[index] = keep
            assert abs(up - down) / 2e-5 < 1e-6, "slope of loss plus l2 / 2 * squared weight"


def test_classifier_loss_never_rises():
    x, targets = labeled()
    losses = [objective(*fit_classifier(5 * x, targets, 4, 0.01, steps=n), 5 * x, targets, 0.01)
              for n in range(0, 40, 3)]
    assert (np.diff(losses) <= 1e-12).all()


def test_huge_features_do_not_overflow():
    x, targets = labeled()
    weight, bias = fit_classifier(1e4 * x, targets, 4, 0.0, steps=20)
    assert np.isfinite(weight).all() and np.isfinite(bias).all()


def test_components_are_orthonormal_and_sorted_by_variance():
    x = np.random.default_rng(1).standard_normal((13, 5)) * np.array([1, 5, 2, 0.5, 3]) + 7
    for k in (1, 4, 5):
        mean, directions = principal_components(x, k)
        np.testing.assert_allclose(mean, x.mean(axis=0))
        assert directions.shape == (5, k)
        np.testing.assert_allclose(directions.T @ directions, np.eye(k), atol=1e-12)
        variances = ((x - mean) @ directions).var(axis=0)
        eigenvalues = np.linalg.eigvalsh(np.cov(x.T, bias=True))[::-1][:k]
        np.testing.assert_allclose(variances, eigenvalues, rtol=1e-9)


def network(d=3, h=5, seed=2):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(s) for s in ((d, h), (h,), (h, d), (d,))]


def test_gradients_of_the_masked_loss_match_central_differences():
    rng = np.random.default_rng(3)
    x, params = rng.standard_normal((7, 3)), network()
    visible = rng.random((7, 3)) < 0.6
    _, grads = masked_loss(x, visible, params)
    for p, g in zip(params, grads, strict=True):
        assert g.shape == p.shape
        for index in np.ndindex(p.shape):
            keep = p[index]
            p[index] = keep + 1e-6
            up = masked_loss(x, visible, params)[0]
            p[index] = keep - 1e-6
            down = masked_loss(x, visible, params)[0]
            p[index] = keep
            np.testing.assert_allclose(g[index], (up - down) / 2e-6, atol=1e-6)


def test_hidden_entries_are_not_seen_and_visible_ones_are_not_scored():
    params = network()
    x, visible = np.array([[1.0, 2.0, 3.0]]), np.array([[True, False, True]])
    w1, b1, w2, b2 = params
    guess = np.maximum(np.array([1.0, 0.0, 3.0]) @ w1 + b1, 0) @ w2 + b2
    np.testing.assert_allclose(masked_loss(x, visible, params)[0], (guess[1] - 2) ** 2, rtol=1e-12)


def test_a_mask_of_zeros_and_ones_is_as_good_as_one_of_booleans():
    x, visible = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[1, 0, 1], [0, 0, 1]])
    a, b = (masked_loss(x, v, network()) for v in (visible, visible.astype(bool)))
    assert a[0] == b[0] > 0
    assert all((p == q).all() for p, q in zip(a[1], b[1], strict=True))


def test_an_empty_batch_costs_nothing():
    loss, grads = masked_loss(np.zeros((0, 3)), np.zeros((0, 3), dtype=bool), network())
    assert loss == 0 and all((g == 0).all() for g in grads)


def test_nothing_hidden_nothing_to_learn():
    loss, grads = masked_loss(np.ones((2, 3)), np.ones((2, 3), dtype=bool), network())
    assert loss == 0 and all((g == 0).all() for g in grads)


def related(n, rng):
    """Six columns of which the last three repeat the first three."""
    half = rng.standard_normal((n, 3))
    return np.column_stack([half, half])


def test_pretraining_finds_what_the_inputs_tell_about_each_other():
    rng = np.random.default_rng(4)
    x, new = related(300, rng), related(200, rng)
    visible = rng.random(new.shape) >= 0.25
    before = masked_loss(new, visible, pretrain(x, 16, 0.25, 0, np.random.default_rng(0)))[0]
    after = masked_loss(new, visible, pretrain(x, 16, 0.25, 300, np.random.default_rng(0)))[0]
    # Guessing the mean costs 1; the best guess is wrong only where both copies are hidden.
    assert after < 0.7 < before, f"masked loss on new rows went from {before} to {after}"


def test_pretraining_cannot_help_where_inputs_are_independent():
    rng = np.random.default_rng(5)
    x, new = rng.standard_normal((300, 6)), rng.standard_normal((200, 6))
    visible = rng.random(new.shape) >= 0.25
    assert masked_loss(new, visible, pretrain(x, 16, 0.25, 200, np.random.default_rng(0)))[0] > 0.9


def test_pretraining_has_the_promised_shapes_and_repeats_with_the_seed():
    x = related(50, np.random.default_rng(6))
    a, b = (pretrain(x, 5, 0.5, 3, np.random.default_rng(1)) for _ in range(2))
    assert [p.shape for p in a] == [(6, 5), (5,), (5, 6), (6,)]
    assert all((p == q).all() for p, q in zip(a, b, strict=True))


def test_share_zero_hides_nothing_so_nothing_is_learned():
    x = related(50, np.random.default_rng(6))
    start, end = (pretrain(x, 5, 0.0, steps, np.random.default_rng(1)) for steps in (0, 4))
    assert all((p == q).all() for p, q in zip(start, end, strict=True))


def test_first_step_of_adam_has_the_length_of_the_learning_rate():
    x = related(50, np.random.default_rng(6))
    start, end = (pretrain(x, 5, 0.5, steps, np.random.default_rng(1)) for steps in (0, 1))
    np.testing.assert_allclose(np.abs(end[3] - start[3]), 0.003, rtol=1e-4)


def test_adam_keeps_its_step_while_the_gradient_stays_and_slows_down_where_it_ends():
    # All is hidden, so only b2 is seen by the loss: far from its target its gradient is constant.
    far, near = np.full((5, 2), 1e6), np.full((5, 2), 5e-9)
    np.testing.assert_allclose(pretrain(far, 3, 1.0, 10, np.random.default_rng(1))[3], 0.03, rtol=1e-4)
    step = pretrain(near, 3, 1.0, 1, np.random.default_rng(1))[3]
    assert (step > 0).all() and (step < 0.003).all()


def test_bad_input_is_named():
    assert "x" in raises(fit_classifier, np.zeros((0, 2)), np.zeros(0, dtype=np.int64), 2, 0.0)
    assert "targets" in raises(fit_classifier, np.zeros((3, 2)), np.zeros(2, dtype=np.int64), 2, 0.0)
    for bad, seen in ((-1, "-1 to 0"), (2, "0 to 2")):
        refused = raises(fit_classifier, np.zeros((2, 2)), np.array([0, bad]), 2, 0.0)
        assert refused == f"targets are {seen}, not 0 to 1"
    assert "k" in raises(principal_components, np.zeros((3, 2)), 3)
    assert "k" in raises(principal_components, np.zeros((3, 2)), 0)


def test_the_classifier_takes_300_steps_if_nothing_is_said():
    x, targets = labeled()
    default, given = (fit_classifier(x, targets, 4, 0.0, *steps) for steps in ((), (300,)))
    np.testing.assert_array_equal(default[0], given[0])
    np.testing.assert_array_equal(default[1], given[1])
