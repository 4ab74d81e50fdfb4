"""Decay outside and inside the ratio, who decays, and what is left."""

import numpy as np

from snippets.optimization.adamw import adamw_step, kept, param_groups


def run(grads, w=1.0, **options):
    w, m, v = np.array(w), np.zeros(()), np.zeros(())
    for t, grad in enumerate(grads, start=1):
        w, m, v = adamw_step(w, np.array(grad), m, v, t, **options)
    return float(w)


def raises(function, *args, **options):
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def test_without_a_gradient_decoupled_decay_is_a_geometric_shrinkage():
    assert abs(run([0.0] * 7, w=3.0, lr=0.1, weight_decay=0.2) - 3.0 * 0.98**7) < 1e-12


def test_without_a_gradient_l2_moves_by_lr_whatever_the_coefficient():
    for decay in (0.001, 1.0):
        moved = 2.0 - run([0.0], w=2.0, lr=0.01, weight_decay=decay, decoupled=False)
        assert abs(moved - 0.01) < 1e-6


def test_the_first_step_by_hand():
    # Data gradient 3: the ratio is 1. AdamW: 2 * (1 - 0.1 * 0.5) - 0.1; with L2: 2 - 0.1.
    assert abs(run([3.0], w=2.0, lr=0.1, weight_decay=0.5) - 1.8) < 1e-8
    assert abs(run([3.0], w=2.0, lr=0.1, weight_decay=0.5, decoupled=False) - 1.9) < 1e-8


def test_decoupled_decay_does_not_enter_the_averages_and_l2_does():
    w, g, zero = np.array([2.0, -1.0]), np.array([3.0, 0.5]), np.zeros(2)
    _, m, v = adamw_step(w, g, zero, zero, 1, weight_decay=0.5)
    np.testing.assert_allclose([m, v], [0.1 * g, 0.001 * g**2], rtol=1e-12)
    _, m, v = adamw_step(w, g, zero, zero, 1, weight_decay=0.5, decoupled=False)
    np.testing.assert_allclose([m, v], [0.1 * (g + w / 2), 0.001 * (g + w / 2) ** 2], rtol=1e-12)


def test_decay_zero_makes_both_the_same():
    grads = [1.0, -2.0, 0.5, 3.0]
    assert run(grads, weight_decay=0.0) == run(grads, weight_decay=0.0, decoupled=False)


def test_two_gradient_scales_shrink_alike_with_adamw_only():
    def shrink(size, decoupled):
        return run([size * (-1) ** t for t in range(1000)], weight_decay=0.1, decoupled=decoupled)

    assert [round(shrink(s, True), 3) for s in (0.1, 10.0)] == [0.903, 0.903]
    assert [round(shrink(s, False), 3) for s in (0.1, 10.0)] == [0.461, 0.988]


def test_a_loss_times_100_changes_no_step_of_adamw_and_those_of_l2():
    grads = [0.3, -2.0, 0.5, 1.0, -0.7]

    def end(scale, decoupled):
        scaled = [scale * grad for grad in grads]
        return run(scaled, lr=0.1, eps=0.0, weight_decay=0.5, decoupled=decoupled)

    assert abs(end(1, True) - end(100, True)) < 1e-12
    assert abs(end(1, False) - end(100, False)) > 0.01


def test_the_defaults_are_a_decay_of_0_01_outside_the_ratio():
    plain = run([0.0] * 5, w=3.0, lr=0.1)
    assert plain == run([0.0] * 5, w=3.0, lr=0.1, weight_decay=0.01, decoupled=True)


def test_a_steady_gradient_ends_at_one_over_lambda():
    # Step lr * 1 against decay lr * lambda * w: they balance at 1 / lambda, whatever the gradient.
    for grad in (-0.01, -100.0):
        w = run([grad] * 400, w=0.0, lr=0.1, weight_decay=0.5)
        assert abs(w - 2.0) < 1e-3


def test_matrices_decay_and_gains_biases_and_scalars_do_not():
    shapes = {"embed": (7, 3), "norm.weight": (3,), "conv": (2, 3, 5, 5), "bias": (5,), "scale": ()}
    first, second = param_groups({name: np.zeros(shape) for name, shape in shapes.items()}, 0.1)
    assert first == {"params": ["embed", "conv"], "weight_decay": 0.1}
    assert second == {"params": ["norm.weight", "bias", "scale"], "weight_decay": 0.0}


def test_what_is_kept_is_what_a_run_with_adamw_shows():
    lrs, decay = np.array([0.1, 0.3, 0.2, 0.05]), 0.4
    w, m, v, updates = np.array(5.0), np.zeros(()), np.zeros(()), []
    for t, lr in enumerate(lrs, start=1):
        new, m, v = adamw_step(w, np.array(t - 2.5), m, v, t, lr=lr, weight_decay=decay)
        updates.append(new - w * (1 - lr * decay))
        w = new
    shares = kept(lrs, decay)
    assert shares.shape == (5,)
    np.testing.assert_allclose(shares @ np.array([5.0, *updates]), w, rtol=1e-12)


def test_a_constant_rate_forgets_with_time_constant_one_over_lr_lambda():
    shares = kept(np.full(10_000, 1e-3), 0.1)
    assert abs(shares[0] - np.exp(-1)) < 1e-4 and shares[-1] == 1.0
    assert kept(np.zeros(0), 0.1).tolist() == [1.0]  # no step: the start, whole


def test_float32_stays_float32_and_nothing_is_modified():
    arrays = [np.full((2, 3), x, np.float32) for x in (1.0, 0.5, 0.0, 0.0)]
    for decoupled in (True, False):
        out = adamw_step(*arrays, 1, decoupled=decoupled)
        assert all(array.dtype == np.float32 for array in out)
    assert [float(a[0, 0]) for a in arrays] == [1.0, 0.5, 0.0, 0.0]


def test_wrong_arguments_are_named():
    zero = np.zeros(2)
    assert "one shape" in raises(adamw_step, zero, np.zeros(3), zero, zero, 1)
    assert raises(adamw_step, zero, zero, zero, zero, 0) == "t counts from 1, got 0"
    assert "weight_decay" in raises(adamw_step, zero, zero, zero, zero, 1, weight_decay=-0.1)
