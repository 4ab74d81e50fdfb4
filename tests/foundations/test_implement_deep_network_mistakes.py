"""Each fault fails where the page says, and none of them stops the program."""

import numpy as np

from snippets.foundations import implement_deep_network_mistakes as mistakes
from snippets.foundations.implement_deep_network import (
    backward,
    cross_entropy,
    forward,
    init_params,
    momentum_step,
)

SIZES = [3, 7, 5, 2]


def test_from_zero_only_the_last_bias_learns():
    rng = np.random.default_rng(0)
    params = mistakes.init_zeros(SIZES, rng)
    velocity = [np.zeros_like(p) for p in params]
    x, targets = rng.standard_normal((9, 3)), np.array([0] * 3 + [1] * 6)
    for _ in range(50):
        outputs = forward(params, x)
        grad = cross_entropy(outputs[-1], targets)[1]
        momentum_step(params, backward(params, outputs, grad), velocity, 0.1)
    assert not any(p.any() for p in params[:-1]) and params[-1].any()
    # Asymptotically every input gets the class frequencies, here 1/3 and 2/3.
    logits = forward(params, x)[-1]
    assert np.ptp(logits, axis=0).max() == 0


def test_without_the_mask_inactive_units_get_a_gradient():
    params = init_params(SIZES, np.random.default_rng(1))
    outputs = forward(params, np.random.default_rng(2).standard_normal((1, 3)))
    grad = cross_entropy(outputs[-1], np.array([0]))[1]
    right = backward(params, outputs, grad)
    wrong = mistakes.backward_without_mask(params, outputs, grad)
    silent = outputs[2][0] == 0
    assert silent.any() and not right[3][silent].any() and wrong[3][silent].all()
    np.testing.assert_array_equal(right[-1], wrong[-1])  # the last layer looks fine


def test_unshuffled_batches_hold_one_class():
    targets = np.random.default_rng(3).integers(0, 10, 1000)
    rng = np.random.default_rng(4)
    wrong, right = mistakes.epoch_order(targets, rng), rng.permutation(1000)
    classes = [[len(set(targets[order[i : i + 32]])) for i in range(0, 992, 32)]
               for order in (wrong, right)]
    assert max(classes[0]) <= 2 < 8 <= min(classes[1])


def test_the_gradient_of_the_sum_is_n_times_that_of_the_mean():
    logits, targets = np.random.default_rng(5).standard_normal((32, 10)), np.arange(32) % 10
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    wrong = mistakes.gradient_of_the_sum(probs, np.eye(10)[targets])
    np.testing.assert_allclose(wrong, 32 * cross_entropy(logits, targets)[1], atol=1e-12)


def test_a_column_of_targets_turns_perfect_answers_into_one_tenth():
    targets = np.arange(1000) % 10
    logits = 5 * np.eye(10)[targets]
    assert mistakes.accuracy(logits, targets) == 1.0
    assert abs(mistakes.accuracy(logits, targets[:, None]) - 0.1) < 1e-12
