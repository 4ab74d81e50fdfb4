"""What ReLU, dead units and the initialization promise. NumPy and plain asserts only."""

import numpy as np

from snippets.activations_and_losses.relu import (
    dead_units,
    he_normal,
    relu,
    relu_backward,
    unit_step,
)

SIGMAS = 5  # exceeded once in 1.7 million draws


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_values():
    z = np.array([[-3.0, -0.5, 0.0], [0.5, 2.0, 1e30]])
    np.testing.assert_array_equal(relu(z), [[0, 0, 0], [0.5, 2, 1e30]])
    np.testing.assert_allclose(relu(z, 0.1), [[-0.3, -0.05, 0], [0.5, 2, 1e30]])
    np.testing.assert_array_equal(z[0], [-3.0, -0.5, 0.0], err_msg="the input was changed")


def test_backward_is_the_derivative_away_from_zero():
    rng = np.random.default_rng(0)
    z = rng.standard_normal((5, 7))
    z[np.abs(z) < 0.01] = 0.5
    grad_out = rng.standard_normal((5, 7))
    for slope in (0.0, 0.01, 0.3):
        numeric = (relu(z + 1e-6, slope) - relu(z - 1e-6, slope)) / 2e-6
        np.testing.assert_allclose(relu_backward(grad_out, z, slope), grad_out * numeric,
                                   atol=1e-8, err_msg=f"slope {slope}")


def test_at_zero_the_left_slope_is_taken():
    zero, one = np.zeros(1), np.ones(1)
    assert relu_backward(one, zero)[0] == 0.0
    assert relu_backward(one, zero, 0.25)[0] == 0.25


def test_infinities():
    np.testing.assert_array_equal(relu(np.array([-np.inf, np.inf])), [0, np.inf])
    np.testing.assert_array_equal(relu(np.array([-np.inf, np.inf]), 0.1), [-np.inf, np.inf])


def test_float32_stays_float32():
    z = np.linspace(-1, 1, 5, dtype=np.float32)
    assert relu(z).dtype == np.float32
    for slope in (0.0, 0.1):
        assert relu(z, slope).dtype == np.float32
        assert relu_backward(z, z, slope).dtype == np.float32


def test_dead_is_dead_on_every_example():
    z = np.array([[-1.0, 2.0, 0.0, -5.0], [-3.0, -1.0, -4.0, 1e-9]])
    np.testing.assert_array_equal(dead_units(z), [True, False, True, False])
    np.testing.assert_array_equal(dead_units(z[:1]), [True, False, True, True])
    assert dead_units(np.zeros((3, 0))).shape == (0,)


def test_no_examples_no_verdict():
    assert "(0, 4)" in raises(dead_units, np.zeros((0, 4)))


def test_a_dead_unit_gets_no_gradient_and_a_leaky_one_does():
    rng = np.random.default_rng(1)
    x, weight = rng.uniform(0, 1, (11, 3)), -np.ones((3, 2))
    z = x @ weight
    assert dead_units(z).all()
    grad_out = rng.standard_normal(z.shape)
    np.testing.assert_array_equal(x.T @ relu_backward(grad_out, z), np.zeros((3, 2)))
    assert np.abs(x.T @ relu_backward(grad_out, z, 0.01)).min() > 0


def test_he_keeps_the_mean_square_and_its_variance_is_2_over_fan_in():
    rng = np.random.default_rng(2)
    for slope in (0.0, 0.5):
        weight = he_normal(400, 300, rng, slope)
        assert weight.shape == (400, 300)
        expected = 2 / ((1 + slope**2) * 400)
        # The mean square of n normal numbers has a relative standard deviation of sqrt(2 / n).
        bound = SIGMAS * np.sqrt(2 / weight.size)
        np.testing.assert_allclose((weight**2).mean(), expected, rtol=bound)
        assert abs(weight.mean()) < SIGMAS * np.sqrt(expected / weight.size)


