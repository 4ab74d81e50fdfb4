"""What Adam promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.optimization.adam import adam_step, adam_steps

SHAPE = (2, 3)


def start(value: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.full(SHAPE, value), np.zeros(SHAPE), np.zeros(SHAPE)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_three_steps_by_hand():
    # m = 0.1 * 4; 0.9 * 0.4 + 0.1 * 2; 0.9 * 0.56 - 0.1, and v in the same way with 0.001.
    param, m, v = np.ones(()), np.zeros(()), np.zeros(())
    expected = [(0.4, 0.016, -0.1),
                (0.56, 0.019984, -0.1 * (0.56 / 0.19) / np.sqrt(0.019984 / 0.001999)),
                (0.404, 0.020964016, -0.1 * (0.404 / 0.271) / np.sqrt(0.020964016 / 0.002997001))]
    for t, (grad, (first, second, step)) in enumerate(zip([4.0, 2.0, -1.0], expected, strict=True), start=1):
        new, m, v = adam_step(param, np.array(grad), m, v, t, lr=0.1)
        np.testing.assert_allclose([m, v, new - param], [first, second, step], rtol=1e-6,
                                   err_msg=f"m, v and the step at t = {t}")
        param = new
    np.testing.assert_allclose(param, 0.7504, atol=5e-5)


def test_first_step_is_lr_times_the_sign():
    grad = np.array([[1e-3, -7.0, 2e5], [-1e-4, 3.0, -1.0]])
    param, m, v = start()
    new, _, _ = adam_step(param, grad, m, v, t=1, lr=0.25)
    np.testing.assert_allclose(new - param, -0.25 * np.sign(grad), rtol=1e-3)


def test_constant_gradient_gives_constant_steps():
    # m_hat = g and v_hat = g^2 at every step: that is what the correction is for.
    np.testing.assert_allclose(adam_steps(np.full(50, -3.0), lr=0.1), np.full(50, 0.1), rtol=1e-7)


def test_steps_do_not_depend_on_the_scale_of_the_gradient():
    grads = np.random.default_rng(0).standard_normal(40)
    plain = adam_steps(grads, lr=0.1, eps=0.0)
    np.testing.assert_array_equal(adam_steps(grads * 1024.0, lr=0.1, eps=0.0), plain)  # exact: 2^10
    np.testing.assert_allclose(adam_steps(grads * 1e-3, lr=0.1, eps=0.0), plain, rtol=1e-10)


def test_every_parameter_has_its_own_step():
    rng = np.random.default_rng(1)
    grads = rng.standard_normal((30, *SHAPE)) * np.array([1e-3, 1.0, 1e3])
    param, m, v = start(0.0)
    for t, grad in enumerate(grads, start=1):
        param, m, v = adam_step(param, grad, m, v, t, lr=0.1)
    for i in range(SHAPE[0]):
        for j in range(SHAPE[1]):
            alone = adam_steps(grads[:, i, j], lr=0.1).sum()
            np.testing.assert_allclose(param[i, j], alone, rtol=1e-9)


def test_eps_is_added_after_the_root():
    zero = np.zeros(())
    new, _, _ = adam_step(zero, np.array(1e-8), zero, zero, t=1, lr=1.0, eps=1e-8)
    np.testing.assert_allclose(new, -0.5, rtol=1e-9)  # g / (|g| + eps) with |g| = eps


def test_zero_gradient_leaves_a_fresh_parameter_alone():
    param, m, v = start()
    new, m, v = adam_step(param, np.zeros(SHAPE), m, v, t=1)
    np.testing.assert_array_equal(new, param)
    assert not m.any() and not v.any()


def test_decay_is_decoupled_from_the_gradient():
    # Decay shrinks by 1 - lr * weight_decay, whatever the gradient, and m and v do not see it.
    param, m, v = start(2.0)
    for grad in (np.zeros(SHAPE), np.full(SHAPE, 100.0)):
        plain, plain_m, plain_v = adam_step(param, grad, m, v, t=1, lr=0.1)
        decayed, new_m, new_v = adam_step(param, grad, m, v, t=1, lr=0.1, weight_decay=0.5)
        np.testing.assert_allclose(decayed - plain, np.full(SHAPE, -0.1), rtol=1e-9)
        np.testing.assert_array_equal(new_m, plain_m)
        np.testing.assert_array_equal(new_v, plain_v)


def test_bias_correction_is_a_warmup_of_beta2():
    # v_hat_t = b v_hat_{t-1} + (1 - b) g^2 with b = beta2 (1 - beta2^(t-1)) / (1 - beta2^t).
    beta2, v_hat = 0.999, 0.0
    grads = np.random.default_rng(2).standard_normal(100)
    m = v = np.zeros(())
    for t, grad in enumerate(grads, start=1):
        _, m, v = adam_step(np.zeros(()), grad, m, v, t, beta2=beta2)
        b = beta2 * (1 - beta2 ** (t - 1)) / (1 - beta2**t)
        v_hat = b * v_hat + (1 - b) * grad**2
        np.testing.assert_allclose(v / (1 - beta2**t), v_hat, rtol=1e-10)
        if t in (1, 2, 10):
            np.testing.assert_allclose(b, 1 - 1 / t, atol=1e-3)


def test_largest_steps():
    quiet = np.zeros(10_000)
    isolated = -adam_steps(np.append(quiet, 1.0), lr=1.0).min()
    np.testing.assert_allclose(isolated, 0.1 / np.sqrt(0.001), rtol=1e-4)  # 3.16
    # Cauchy-Schwarz: equality when each gradient is beta2 / beta1 times the one before.
    for beta2, expected in ((0.999, 7.270), (0.95, 1.165)):
        bound = 0.1 / np.sqrt(1 - beta2) / np.sqrt(1 - 0.81 / beta2)
        np.testing.assert_allclose(bound, expected, atol=5e-4)
        growing = np.append(quiet, (beta2 / 0.9) ** np.arange(300))
        steps = adam_steps(growing, lr=1.0, beta2=beta2)
        assert 0.999 * bound < -steps.min() < bound * (1 + 1e-4)


def test_noise_around_zero_makes_short_steps():
    # The variance of m is (1 - beta1) / (1 + beta1) = 1/19 of the gradient's: 0.229 lr.
    steps = adam_steps(np.random.default_rng(3).standard_normal(25_000), lr=1.0)[5_000:]
    # Neighbors share gradients: 20,000 steps are worth about 1,000 independent ones, and
    # the mean square of those has a relative standard deviation of sqrt(2 / 1,000).
    np.testing.assert_allclose((steps**2).mean(), 1 / 19, rtol=5 * np.sqrt(2 / 1000))


def test_without_correction_the_first_step_depends_on_the_betas():
    # (1 - beta1^t) / sqrt(1 - beta2^t): too long with the defaults, too short with 0.95.
    t = np.arange(1, 1001)
    for beta2, first, largest in ((0.999, 3.162, 6.569), (0.95, 0.447, 1.097)):
        ratio = (1 - 0.9**t) / np.sqrt(1 - beta2**t)
        np.testing.assert_allclose([ratio[0], ratio.max()], [first, largest], atol=5e-4)
        m, v = np.zeros(()), np.zeros(())
        for i in range(30):
            _, m, v = adam_step(np.zeros(()), np.array(2.0), m, v, i + 1, beta2=beta2)
            np.testing.assert_allclose(m / np.sqrt(v), ratio[i], rtol=1e-9)


def test_no_step_is_longer_than_the_bound():
    # m^2 <= sum(a^2 / b) v for the weights a and b; the corrections only lower the ratio.
    bound = 0.1 / np.sqrt(0.001) / np.sqrt(1 - 0.81 / 0.999)
    for t in (1, 2, 10, 100, 1000, 10_000):
        k = np.arange(min(t, 1000))
        a, b = 0.1 * 0.9**k / (1 - 0.9**t), 0.001 * 0.999**k / (1 - 0.999**t)
        assert np.sqrt((a**2 / b).sum()) <= bound * (1 + 1e-9), f"t = {t}"


def test_one_gradient_moves_the_parameter_for_many_steps():
    steps = -adam_steps(np.concatenate([np.zeros(10_000), [1.0], np.zeros(300)]), lr=1.0)
    assert steps[:10_000].max() == 0
    np.testing.assert_allclose(steps.sum(), 31.8, atol=0.05)
    # Geometric: each later step is 0.9 / sqrt(0.999) times the one before.
    np.testing.assert_allclose(steps[10_001] / steps[10_000], 0.9 / np.sqrt(0.999), rtol=1e-4)


def test_inputs_are_not_modified():
    param, m, v = start()
    grad = np.ones(SHAPE)
    adam_step(param, grad, m, v, t=1, weight_decay=0.1)
    for array, value in ((param, 1.0), (grad, 1.0), (m, 0.0), (v, 0.0)):
        np.testing.assert_array_equal(array, np.full(SHAPE, value))


def test_float32_stays_float32():
    arrays = [np.ones(3, dtype=np.float32) for _ in range(4)]
    assert all(a.dtype == np.float32 for a in adam_step(*arrays, t=1, weight_decay=0.1))


def test_empty_and_huge_inputs():
    empty = np.zeros((0, 3))
    assert adam_step(empty, empty, empty, empty, t=1)[0].shape == (0, 3)
    # The square of 1e200 is infinite: the step is 0, and so is every later one.
    with np.errstate(over="ignore"):
        steps = adam_steps(np.array([1e200, 1.0, 1.0]), lr=1.0)
    np.testing.assert_array_equal(steps, np.zeros(3))


def test_non_contiguous_arrays():
    rng = np.random.default_rng(4)
    param, grad, m, v = (rng.random((3, 5)).T for _ in range(4))
    ours = adam_step(param, grad, m, v, t=3)
    copies = adam_step(*(a.copy() for a in (param, grad, m, v)), t=3)
    for one, other in zip(ours, copies, strict=True):
        np.testing.assert_array_equal(one, other)


def test_bad_input_is_named():
    param, m, v = start()
    assert "shape" in raises(adam_step, param, param[0], m, v, t=1)
    assert "shape" in raises(adam_step, param, param, m, v.T, t=1)
    assert "t " in raises(adam_step, param, param, m, v, t=0)
    assert "beta1" in raises(adam_step, param, param, m, v, t=1, beta1=1.0)
    assert "beta2" in raises(adam_step, param, param, m, v, t=1, beta2=-0.1)


def test_the_learning_rate_is_a_thousandth_if_nothing_is_said():
    param, m, v = start()
    np.testing.assert_allclose(adam_step(param, np.full(SHAPE, 2.0), m, v, t=1)[0], 0.999, rtol=1e-9)
