"""What a layer of experts promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.mixture_of_experts import (
    grouped,
    latent,
    load_balancing_loss,
    mixture_of_experts,
    route,
    router_gradient,
    total_and_active,
    update_bias,
    within_capacity,
)

T, E, D, F = 7, 5, 3, 4
PROBS = np.array([[0.5, 0.3, 0.1, 0.1], [0.6, 0.1, 0.2, 0.1], [0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]])


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def draw(seed=0):
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((T, D)), rng.standard_normal((T, E)), rng.standard_normal((E, F, D)),
            rng.standard_normal((E, D, F)))


def numeric(function, x, step=1e-6):
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += step
        below[index] -= step
        grad[index] = (function(above) - function(below)) / (2 * step)
    return grad


def test_worked_routing():
    indices, weights, probs = route(np.log(PROBS), 2)
    np.testing.assert_array_equal(indices, [[0, 1], [0, 2], [0, 1], [3, 2]])
    np.testing.assert_allclose(weights, [[5 / 8, 3 / 8], [3 / 4, 1 / 4], [4 / 7, 3 / 7], [4 / 7, 3 / 7]])
    np.testing.assert_allclose(probs, PROBS)
    np.testing.assert_allclose(route(np.log(PROBS), 2, normalize=False)[1][0], [0.5, 0.3])
    assert np.isfinite(route(np.array([[1000.0, -1000.0]]), 1)[1]).all()
    far = np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])  # each token has a largest score of its own
    np.testing.assert_allclose(route(far, 1)[2], 0.5, rtol=1e-12)


def test_among_equals_the_first_expert_is_chosen():
    np.testing.assert_array_equal(route(np.zeros((2, 40)), 3)[0], [[0, 1, 2]] * 2)
    every_second = np.tile([0.0, 1.0], (2, 20))
    np.testing.assert_array_equal(route(every_second, 3)[0], [[1, 3, 5]] * 2)


def test_a_bias_changes_the_choice_and_not_the_weights():
    bias = np.array([-0.3, 0.0, 0.0, 0.0])
    indices, weights, probs = route(np.log(PROBS), 2, bias, normalize=False)
    np.testing.assert_array_equal(indices[0], [1, 0])
    np.testing.assert_allclose(weights[0], [0.3, 0.5])
    np.testing.assert_allclose(probs, PROBS)


def test_output_is_the_weighted_sum_of_the_chosen_experts():
    x, logits, up, down = draw()
    indices, weights, _ = route(logits, 2)
    out, said = mixture_of_experts(x, indices, weights, up, down)
    for t in range(T):
        each = [down[e] @ np.maximum(up[e] @ x[t], 0) for e in indices[t]]
        np.testing.assert_allclose(said[t], each, atol=1e-12)
        np.testing.assert_allclose(out[t], weights[t, 0] * each[0] + weights[t, 1] * each[1], atol=1e-12)


def test_a_dropped_choice_adds_nothing():
    x, logits, up, down = draw()
    indices, weights, _ = route(logits, 2)
    kept = weights.copy()
    kept[3, 1] = 0
    kept[5] = 0
    out, said = mixture_of_experts(x, indices, kept, up, down)
    np.testing.assert_array_equal(out[5], np.zeros(D))
    np.testing.assert_array_equal(said[5], np.zeros((2, D)))  # not even computed
    np.testing.assert_allclose(out[3], weights[3, 0] * said[3, 0], atol=1e-12)


def test_router_gradient_matches_central_differences():
    x, logits, up, down = draw(1)
    grad_out = np.random.default_rng(2).standard_normal((T, D))
    for normalize in (True, False):
        for top_k in (1, 2, E):
            indices, weights, probs = route(logits, top_k, normalize=normalize)
            _, said = mixture_of_experts(x, indices, weights, up, down)

            def loss(z, k=top_k, n=normalize):
                i, w, _ = route(z, k, normalize=n)
                return (mixture_of_experts(x, i, w, up, down)[0] * grad_out).sum()

            ours = router_gradient(grad_out, said, indices, weights, probs, normalize)
            np.testing.assert_allclose(ours, numeric(loss, logits), atol=1e-7)
            if normalize:  # which is what both do unless told otherwise
                np.testing.assert_array_equal(
                    router_gradient(grad_out, said, *route(logits, top_k)), ours)


def test_one_expert_with_weight_one_teaches_the_router_nothing():
    x, logits, up, down = draw(3)
    for normalize, learns in ((True, False), (False, True)):
        indices, weights, probs = route(logits, 1, normalize=normalize)
        _, said = mixture_of_experts(x, indices, weights, up, down)
        grad = router_gradient(np.ones((T, D)), said, indices, weights, probs, normalize)
        assert (np.abs(grad).max() > 0.01) == learns


def test_balancing_loss_of_the_worked_numbers_and_its_ends():
    indices, _, probs = route(np.log(PROBS), 2)
    loss, _ = load_balancing_loss(probs, indices)
    # Shares 3, 2, 2, 1 of 8; mean probabilities 0.4, 0.225, 0.2, 0.175.
    np.testing.assert_allclose(loss, 4 * (3 * 0.4 + 2 * 0.225 + 2 * 0.2 + 0.175) / 8)
    np.testing.assert_allclose(loss, 1.1125)
    one = np.zeros((6, 4))
    one[:, 2] = 1
    np.testing.assert_allclose(load_balancing_loss(one, np.full((6, 1), 2))[0], 4.0)
    np.testing.assert_allclose(load_balancing_loss(np.eye(4), np.arange(4)[:, None])[0], 1.0)


def test_balancing_loss_can_fall_below_one():
    probs = np.array([[0.51, 0.49]] * 3 + [[0.01, 0.99]] * 2)
    loss, _ = load_balancing_loss(probs, probs.argmax(axis=1)[:, None])
    np.testing.assert_allclose(loss, 2 * (0.6 * 0.31 + 0.4 * 0.69))  # 0.924


def test_balancing_gradient_matches_central_differences_with_the_shares_held():
    logits = draw(4)[1]
    indices, _, probs = route(logits, 2)
    _, grad = load_balancing_loss(probs, indices)
    np.testing.assert_allclose(grad, numeric(
        lambda z: load_balancing_loss(route(z, E)[2], indices)[0], logits), atol=1e-8)


def test_the_bias_moves_by_its_step_against_the_load():
    indices = np.array([[0, 1], [0, 2], [0, 1]])  # loads 3, 2, 1, 0: the mean is 1.5
    bias = update_bias(np.array([0.0, 0.1, 0.0, 0.0]), indices, step=0.01)
    np.testing.assert_allclose(bias, [-0.01, 0.09, 0.01, 0.01])
    np.testing.assert_allclose(update_bias(np.zeros(2), np.array([[0], [1]]), 0.5), [0, 0])
    np.testing.assert_allclose(update_bias(np.zeros(2), np.array([[1], [1]])), [0.001, -0.001])


def test_capacity_serves_first_choices_first_and_then_by_position():
    indices, _, _ = route(np.log(PROBS), 2)
    np.testing.assert_array_equal(within_capacity(indices, 4, 1.0),
                                  [[True, True], [True, True], [False, True], [True, True]])
    assert within_capacity(indices, 4, 1.5).all()  # three each
    # 4 * 2 / 4 * 1.4 = 2.8 and 2.98: a buffer of two, never rounded up.
    for factor in (1.4, 1.49):
        np.testing.assert_array_equal(within_capacity(indices, 4, factor), within_capacity(indices, 4, 1.0))
    # Eight choices of the first of two experts, at the default of 1.25: five fit.
    assert within_capacity(np.zeros((8, 1), dtype=np.int64), 2).sum() == 5
    # A later token takes the place of an earlier one's second choice: not causal.
    alone, with_later = np.array([[0, 1]]), np.array([[0, 1], [1, 0]])
    assert within_capacity(alone, 2, 1.0).all()
    np.testing.assert_array_equal(within_capacity(with_later, 2, 0.5), [[True, False], [True, False]])


def test_counts_of_published_models():
    mixtral = total_and_active(4096, grouped(4096, 32, 8, 128), 32, 14336, 8, 2, 32000)
    assert [round(n / 1e9, 1) for n in mixtral] == [46.7, 12.9]
    qwen = total_and_active(4096, grouped(4096, 64, 4, 128), 94, 1536, 128, 8, 151936)
    assert [round(n / 1e9, 1) for n in qwen] == [235.1, 22.2]
    deepseek = total_and_active(7168, latent(7168, 128), 61, 2048, 256, 8, 129280, 1, 3, 18432)
    assert [round(n / 1e9, 1) for n in deepseek] == [671.0, 37.6]
    kimi = total_and_active(7168, latent(7168, 64), 61, 2048, 384, 8, 163840, 1, 1, 18432)
    assert [round(n / 1e9, 1) for n in kimi] == [1026.4, 32.9]


def test_counts_of_layers_small_enough_to_add_up_by_hand():
    # Embedding and output 2 * 11 * 2 = 44, attention 2 * 13, router 2 * 5, an expert 3 * 2 * 7 = 42.
    sizes = {"hidden": 2, "attention": 13, "expert_hidden": 7, "num_experts": 5, "top_k": 3, "vocab_size": 11}
    assert total_and_active(num_layers=2, **sizes) == (
        44 + 26 + 2 * (10 + 5 * 42), 44 + 26 + 2 * (10 + 3 * 42))
    # One layer of the two is plain, 3 * 2 * 17 = 102 weights; the other has one shared expert.
    assert total_and_active(num_layers=2, **sizes, shared=1, dense_layers=1, dense_hidden=17) == (
        44 + 26 + 102 + 10 + 6 * 42, 44 + 26 + 102 + 10 + 4 * 42)
    assert total_and_active(num_layers=1, **sizes, dense_layers=1) == (44 + 13, 44 + 13)  # attention only


def test_weights_of_attention_are_those_of_its_matrices():
    # Query and output (6, 5), key and value (4, 5): three heads and two groups of size 2.
    assert grouped(5, 3, 2, 2) == 2 * 6 * 5 + 2 * 4 * 5
    # Query down (1536, 5) and up (3 * 192, 1536), key and value down (576, 5) and up (3 * 256, 512),
    # output (5, 3 * 128).
    assert latent(5, 3) == 7680 + 884736 + 2880 + 393216 + 1920


def test_inputs_stay_and_float32_stays():
    x, logits, up, down = (a.astype(np.float32) for a in draw(5))
    before = [a.copy() for a in (x, logits)]
    indices, weights, probs = route(logits, 2)
    out, said = mixture_of_experts(x, indices, weights, up, down)
    grad = router_gradient(np.ones_like(out), said, indices, weights, probs)
    assert {out.dtype, grad.dtype, load_balancing_loss(probs, indices)[1].dtype} == {np.dtype(np.float32)}
    for a, kept in zip((x, logits), before, strict=True):
        np.testing.assert_array_equal(a, kept)


def test_bad_input_is_named():
    assert "got 6" in raises(route, np.zeros((T, E)), 6)
    assert "got 0" in raises(route, np.zeros((T, E)), 0)
    assert "(0, 5)" in raises(load_balancing_loss, np.zeros((0, E)), np.zeros((0, 2), dtype=np.int64))
