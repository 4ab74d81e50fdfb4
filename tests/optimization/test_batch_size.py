"""What the estimator, the step count and the scaling rules promise."""

import itertools
import math

import numpy as np

from snippets.optimization.batch_size import (
    fit_critical,
    noise_scale,
    scale_adam,
    scale_lr,
    shard_norms,
    steps_needed,
)


def message(function, *args):
    """What the function complains about."""
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{function.__name__} took {args}")


def test_two_batch_sizes_give_signal_spread_and_their_ratio():
    for signal, trace, small, big in [(2.0, 6.0, 3, 7), (0.5, 40.0, 1, 64), (9.0, 0.0, 2, 5)]:
        found = noise_scale(signal + trace / small, signal + trace / big, small, big)
        np.testing.assert_allclose(found, (signal, trace, trace / signal), rtol=1e-12)


def test_over_every_possible_batch_the_estimate_is_exact():
    grads = np.array([6.0, 4.0, 2.0, 0.0])  # mean 3, variance 5
    norms = [np.mean([np.mean(batch) ** 2 for batch in itertools.product(grads, repeat=size)])
             for size in (2, 5)]
    np.testing.assert_allclose(noise_scale(*norms, 2, 5), (9.0, 5.0, 5 / 9), rtol=1e-12)


def test_no_signal_left_is_nan_and_not_an_endless_or_negative_scale():
    assert math.isnan(noise_scale(8.0, 1.0, 1, 8)[2])
    assert noise_scale(8.0, 1.0, 1, 8)[0] == 0
    signal, _, ratio = noise_scale(8.0, 0.5, 1, 8)
    assert signal < 0 and math.isnan(ratio)


def test_batch_sizes_in_the_wrong_order_are_named():
    for small, big in [(8, 2), (4, 4), (0, 3)]:
        assert message(noise_scale, 1.0, 1.0, small, big) == (
            f"batch_small must be positive and below batch_big, got {small} and {big}")


def test_shards_give_the_norms_before_and_after_averaging():
    grads = np.array([[1.0, 2.0], [3.0, -4.0], [2.0, 5.0]])
    for dtype in (np.float64, np.float32):
        before = grads.astype(dtype)
        kept = before.copy()
        np.testing.assert_allclose(shard_norms(before), (59 / 3, 5.0), rtol=1e-6)
        assert (before == kept).all()
    assert shard_norms(np.full((2, 1), 200, dtype=np.uint8)) == (40000.0, 40000.0)
    assert shard_norms(np.full((2, 1), 300, dtype=np.float16)) == (90000.0, 90000.0)


def test_one_shard_or_a_flat_gradient_is_refused():
    assert "(1, 3)" in message(shard_norms, np.zeros((1, 3)))
    assert "(6,)" in message(shard_norms, np.zeros(6))


def test_averaged_norms_find_a_known_scale():
    # |G|**2 = 1, S = 60, 5 shards of 4. A squared norm of 60 normal numbers has a relative
    # deviation of about sqrt(2 / 60); over 2,000 steps that leaves about 2 % for the scale.
    rng = np.random.default_rng(0)
    mean = 1 / math.sqrt(60)
    norms = np.mean([shard_norms(mean + rng.normal(size=(5, 60)) / 2) for _ in range(2000)], axis=0)
    assert abs(noise_scale(*norms, 4, 20)[2] / 60 - 1) < 0.1


def test_at_the_critical_batch_steps_and_examples_are_twice_their_least():
    batch = np.array([[3.0, 70.0], [500.0, 9000.0]])
    steps = steps_needed(batch, 20, 70)
    assert steps.shape == (2, 2) and steps[0, 1] == 40
    np.testing.assert_allclose((steps / 20 - 1) * (steps * batch / 1400 - 1), 1, rtol=1e-9)
    assert "0" in message(steps_needed, np.array([4, 0]), 20, 70)


def test_the_fit_recovers_what_made_the_steps():
    batch = np.array([1, 5, 40, 300, 2000], dtype=np.int32)
    np.testing.assert_allclose(fit_critical(batch, steps_needed(batch, 13, 170)), (13, 170), rtol=1e-9)
    two = fit_critical(np.array([10, 100]), np.array([550, 100]))  # two points fix two unknowns
    np.testing.assert_allclose(two, (50, 100), rtol=1e-9)
    uint8 = np.array([10, 200], np.uint8)
    np.testing.assert_allclose(fit_critical(uint8, steps_needed(uint8, 2, 30)), (2, 30), rtol=1e-9)
    whole = fit_critical(uint8, np.array([8, 230], np.uint8) + np.uint8(2))
    np.testing.assert_allclose(whole, fit_critical([10.0, 200.0], [10.0, 232.0]), rtol=1e-9)


def test_the_fit_weighs_relative_errors():
    # 10 % too many steps at one end: the fit moves by less than the error, at either end.
    batch = np.array([1, 8, 64, 512])
    for wrong in (0, 3):
        steps = steps_needed(batch, 10, 50)
        steps[wrong] *= 1.1
        least, critical = fit_critical(batch, steps)
        fitted = steps_needed(batch, least, critical)
        assert np.abs(fitted / steps_needed(batch, 10, 50) - 1).max() < 0.1


def test_the_fit_needs_two_points_and_equal_lengths():
    assert "(1,)" in message(fit_critical, np.array([4]), np.array([9.0]))
    assert "(3,)" in message(fit_critical, np.array([4, 8]), np.array([9.0, 5.0, 4.0]))


def test_linear_keeps_rate_over_batch_and_sqrt_keeps_its_square():
    for batch, new in [(32, 288), (300, 75), (1, 9), (9, 1)]:
        assert math.isclose(scale_lr(0.3, batch, new) / new, 0.3 / batch)
        assert math.isclose(scale_lr(0.3, batch, new, "sqrt") ** 2 / new, 0.3**2 / batch)


def test_unknown_rules_and_empty_batches_are_named():
    assert "cubic" in message(scale_lr, 0.1, 2, 4, "cubic")
    for batch, new in [(0, 4), (2, -1), (2, 0)]:
        assert message(scale_lr, 0.1, batch, new) == (
            f"batch and new_batch must be positive, got {batch}, {new}")


def test_adam_s_averages_reach_back_over_as_many_examples():
    for ratio in (5, 0.25):
        lr, beta1, beta2, eps = scale_adam(3e-4, 0.9, 0.98, 1e-8, ratio)
        np.testing.assert_allclose((1 - beta1) / ratio, 0.1)
        np.testing.assert_allclose((1 - beta2) / ratio, 0.02)
        np.testing.assert_allclose((lr / 3e-4) ** 2, ratio)
        np.testing.assert_allclose(lr * eps, 3e-12)


def test_a_beta_may_become_zero_which_is_no_average_at_all():
    assert scale_adam(1e-3, 0.5, 0.75, 1e-8, 2)[1:3] == (0.0, 0.5)


def test_a_ratio_that_would_make_a_beta_negative_is_refused():
    for ratio in (11, 0, -1):
        refused = message(scale_adam, 1e-3, 0.9, 0.999, 1e-8, ratio)
        assert "ratio" in refused and str(ratio) in refused
