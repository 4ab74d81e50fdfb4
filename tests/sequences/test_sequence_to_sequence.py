"""What additive attention and its gradients promise. NumPy and plain asserts only."""

import numpy as np

from snippets.sequences.sequence_to_sequence import (
    additive_attention,
    additive_attention_backward,
    luong_scores,
    softmax,
)

N, T, H, M, A = 2, 5, 3, 4, 6
LENGTHS = np.array([5, 3])


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def problem(dtype=np.float64):
    rng = np.random.default_rng(0)
    shapes = {"query": (N, H), "memory": (N, T, M), "w_query": (H, A), "w_memory": (M, A), "v": (A,)}
    return {key: rng.standard_normal(shape).astype(dtype) for key, shape in shapes.items()}


def test_three_places_by_hand():
    one, memory = np.ones((1, 1)), np.array([[[1.0], [0.0], [-1.0]]])
    context, weights, hidden = additive_attention(one, memory, one, one, np.array([2.0]), np.array([3]))
    np.testing.assert_allclose(hidden.ravel(), np.tanh([2.0, 1.0, 0.0]), rtol=1e-12)
    exp = np.exp(2 * np.tanh([2.0, 1.0, 0.0]))
    np.testing.assert_allclose(weights[0], exp / exp.sum(), rtol=1e-12)
    np.testing.assert_allclose(context, [[(exp[0] - exp[2]) / exp.sum()]], rtol=1e-12)


def test_the_weights_sum_to_one_over_the_real_places_and_are_zero_after_them():
    p = problem()
    _, weights, _ = additive_attention(**p, lengths=LENGTHS)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, rtol=1e-12)
    assert np.all(weights[1, 3:] == 0) and np.all(weights[1, :3] > 0)


def test_what_stands_in_the_padding_changes_nothing():
    p = problem()
    context, _, _ = additive_attention(**p, lengths=LENGTHS)
    other = p["memory"].copy()
    other[1, 3:] = 100.0
    again, _, _ = additive_attention(**{**p, "memory": other}, lengths=LENGTHS)
    np.testing.assert_array_equal(again, context)


def test_every_gradient_equals_a_central_difference():
    p, grad_context = problem(), np.random.default_rng(1).standard_normal((N, M))
    _, weights, hidden = additive_attention(**p, lengths=LENGTHS)
    grads = additive_attention_backward(**p, weights=weights, hidden=hidden, grad_context=grad_context)
    assert set(grads) == set(p)
    for key, array in p.items():
        assert grads[key].shape == array.shape
        for index in np.ndindex(array.shape):
            old, values = array[index], []
            for sign in (1, -1):
                array[index] = old + sign * 1e-5
                values.append(np.sum(additive_attention(**p, lengths=LENGTHS)[0] * grad_context))
            array[index] = old
            assert abs(grads[key][index] - (values[0] - values[1]) / 2e-5) < 1e-8, (key, index)


def test_one_place_gets_all_the_weight_and_its_score_no_gradient():
    p = problem()
    lengths = np.array([1, 1])
    context, weights, hidden = additive_attention(**p, lengths=lengths)
    np.testing.assert_array_equal(context, p["memory"][:, 0])
    grads = additive_attention_backward(**p, weights=weights, hidden=hidden, grad_context=np.ones((N, M)))
    for key in ("query", "w_query", "w_memory", "v"):
        np.testing.assert_array_equal(grads[key], 0.0)


def test_permuted_places_permute_the_weights_and_leave_the_context():
    p, order = problem(), np.array([3, 0, 4, 1, 2])
    full = np.full(N, T)
    context, weights, _ = additive_attention(**p, lengths=full)
    again = additive_attention(**{**p, "memory": p["memory"][:, order]}, lengths=full)
    np.testing.assert_allclose(again[0], context, rtol=1e-12)
    np.testing.assert_allclose(again[1], weights[:, order], rtol=1e-12)


def test_float32_stays_float32_and_nothing_is_modified():
    p = problem(np.float32)
    before = {key: value.copy() for key, value in p.items()}
    context, weights, hidden = additive_attention(**p, lengths=LENGTHS)
    grads = additive_attention_backward(**p, weights=weights, hidden=hidden, grad_context=context)
    for one in (context, weights, hidden, *grads.values()):
        assert one.dtype == np.float32
    for key, value in before.items():
        np.testing.assert_array_equal(p[key], value)


def test_huge_scores_do_not_overflow():
    np.testing.assert_array_equal(softmax(np.array([[1e4, 0.0, -1e4]])), [[1.0, 0.0, 0.0]])


def test_each_row_has_a_softmax_of_its_own():
    scores = np.array([[[1e4, 1e4], [0.0, 0.0]], [[-1e4, -1e4], [np.log(3.0), 0.0]]])
    np.testing.assert_allclose(softmax(scores), [[[0.5, 0.5]] * 2, [[0.5, 0.5], [0.75, 0.25]]], rtol=1e-12)


def test_integers_change_nothing_and_an_empty_batch_stays_empty():
    p = {key: np.round(2 * value) for key, value in problem().items()}
    whole = {key: value.astype(np.int32) for key, value in p.items()}
    _, weights, hidden = additive_attention(**p, lengths=LENGTHS)
    for ours, right in zip(additive_attention(**whole, lengths=LENGTHS),
                           additive_attention(**p, lengths=LENGTHS), strict=True):
        np.testing.assert_allclose(ours, right, rtol=1e-12)
    rest = {"weights": weights, "hidden": hidden, "grad_context": np.ones((N, M))}
    expected = additive_attention_backward(**p, **rest)
    for key, ours in additive_attention_backward(**whole, **rest).items():
        np.testing.assert_allclose(ours, expected[key], rtol=1e-12, err_msg=key)
    nothing = {**p, "query": p["query"][:0], "memory": p["memory"][:0]}
    context, weights, _ = additive_attention(**nothing, lengths=LENGTHS[:0])
    assert context.shape == (0, M) and weights.shape == (0, T)


def test_one_row_for_several_sources_is_named():
    p = problem()
    message = raises(additive_attention, **{**p, "query": p["query"][:1]}, lengths=LENGTHS)
    assert message == "query must have 2 rows, got 1"
    assert raises(additive_attention, **p, lengths=LENGTHS[:1]) == "lengths must have 2 rows, got 1"


def test_a_product_scores_by_the_matrix_between_query_and_memory():
    p = problem()
    weight = np.random.default_rng(2).standard_normal((H, M))
    scores = luong_scores(p["query"], p["memory"], weight)
    expected = [[p["query"][n] @ weight @ p["memory"][n, t] for t in range(T)] for n in range(N)]
    np.testing.assert_allclose(scores, expected, rtol=1e-12)


def test_a_length_outside_the_source_is_named():
    for lengths in ([5, 0], [6, 3]):
        message = raises(additive_attention, **problem(), lengths=np.array(lengths))
        assert "lengths" in message and "1 to 5" in message
