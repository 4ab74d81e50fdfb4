"""What the learner and the memorizer promise. NumPy and plain asserts only: also runs in the browser."""

import numpy as np

from snippets.foundations.what_is_learning import accuracy, answer, learn, look_up, memorize


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def loss(weight, bias, inputs, targets):
    logits = inputs @ weight + bias
    return np.mean(np.logaddexp(0, logits) - targets * logits)


def examples():
    bits = (np.arange(128)[:, None] >> np.arange(7)) & 1
    return 2.0 * bits - 1, (bits.sum(axis=1) > 3).astype(np.int64)


def test_accuracy_by_hand():
    assert accuracy(np.array([1, 0, 1, 1]), np.array([1, 0, 0, 1])) == 0.75
    assert accuracy(np.array([0]), np.array([1])) == 0.0


def test_one_step_goes_against_the_gradient():
    rng = np.random.default_rng(0)
    inputs, targets = rng.standard_normal((5, 3)), np.array([1, 0, 1, 1, 0])
    weight, bias = learn(inputs, targets, lr=0.7, steps=1)
    zero = np.zeros(3)
    for i in range(3):
        step = np.zeros(3)
        step[i] = 1e-6
        slope = (loss(step, 0, inputs, targets) - loss(-step, 0, inputs, targets)) / 2e-6
        np.testing.assert_allclose(weight[i], -0.7 * slope, atol=1e-8,
                                   err_msg="the step is lr times the gradient of the mean loss")
    slope = (loss(zero, 1e-6, inputs, targets) - loss(zero, -1e-6, inputs, targets)) / 2e-6
    np.testing.assert_allclose(bias, -0.7 * slope, atol=1e-8)


def test_later_steps_start_where_the_earlier_ones_ended():
    inputs, targets = np.array([[-1.0], [1.0]]), np.array([0, 1])
    # By hand: 0.25, then 0.5 * sigmoid(-0.25) = 0.2189 more.
    weight, bias = learn(inputs, targets, steps=2)
    np.testing.assert_allclose(weight, [0.25 + 0.5 / (1 + np.exp(0.25))], rtol=1e-12)
    assert abs(bias) < 1e-15


def test_learning_lowers_the_loss():
    inputs, targets = examples()
    losses = [loss(*learn(inputs, targets, steps=n), inputs, targets) for n in (0, 1, 10, 100)]
    assert losses[0] == np.log(2)
    assert losses[0] > losses[1] > losses[2] > losses[3]


def test_answers_on_both_sides_of_the_boundary():
    answers = answer(np.array([2.0]), -1.0, np.array([[0.0], [0.5], [0.6]]))
    np.testing.assert_array_equal(answers, [0, 0, 1], err_msg="0 on the boundary, 1 above it")
    assert answers.dtype == np.int64


def test_table_is_perfect_on_what_it_stored():
    inputs, targets = examples()
    table = memorize(inputs, targets)
    assert len(table) == 128
    np.testing.assert_array_equal(look_up(table, inputs), targets)


def test_table_says_its_most_frequent_target_for_everything_else():
    new = np.array([[9.0], [8.0]])
    np.testing.assert_array_equal(look_up({(1.0,): 0, (2.0,): 0, (3.0,): 1}, new), [0, 0])
    np.testing.assert_array_equal(look_up({(1.0,): 1, (2.0,): 0}, new), [1, 1])
    np.testing.assert_array_equal(look_up({(1.0,): 1, (2.0,): 0, (3.0,): 1}, new), [1, 1])


def test_last_target_of_a_repeated_input_counts():
    assert memorize(np.array([[1, 2], [1, 2]]), np.array([0, 1])) == {(1, 2): 1}


def test_unit_is_right_on_inputs_it_never_saw_and_the_table_is_not():
    inputs, targets = examples()
    order = np.random.default_rng(1).permutation(128)
    train, unseen = order[:60], order[60:]
    weight, bias = learn(inputs[train], targets[train])
    table = memorize(inputs[train], targets[train])
    assert accuracy(answer(weight, bias, inputs[unseen]), targets[unseen]) > 0.9
    assert accuracy(look_up(table, inputs[train]), targets[train]) == 1.0
    assert accuracy(look_up(table, inputs[unseen]), targets[unseen]) < 0.65


def test_huge_inputs_do_not_overflow():
    weight, bias = learn(np.array([[-1e6], [1e6]]), np.array([0, 1]), steps=3)
    assert np.isfinite(weight).all() and np.isfinite(bias)


def test_bad_input_is_named():
    assert "inputs" in raises(learn, np.zeros((0, 2)), np.zeros(0))
    assert "inputs" in raises(learn, np.zeros((3, 2)), np.zeros(2))
    assert "inputs" in raises(learn, np.zeros(3), np.zeros(3))
    assert "targets" in raises(memorize, np.zeros((3, 2)), np.zeros(2))
    assert "answers" in raises(accuracy, np.zeros(0), np.zeros(0))
    assert "answers" in raises(accuracy, np.zeros(2), np.zeros(3))


def test_500_steps_of_one_half_if_nothing_is_said():
    inputs, targets = examples()
    default, given = learn(inputs, targets), learn(inputs, targets, lr=0.5, steps=500)
    np.testing.assert_array_equal(default[0], given[0])
    assert default[1] == given[1]


def test_no_inputs_get_no_answers_of_whole_numbers():
    nothing = look_up({(0, 1): 1}, np.zeros((0, 2)))
    assert nothing.shape == (0,) and nothing.dtype == np.int64
