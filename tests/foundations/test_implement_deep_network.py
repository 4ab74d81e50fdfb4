"""What the network promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.foundations.implement_deep_network import (
    backward,
    cross_entropy,
    evaluate,
    forward,
    init_params,
    momentum_step,
    train,
)

SIZES = [3, 7, 5, 2]


def small(seed: int = 0, rows: int = 4) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    params = init_params(SIZES, rng)
    for bias in params[1::2]:
        bias += 0.3 * rng.standard_normal(bias.shape)  # so that a lost bias shows
    return params, rng.standard_normal((rows, 3)), rng.integers(0, 2, rows)


def moons(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Two half moons with noise 0.1: no line separates them."""
    angle, label = rng.uniform(0, np.pi, rows), np.arange(rows) % 2
    sign = 1.0 - 2.0 * label
    x = np.stack([sign * np.cos(angle) + label, sign * np.sin(angle) + 0.5 * label], axis=1)
    return x + 0.1 * rng.standard_normal(x.shape), label


def test_a_step_with_a_missing_gradient_is_refused():
    params = [np.ones(3), np.ones(2)]
    for grads, velocity in ((params[:1], params), (params, params[:1])):
        refused = False
        try:
            momentum_step([p.copy() for p in params], grads, [v.copy() for v in velocity], 0.1)
        except ValueError:
            refused = True
        assert refused, "a parameter without gradient or velocity was passed over"


def test_the_start_has_the_shapes_and_the_spread_of_he():
    params = init_params([200, 100, 3], np.random.default_rng(0))
    assert [p.shape for p in params] == [(200, 100), (100,), (100, 3), (3,)]
    # 20,000 draws: the standard deviation of the mean square is 1 % of it.
    assert abs((params[0] ** 2).mean() * 200 / 2 - 1) < 0.05, "the variance must be 2 / D_in"
    assert not params[1].any() and not params[3].any(), "biases start at zero"


def test_forward_worked_by_hand():
    # (1, 2) -> (1 - 2, 1 + 2) + (0, 1) = (-1, 4) -> ReLU (0, 4) -> 4 * (2, -3) + (1, 0)
    params = [np.array([[1.0, 1.0], [-1.0, 1.0]]), np.array([0.0, 1.0]),
              np.array([[5.0, 5.0], [2.0, -3.0]]), np.array([1.0, 0.0])]
    x, hidden, logits = forward(params, np.array([[1.0, 2.0]]))
    np.testing.assert_array_equal(x, [[1.0, 2.0]])
    np.testing.assert_array_equal(hidden, [[0.0, 4.0]])
    np.testing.assert_array_equal(logits, [[9.0, -12.0]])  # a ReLU here would hide the -12


def test_equal_logits_cost_the_logarithm_of_the_number_of_classes():
    loss, grad = cross_entropy(np.zeros((2, 10)), np.array([3, 7]))
    assert abs(loss - np.log(10)) < 1e-12
    np.testing.assert_allclose(grad[0, 3], (0.1 - 1) / 2)
    np.testing.assert_allclose(grad.sum(axis=1), 0, atol=1e-12)


def test_huge_logits_do_not_overflow():
    loss, grad = cross_entropy(np.array([[1000.0, 0.0], [-1000.0, 0.0]]), np.array([1, 1]))
    assert loss == 500.0
    np.testing.assert_array_equal(grad, [[0.5, -0.5], [0.0, 0.0]])


