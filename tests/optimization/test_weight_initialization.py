"""What a start promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.optimization.weight_initialization import gradients, initialize, spread, train

SIZES = [5, 7, 3]


def data(rng, n=11):
    return rng.normal(size=(n, 5)), rng.integers(0, 3, n)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_initial_shapes_and_constants():
    params = initialize([5, 7, 3, 2], ["zero", "constant", "he"], np.random.default_rng(0), value=0.3)
    assert [w.shape for w, _ in params] == [(5, 7), (7, 3), (3, 2)], "weights are (fan_in, fan_out)"
    assert [b.shape for _, b in params] == [(7,), (3,), (2,)]
    assert all(np.all(b == 0) for _, b in params), "biases start at zero"
    assert np.all(params[0][0] == 0) and np.all(params[1][0] == 0.3)
    whole = initialize([2, 3], ["constant"], np.random.default_rng(0), value=1)
    assert whole[0][0].dtype == np.float64, "a whole number as value must not make whole weights"


def test_random_weights_have_the_variance_of_their_scheme():
    rng = np.random.default_rng(1)
    for scheme, variance in (("he", 2 / 300), ("xavier", 2 / (300 + 100))):
        ((weight, _),) = initialize([300, 100], [scheme], rng)
        # The mean of n squares of a normal has standard deviation sqrt(2 / n) variances.
        bound = 5 * np.sqrt(2 / weight.size)
        assert abs((weight**2).mean() / variance - 1) < bound, f"{scheme}: variance is off"
        assert abs(weight.mean()) < 5 * np.sqrt(variance / weight.size), f"{scheme}: mean is off"


def test_gradients_agree_with_central_differences():
    for activation in ("tanh", "relu", "sigmoid"):
        rng = np.random.default_rng(2)
        x, targets = data(rng)
        params = initialize([5, 7, 4, 3], ["xavier"] * 3, rng)
        params = [(w, rng.normal(size=b.shape)) for w, b in params]
        masks = [rng.integers(0, 2, (11, 7)) * 2.0, rng.integers(0, 2, (11, 4)) * 2.0]
        _, grads = gradients(params, x, targets, activation, masks)
        for layer, slopes in zip(params, grads, strict=True):
            for param, grad in zip(layer, slopes, strict=True):
                assert param.shape == grad.shape
                for place in [(0,) * param.ndim, tuple(k - 1 for k in param.shape)]:
                    kept, change = param[place], []
                    for step in (1e-6, -1e-6):
                        param[place] = kept + step
                        change.append(gradients(params, x, targets, activation, masks)[0])
                    param[place] = kept
                    assert abs((change[0] - change[1]) / 2e-6 - grad[place]) < 1e-7, activation


def test_loss_of_zero_logits_is_log_of_the_number_of_classes():
    x, targets = data(np.random.default_rng(3))
    loss, _ = gradients(initialize(SIZES, ["zero", "zero"], np.random.default_rng(0)), x, targets)
    assert abs(loss - np.log(3)) < 1e-12


def test_relu_has_slope_zero_at_zero():
    x, targets = data(np.random.default_rng(3))
    params = initialize(SIZES, ["zero", "xavier"], np.random.default_rng(0))
    _, ((weight, bias), _) = gradients(params, x, targets, "relu")
    assert np.all(weight == 0) and np.all(bias == 0), "every pre-activation is 0, so nothing flows"


def test_loss_survives_huge_logits():
    loss, _ = gradients([(np.eye(3) * 1e4, np.zeros(3))], np.eye(3), np.array([0, 1, 1]))
    assert abs(loss - 1e4 / 3) < 1e-6
    far, _ = gradients([(np.ones((1, 2)), np.zeros(2))], np.array([[1e4], [-1e4]]), np.array([0, 1]))
    np.testing.assert_allclose(far, np.log(2), rtol=1e-12)  # each row has a largest logit of its own


def test_identical_units_receive_identical_gradients():
    x, targets = data(np.random.default_rng(4))
    params = initialize(SIZES, ["constant", "constant"], np.random.default_rng(0))
    params[1][0][:] += np.array([0.0, 0.5, -0.2])  # outputs may differ, units do not
    _, ((weight, bias), (weight_out, _)) = gradients(params, x, targets)
    assert spread(weight) < 1e-15 and np.abs(weight).max() > 1e-3
    assert np.ptp(bias) < 1e-15 and np.ptp(weight_out, axis=0).max() < 1e-15
    assert spread(weight.T) > 1e-3, "the weights of one unit do differ"


def test_copies_stay_copies_in_full_batches_mini_batches_and_with_momentum():
    rng = np.random.default_rng(5)
    x, targets = data(rng, 40)
    start = initialize(SIZES, ["constant", "constant"], rng)
    for momentum in (0.0, 0.9):
        for batch_size in (None, 10):
            end = train(start, x, targets, lr=0.1, steps=60, momentum=momentum,
                        batch_size=batch_size, rng=rng)
            # Rounding may differ from unit to unit, so 1e-9 and not 0.
            assert spread(end[0][0]) < 1e-9, (momentum, batch_size)
            assert np.abs(end[0][0] - start[0][0]).max() > 0.01, "but they move"
            assert np.linalg.matrix_rank(end[0][0], tol=1e-6) == 1


def test_random_outgoing_weights_masks_or_random_biases_break_the_tie():
    rng = np.random.default_rng(6)
    x, targets = data(rng, 40)
    end = train(initialize(SIZES, ["constant", "xavier"], rng), x, targets, lr=0.1, steps=20)
    assert spread(end[0][0]) > 1e-3, "random outgoing weights give different gradients"
    params = initialize(SIZES, ["constant", "constant"], rng)
    params[1][0][:] += np.array([0.0, 0.5, -0.2])
    masks = [rng.integers(0, 2, (40, 7)) * 2.0]
    assert spread(gradients(params, x, targets, masks=masks)[1][0][0]) > 1e-3
    start = [(w, rng.normal(size=b.shape)) for w, b in params]
    assert spread(train(start, x, targets, lr=0.1, steps=20)[0][0]) > 1e-3


def test_from_zero_only_the_last_bias_moves_with_tanh_and_relu():
    x, targets = data(np.random.default_rng(7))
    start = initialize([5, 7, 4, 3], ["zero"] * 3, np.random.default_rng(0))
    for activation in ("tanh", "relu"):
        end = train(start, x, targets, lr=0.1, steps=50, activation=activation)
        assert all(np.all(w == 0) for w, _ in end), activation
        assert all(np.all(b == 0) for _, b in end[:-1]), activation
        assert np.any(end[-1][1] != 0), activation


def test_from_zero_a_sigmoid_network_moves_but_its_units_stay_copies():
    x, targets = data(np.random.default_rng(8))
    start = initialize(SIZES, ["zero", "zero"], np.random.default_rng(0))
    end = train(start, x, targets, lr=0.5, steps=50, activation="sigmoid")
    assert np.abs(end[0][0]).max() > 1e-3 and spread(end[0][0]) < 1e-9


def test_a_zero_last_layer_behind_random_ones_learns():
    x, targets = data(np.random.default_rng(9))
    start = initialize(SIZES, ["xavier", "zero"], np.random.default_rng(0))
    _, grads = gradients(start, x, targets)
    assert np.all(grads[0][0] == 0), "at the first step the hidden layer gets nothing"
    end = train(start, x, targets, lr=0.5, steps=200)
    assert np.any(end[0][0] != start[0][0])
    assert gradients(end, x, targets)[0] < 0.5 < gradients(start, x, targets)[0]


def test_xor_stalls_at_log_2_from_a_constant_and_is_learned_from_random_weights():
    xor = np.array([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])
    odd = np.array([0, 1, 1, 0])
    losses = {}
    for scheme in ("zero", "constant", "xavier"):
        start = initialize([2, 8, 2], [scheme] * 2, np.random.default_rng(0), value=0.5)
        losses[scheme] = gradients(train(start, xor, odd, lr=0.5, steps=500), xor, odd)[0]
    assert abs(losses["zero"] - np.log(2)) < 1e-3 and abs(losses["constant"] - np.log(2)) < 1e-3
    assert losses["xavier"] < 0.01


def test_momentum_and_batches_follow_the_rule():
    x, targets = data(np.random.default_rng(10))
    start = initialize(SIZES, ["xavier", "xavier"], np.random.default_rng(0))
    by_hand, velocity = start, None
    for _ in range(3):
        _, grads = gradients(by_hand, x, targets)
        flat = [g for layer in grads for g in layer]
        velocity = velocity or [0.0] * 4
        velocity = [0.5 * v + g for v, g in zip(velocity, flat, strict=True)]
        (w1, b1), (w2, b2) = by_hand
        by_hand = [(w1 - 0.2 * velocity[0], b1 - 0.2 * velocity[1]),
                   (w2 - 0.2 * velocity[2], b2 - 0.2 * velocity[3])]
    end = train(start, x, targets, lr=0.2, steps=3, momentum=0.5)
    for layer, hand in zip(end, by_hand, strict=True):
        np.testing.assert_allclose(layer[0], hand[0], atol=1e-12)
        np.testing.assert_allclose(layer[1], hand[1], atol=1e-12)
    plain = train(start, x, targets, lr=0.2, steps=1)  # without momentum a step has no past
    plain = train(plain, x, targets, lr=0.2, steps=1)
    np.testing.assert_array_equal(train(start, x, targets, lr=0.2, steps=2)[0][0], plain[0][0])
    whole = train(start, x, targets, 0.2, 1, batch_size=11, rng=np.random.default_rng(0))
    part = train(start, x, targets, 0.2, 1, batch_size=2, rng=np.random.default_rng(0))
    once = train(start, x, targets, 0.2, 1)
    np.testing.assert_allclose(whole[0][0], once[0][0], atol=1e-12)
    assert np.abs(part[0][0] - once[0][0]).max() > 1e-6


def test_the_start_is_not_modified():
    x, targets = data(np.random.default_rng(11))
    start = initialize(SIZES, ["xavier", "xavier"], np.random.default_rng(0))
    before = start[0][0].copy()
    train(start, x, targets, lr=0.1, steps=2, momentum=0.9)
    np.testing.assert_array_equal(start[0][0], before)


def test_spread_is_the_largest_difference_within_a_row():
    assert spread(np.array([[1.0, 1.0, 1.0], [2.0, 2.5, 1.75]])) == 0.75
    assert spread(np.array([[1.0, 1.0], [-3.0, -3.0]])) == 0.0


def test_bad_input_is_named():
    rng = np.random.default_rng(0)
    assert raises(initialize, [2, 3], ["he", "he"], rng) == "schemes: 1 needed, got 2"
    assert "uniform" in raises(initialize, [2, 3], ["uniform"], rng)
    params = initialize([2, 3], ["he"], rng)
    assert "gelu" in raises(gradients, params, np.ones((1, 2)), np.array([0]), "gelu")
    message = raises(train, params, np.ones((2, 2)), np.array([0, 1]), 0.1, 1, batch_size=1)
    assert message == "rng is None: batch_size needs a generator"
