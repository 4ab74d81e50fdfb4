"""Each wrong Adam fails where the page says, and the right one does not."""

import numpy as np

from snippets.optimization.adam import adam_step, adam_steps
from snippets.optimization.adam_mistakes import (
    shrink,
    step_with_eps_inside,
    step_with_l2,
    step_without_bias_correction,
)

ZERO = np.zeros(())


def test_without_bias_correction_the_first_steps_are_too_long():
    m = v = ZERO
    steps = []
    for _ in range(1800):
        step, m, v = step_without_bias_correction(ZERO, np.array(3.0), m, v, lr=1.0)
        steps.append(-step)
    np.testing.assert_allclose(steps[0], 0.1 / np.sqrt(0.001), rtol=1e-6)
    assert int(np.argmax(steps)) + 1 == 12
    np.testing.assert_allclose(max(steps), 6.57, atol=0.005)
    assert steps[1750] < 1.1 < steps[1749]  # t = 1,751 is the first below 1.1 lr
    np.testing.assert_allclose(adam_steps(np.full(5, 3.0), lr=1.0), -np.ones(5), rtol=1e-6)


def test_eps_inside_the_root_stalls_small_gradients():
    grad = np.array(1e-5)
    wrong = -step_with_eps_inside(ZERO, grad, ZERO, ZERO, 1, lr=1.0)[0]
    right = -adam_step(ZERO, grad, ZERO, ZERO, 1, lr=1.0)[0]
    np.testing.assert_allclose(wrong, 0.0995, atol=5e-5)  # 1e-5 / sqrt(1e-10 + 1e-8)
    np.testing.assert_allclose(right, 0.999, atol=5e-5)  # 1e-5 / (1e-5 + 1e-8)


def test_l2_decays_weights_with_large_gradients_least():
    # 2,000 steps at lr 1e-3 and weight_decay 0.1: the right factor is (1 - 1e-4)^2000 = 0.819.
    np.testing.assert_allclose([shrink(step_with_l2, 0.1, 0.1), shrink(step_with_l2, 10.0, 0.1)],
                               [0.190, 0.978], atol=1e-3)
    right = [shrink(adam_step, size, 0.1) for size in (0.1, 10.0)]
    np.testing.assert_allclose(right, [0.9999**2000] * 2, atol=2e-3)


def test_first_step_of_l2_does_not_depend_on_the_decay():
    left = [step_with_l2(np.ones(()), ZERO, ZERO, ZERO, 1, lr=0.01, weight_decay=decay)[0]
            for decay in (0.001, 0.1)]
    np.testing.assert_allclose(left, [0.99, 0.99], rtol=1e-4)


def test_a_forgotten_counter_shortens_steps_to_a_third_and_then_to_a_seventh():
    m = v = ZERO
    for t in range(1, 10_001):
        _, m, v = adam_step(ZERO, np.array(2.0), m, v, t)
    ratios = []
    for t in range(1, 41):
        right = adam_step(ZERO, np.array(2.0), m, v, 10_000 + t, lr=1.0)[0]
        wrong, m, v = adam_step(ZERO, np.array(2.0), m, v, t, lr=1.0)
        ratios.append(wrong / right)
    np.testing.assert_allclose(ratios[0], np.sqrt(1000) / 100, rtol=1e-3)  # 0.316
    assert int(np.argmin(ratios)) + 1 == 12
    np.testing.assert_allclose(min(ratios), 0.152, atol=5e-4)  # 1 / 6.57