def refused(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_targets_of_the_wrong_shape_are_named():
    for shape in ((3, 1), (2,)):
        assert "targets" in refused(cross_entropy, np.zeros((3, 2)), np.zeros(shape, np.int64))
    assert "targets" in refused(cross_entropy, np.zeros((0, 2)), np.zeros(0, np.int64))


def test_a_negative_target_is_not_taken_for_the_last_class():
    assert "-1" in refused(cross_entropy, np.zeros((2, 3)), np.array([0, -1], np.int64))


def test_every_gradient_agrees_with_central_differences():
    params, x, targets = small()
    outputs = forward(params, x)
    grads = backward(params, outputs, cross_entropy(outputs[-1], targets)[1])
    assert [g.shape for g in grads] == [p.shape for p in params]
    eps = 1e-6
    for param, grad in zip(params, grads, strict=True):
        for index in np.ndindex(*param.shape):
            kept, losses = param[index], []
            for nudge in (eps, -eps):
                param[index] = kept + nudge
                losses.append(cross_entropy(forward(params, x)[-1], targets)[0])
            param[index] = kept
            assert abs((losses[0] - losses[1]) / (2 * eps) - grad[index]) < 1e-8


def test_repeating_the_batch_changes_neither_loss_nor_gradient():
    params, x, targets = small()
    found = []
    for repeat in (1, 3):
        outputs = forward(params, np.tile(x, (repeat, 1)))
        loss, grad = cross_entropy(outputs[-1], np.tile(targets, repeat))
        found.append([np.array(loss), *backward(params, outputs, grad)])
    for once, thrice in zip(*found, strict=True):
        np.testing.assert_allclose(once, thrice, atol=1e-12)


def test_momentum_adds_up_steps_worked_by_hand():
    weight, velocity = np.array([1.0, 2.0]), np.zeros(2)
    for expected in ([0.9, 2.2], [0.71, 2.58]):  # velocity 1, then 1.9; -2, then -3.8
        momentum_step([weight], [np.array([1.0, -2.0])], [velocity], lr=0.1)
        np.testing.assert_allclose(weight, expected)
    np.testing.assert_allclose(velocity, [1.9, -3.8])
    momentum_step([weight], [np.zeros(2)], [velocity], lr=1.0, momentum=0.5)
    np.testing.assert_allclose(velocity, [0.95, -1.9])


def test_evaluation_counts_right_answers_and_changes_nothing():
    params, x, _ = small(rows=7)
    kept = [param.copy() for param in params]
    right = forward(params, x)[-1].argmax(axis=1)
    assert evaluate(params, x, right)[1] == 1.0 and evaluate(params, x, 1 - right)[1] == 0.0
    targets = right.copy()
    targets[:2] = 1 - targets[:2]
    loss, accuracy = evaluate(params, x, targets)
    assert accuracy == 5 / 7
    assert loss == cross_entropy(forward(params, x)[-1], targets)[0]
    assert all(np.array_equal(a, b) for a, b in zip(params, kept, strict=True))


def test_training_follows_the_shuffled_batches_and_ends_where_the_steps_end():
    params, x, targets = small(rows=5)
    mine = [param.copy() for param in params]
    _, history = train(params, (x, targets), (x, targets), 0.1, np.random.default_rng(3),
                       epochs=2, batch=2)
    rng, velocity, means = np.random.default_rng(3), [np.zeros_like(p) for p in mine], []
    for _ in range(2):
        order, losses = rng.permutation(5), []
        for rows in (order[:2], order[2:4], order[4:]):
            outputs = forward(mine, x[rows])
            loss, grad = cross_entropy(outputs[-1], targets[rows])
            momentum_step(mine, backward(mine, outputs, grad), velocity, 0.1)
            losses += [loss] * len(rows)
        means.append(np.mean(losses))
    for ours, theirs in zip(params, mine, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)
    np.testing.assert_allclose([row[0] for row in history], means)


def test_40_epochs_of_32_rows_a_batch_if_nothing_is_said():
    histories = []
    for options in ({}, {"epochs": 40, "batch": 32}):
        params, x, targets = small(rows=35)
        data, rng = (x, targets), np.random.default_rng(3)
        histories.append(train(params, data, data, 0.01, rng, **options)[1])
    assert histories[0] == histories[1]


def test_the_best_epoch_is_kept_as_a_copy():
    # Validation labels are the opposite: every epoch of learning makes them worse.
    params, x, _ = small(rows=30)
    targets = (x[:, 0] > 0).astype(np.int64)
    best, history = train(params, (x, targets), (x, 1 - targets), 0.1, np.random.default_rng(0),
                          epochs=5, batch=8)
    losses = [row[1] for row in history]
    assert len(history) == 5 and losses[0] == min(losses) < losses[-1]
    assert abs(evaluate(best, x, 1 - targets)[0] - losses[0]) < 1e-12
    assert abs(evaluate(params, x, 1 - targets)[0] - losses[-1]) < 1e-12


def test_while_the_validation_loss_falls_the_last_epoch_is_the_best():
    params, x, _ = small(rows=30)
    targets = 1 - forward(params, x)[-1].argmax(axis=1)  # all wrong, and nearly so after a few steps
    best, history = train(params, (x, targets), (x, targets), 1e-4, np.random.default_rng(0), epochs=3)
    losses = [row[1] for row in history]
    assert losses[0] > losses[1] > losses[2] == evaluate(best, x, targets)[0]


def test_an_infinite_validation_loss_leaves_no_best_epoch():
    params, x, targets = [np.array([[1.0, -1.0]]), np.zeros(2)], np.ones((2, 1)), np.array([1, 0])
    with np.errstate(over="ignore"):
        best, history = train(params, (x, targets), (1.5e308 * x, targets), 0.0, np.random.default_rng(0),
                              epochs=2)
    assert best == [] and [row[1] for row in history] == [np.inf, np.inf]


def test_it_learns_what_no_line_can_separate():
    rng = np.random.default_rng(0)
    data, validation, test = moons(rng, 200), moons(rng, 200), moons(rng, 400)
    params = init_params([2, 16, 16, 2], rng)
    best, _ = train(params, data, validation, 0.1, rng, epochs=30)
    # The moons come no nearer than 5 standard deviations of the noise.
    assert evaluate(best, *test)[1] > 0.99