def test_relu_halves_the_mean_square_of_a_symmetric_input():
    z = np.random.default_rng(3).standard_normal(200_000)
    z = np.concatenate([z, -z])  # exactly symmetric, so exactly one half
    np.testing.assert_allclose((relu(z) ** 2).mean(), (z**2).mean() / 2, rtol=1e-12)
    np.testing.assert_allclose((relu(z, 0.5) ** 2).mean(), (z**2).mean() * 1.25 / 2, rtol=1e-12)
    np.testing.assert_allclose(0.5**20, 9.5e-7, rtol=0.01)


def test_he_draws_standard_normal_numbers():
    drawn = np.random.default_rng(4).standard_normal((8, 3))
    np.testing.assert_allclose(he_normal(8, 3, np.random.default_rng(4)), drawn / 2)


X, TARGETS = np.array([1.0, 2.0]), np.array([0.5, 0.5])


def train(lr: float, slope: float, steps: int) -> tuple[float, float, float]:
    weight, bias, loss = 1.0, 0.0, 0.0
    for _ in range(steps):
        weight, bias, loss = unit_step(weight, bias, X, TARGETS, lr, slope)
    return weight, bias, loss


def test_one_step_by_hand():
    # Errors 0.5 and 1.5: gradient (0.5 * 1 + 1.5 * 2) / 2 = 1.75 and (0.5 + 1.5) / 2 = 1.
    np.testing.assert_allclose(train(0.2, 0.0, 1), [0.65, -0.2, 0.625], rtol=1e-12)
    np.testing.assert_allclose(train(0.5, 0.0, 1), [0.125, -0.5, 0.625], rtol=1e-12)


def test_the_step_averages_over_the_examples():
    # z = 1, 2, -3, so the third example is off; errors 1, 2 and 0 against targets of 0.
    x = np.array([1.0, 2.0, -3.0])
    step = unit_step(1.0, 0.0, x, np.zeros(3), 0.3)
    np.testing.assert_allclose(step, [1 - 0.3 * 5 / 3, -0.3 * 3 / 3, 5 / 6], rtol=1e-12)


def test_a_long_step_kills_the_unit_for_good():
    weight, bias, loss = train(0.5, 0.0, 1000)
    np.testing.assert_allclose([weight, bias, loss], [0.125, -0.5, 0.125], rtol=1e-12)
    np.testing.assert_allclose(weight * X + bias, [-0.375, -0.25], rtol=1e-12)


def test_a_short_step_learns():
    np.testing.assert_allclose(train(0.2, 0.0, 3000), [0, 0.5, 0], atol=1e-6)


def test_dead_from_a_learning_rate_of_4_ninths():
    for lr, dead in ((0.44, False), (0.45, True)):
        weight, bias, _ = train(lr, 0.0, 1)
        assert (weight * X + bias <= 0).all() == dead, f"lr {lr}"


def test_the_leaky_unit_comes_back():
    first, weight, bias = None, 1.0, 0.0
    for step in range(1, 200):
        weight, bias, _ = unit_step(weight, bias, X, TARGETS, 0.5, 0.01)
        if step > 1 and first is None and (weight * X + bias > 0).any():
            first = step
    assert first == 26, f"active again after step {first}"
    np.testing.assert_allclose(train(0.5, 0.01, 3000), [0, 0.5, 0], atol=1e-6)


def test_a_signal_passes_narrow_deep_networks_rarely():
    # Without biases each unit is positive with chance 1/2: a layer of n passes with 1 - 2^-n.
    rng = np.random.default_rng(5)
    for width, depth in ((2, 5), (3, 8)):
        h = np.ones((4000, width))  # 4,000 networks at once, one input each
        for _ in range(depth):
            h = relu(np.einsum("nd,ndh->nh", h, rng.standard_normal((4000, width, width))))
        alive = (h > 0).any(axis=1).mean()
        expected = (1 - 0.5**width) ** depth
        bound = SIGMAS * np.sqrt(expected * (1 - expected) / 4000)
        assert abs(alive - expected) < bound, f"width {width}, depth {depth}: {alive}"
    np.testing.assert_allclose([(1 - 0.5**n) ** 20 for n in (2, 8)], [0.0032, 0.925], atol=5e-4)


def test_sparse_is_not_dead():
    # A unit active on one example in ten is silent on ten independent ones with 0.9^10 = 0.35.
    np.testing.assert_allclose(0.9**10, 0.349, atol=5e-4)
