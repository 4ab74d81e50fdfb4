"""What keeping, freezing and fine-tuning layers promise. NumPy and plain asserts only."""

from itertools import pairwise

import numpy as np

from snippets.representation.transfer_learning import (
    fine_tune,
    forward,
    loss_and_grads,
    replace_head,
    trained_numbers,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def network(sizes=(3, 5, 4, 2), seed=0):
    rng = np.random.default_rng(seed)
    return [(rng.standard_normal((a, b)), rng.standard_normal(b))
            for a, b in pairwise(sizes)]


def data(count=7, seed=1):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((count, 3)), rng.integers(2, size=count)


def test_relu_follows_every_layer_but_the_head():
    layers = [(np.array([[1.0, -1.0]]), np.array([0.0, 1.0])), (np.array([[2.0], [1.0]]), np.array([-5.0]))]
    outputs = forward(layers, np.array([[2.0], [-3.0]]))
    assert len(outputs) == 3
    np.testing.assert_allclose(outputs[1], [[2.0, 0.0], [0.0, 4.0]])
    np.testing.assert_allclose(outputs[2], [[-1.0], [-1.0]])


def test_a_new_head_is_all_zeros_and_the_layers_below_are_copies():
    layers = network()
    new = replace_head(layers, 6)
    assert [weight.shape for weight, _ in new] == [(3, 5), (5, 4), (4, 6)]
    assert not new[-1][0].any() and not new[-1][1].any() and new[-1][1].shape == (6,)
    new[0][0][:] = 0
    new[1][1][:] = 0
    assert layers[0][0].any() and layers[1][1].any()
    np.testing.assert_array_equal(new[1][0], layers[1][0])


def test_a_new_head_starts_at_the_loss_of_guessing():
    x, targets = data()
    loss, _ = loss_and_grads(replace_head(network(), 6), x, targets)
    assert abs(loss - np.log(6)) < 1e-12


def test_in_the_first_step_a_zero_head_moves_and_nothing_below_does():
    x, targets = data()
    _, grads = loss_and_grads(replace_head(network(), 2), x, targets)
    assert abs(grads[2][0]).max() > 0.01
    assert not any(g.any() for pair in grads[:2] for g in pair)


def test_gradients_match_central_differences():
    layers, (x, targets) = network(), data()
    _, grads = loss_and_grads(layers, x, targets)
    for number, pair in enumerate(layers):
        for array, grad in zip(pair, grads[number], strict=True):
            for index in np.ndindex(array.shape):
                kept, losses = array[index], []
                for step in (1e-5, -1e-5):
                    array[index] = kept + step
                    losses.append(loss_and_grads(layers, x, targets)[0])
                array[index] = kept
                assert abs((losses[0] - losses[1]) / 2e-5 - grad[index]) < 1e-8


def test_frozen_layers_have_no_gradient_and_the_others_keep_theirs():
    layers, (x, targets) = network(), data()
    loss, whole = loss_and_grads(layers, x, targets)
    for frozen in (1, 2):
        same, grads = loss_and_grads(layers, x, targets, frozen)
        assert same == loss and grads[:frozen] == [None] * frozen
        for one, two in zip(grads[frozen:], whole[frozen:], strict=True):
            np.testing.assert_array_equal(one[0], two[0])
            np.testing.assert_array_equal(one[1], two[1])


def test_at_least_the_head_is_trained():
    x, targets = data()
    assert raises(loss_and_grads, network(), x, targets, 3) == "frozen must be 0 to 2, not 3"
    assert "-1" in raises(loss_and_grads, network(), x, targets, -1)


def test_the_loss_of_huge_logits_is_finite():
    layers = [(np.array([[1e5, -1e5]]), np.zeros(2))]
    loss, grads = loss_and_grads(layers, np.array([[1.0]]), np.array([1]))
    assert loss == 2e5
    np.testing.assert_array_equal(grads[0][1], [1.0, -1.0])
    deep = [(np.ones((1, 1)), np.zeros(1)), *layers]  # small inside, huge at the end
    assert loss_and_grads(deep, np.array([[1.0]]), np.array([1]))[0] == 2e5
    far = loss_and_grads([(np.ones((1, 2)), np.zeros(2))], np.array([[1e5], [-1e5]]), np.array([0, 1]))[0]
    np.testing.assert_allclose(far, np.log(2), rtol=1e-12)  # each row has a largest logit of its own


def test_one_step_is_the_gradient_times_the_rate():
    layers, (x, targets) = network(), data()
    _, grads = loss_and_grads(layers, x, targets)
    tuned = fine_tune(layers, x, targets, 0, 0.5, 1)
    for old, new, grad in zip(layers, tuned, grads, strict=True):
        np.testing.assert_allclose(new[0], old[0] - 0.5 * grad[0], rtol=1e-12)
        np.testing.assert_allclose(new[1], old[1] - 0.5 * grad[1], rtol=1e-12)


def test_rates_fall_layer_by_layer_from_the_head_down():
    layers, (x, targets) = network(), data()
    _, grads = loss_and_grads(layers, x, targets)
    tuned = fine_tune(layers, x, targets, 1, 0.5, 1, decay=0.1)
    np.testing.assert_allclose(tuned[2][0], layers[2][0] - 0.5 * grads[2][0], rtol=1e-12)
    np.testing.assert_allclose(tuned[1][0], layers[1][0] - 0.05 * grads[1][0], rtol=1e-12)


def test_frozen_layers_stay_and_the_given_network_is_unchanged():
    layers, (x, targets) = network(), data()
    before = [(weight.copy(), bias.copy()) for weight, bias in layers]
    tuned = fine_tune(layers, x, targets, 2, 0.1, 5)
    for number in range(3):
        np.testing.assert_array_equal(layers[number][0], before[number][0])
        same = np.array_equal(tuned[number][0], before[number][0])
        assert same == (number < 2)


def test_a_new_head_on_kept_features_learns_a_task_that_they_carry():
    rng = np.random.default_rng(2)
    weight = rng.standard_normal((20, 40)) / np.sqrt(20)
    base = [(weight, np.zeros(40)), (np.zeros((40, 3)), np.zeros(3))]
    true = rng.standard_normal((40, 2))
    x = rng.standard_normal((460, 20))
    targets = (np.maximum(x @ weight, 0) @ true).argmax(1)  # readable from the kept layer
    kept = fine_tune(replace_head(base, 2), x[:60], targets[:60], 1, 0.5, 300)
    right = (forward(kept, x[60:])[-1].argmax(1) == targets[60:]).mean()
    share = max(targets[60:].mean(), 1 - targets[60:].mean())
    assert right > share + 0.1


def test_trained_numbers_count_weights_and_biases_above_the_frozen_layers():
    assert [trained_numbers([64, 32, 16, 5], k) for k in range(3)] == [2693, 613, 85]
    layers = network()
    assert trained_numbers([3, 5, 4, 2], 0) == sum(w.size + b.size for w, b in layers)


def test_the_page_s_numbers():
    layers = [(np.array([[1.0, -1.0]]), np.zeros(2)), (np.ones((2, 1)), np.zeros(1))]
    x, targets = np.array([[2.0], [-3.0]]), np.array([0, 1])
    layers = replace_head(layers, 2)
    loss, grads = loss_and_grads(layers, x, targets)
    assert round(loss, 4) == 0.6931
    np.testing.assert_allclose(grads[1][0], [[-0.5, 0.5], [0.75, -0.75]])
    tuned = fine_tune(layers, x, targets, 1, 1.0, 1)
    np.testing.assert_allclose(forward(tuned, x)[-1], [[1.0, -1.0], [-2.25, 2.25]])
    assert round(loss_and_grads(tuned, x, targets)[0], 3) == 0.069
