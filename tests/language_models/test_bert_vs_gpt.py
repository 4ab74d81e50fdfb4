"""What corruption and losses promise. NumPy and plain asserts only."""

import numpy as np

from snippets.language_models.bert_vs_gpt import (
    IGNORE,
    attention_mask,
    causal_lm_loss,
    entropies,
    mask_tokens,
    mlm_loss,
)

MASK, VOCAB = 50, 40  # [MASK] lies outside the random ids, so the three cases can be told apart


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def near(count: float, n: int, chance: float) -> bool:
    """Within five standard deviations of a binomial."""
    return abs(count - n * chance) < 5 * np.sqrt(n * chance * (1 - chance))


def test_fifteen_percent_are_chosen_and_split_80_10_10():
    ids = np.random.default_rng(0).integers(0, VOCAB, (200, 300))
    inputs, labels = mask_tokens(ids, MASK, VOCAB, np.random.default_rng(1))
    chosen = labels != IGNORE
    n = int(chosen.sum())
    assert near(n, ids.size, 0.15)
    np.testing.assert_array_equal(labels[chosen], ids[chosen])
    np.testing.assert_array_equal(inputs[~chosen], ids[~chosen])
    assert near((inputs[chosen] == MASK).sum(), n, 0.8)
    # A random id is the old one in one of 40 cases.
    assert near((inputs[chosen] == ids[chosen]).sum(), n, 0.1 + 0.1 / VOCAB)
    swapped = chosen & (inputs != MASK) & (inputs != ids)
    assert set(np.unique(inputs[swapped])) == set(range(VOCAB))


def test_special_positions_are_never_chosen():
    ids = np.random.default_rng(2).integers(0, VOCAB, (30, 7))
    special = np.zeros(ids.shape, dtype=bool)
    special[:, [0, 6]] = True
    inputs, labels = mask_tokens(ids, MASK, VOCAB, np.random.default_rng(3), rate=1.0, special=special)
    assert (labels[special] == IGNORE).all() and (labels[~special] != IGNORE).all()
    np.testing.assert_array_equal(inputs[special], ids[special])
    again, _ = mask_tokens(ids, MASK, VOCAB, np.random.default_rng(3), rate=1.0,
                           special=special.astype(np.int64))
    np.testing.assert_array_equal(again, inputs)
    _, half = mask_tokens(ids, MASK, VOCAB, np.random.default_rng(3), rate=0.5, special=special)
    assert (half[special] == IGNORE).all() and near((half[~special] != IGNORE).sum(), 150, 0.5)


def test_a_rate_of_0_changes_nothing_and_the_input_is_never_modified():
    ids = np.arange(12).reshape(3, 4)
    inputs, labels = mask_tokens(ids, MASK, VOCAB, np.random.default_rng(4), rate=0.0)
    np.testing.assert_array_equal(inputs, ids)
    assert (labels == IGNORE).all()
    before = ids.copy()
    inputs, _ = mask_tokens(ids, MASK, VOCAB, np.random.default_rng(4), rate=1.0)
    inputs[:] = 0
    np.testing.assert_array_equal(ids, before)


def test_ids_of_one_byte_do_not_wrap_around():
    ids = np.full((20, 20), 7, dtype=np.uint8)
    _, labels = mask_tokens(ids, 255, 250, np.random.default_rng(5), rate=0.5)
    assert set(np.unique(labels)) == {IGNORE, 7}


def test_the_masked_loss_by_hand():
    logits = np.log(np.array([[0.7, 0.2, 0.1], [0.25, 0.5, 0.25], [0.1, 0.1, 0.8]]))
    loss, grad = mlm_loss(logits, np.array([IGNORE, 0, 2]))
    assert abs(loss - (np.log(4) - np.log(0.8)) / 2) < 1e-12
    expected = [[0, 0, 0], [-0.375, 0.25, 0.125], [0.05, 0.05, -0.1]]
    np.testing.assert_allclose(grad, expected, atol=1e-12)


def test_gradients_equal_central_differences():
    rng = np.random.default_rng(6)
    logits, ids = rng.normal(0, 2, (2, 5, 3)), rng.integers(0, 3, (2, 5))
    labels = np.where(rng.random((2, 5)) < 0.5, ids, IGNORE)
    for function, targets in ((mlm_loss, labels), (causal_lm_loss, ids)):
        _, grad = function(logits, targets)
        for index in np.ndindex(logits.shape):
            step = np.zeros_like(logits)
            step[index] = 1e-5
            numeric = (function(logits + step, targets)[0] - function(logits - step, targets)[0]) / 2e-5
            assert abs(grad[index] - numeric) < 1e-8


def test_a_vocabulary_of_one_token_leaves_nothing_to_guess():
    loss, grad = mlm_loss(np.array([[3.0], [-2.0]]), np.array([0, IGNORE]))
    assert loss == 0 and not grad.any()


def test_each_position_is_asked_for_the_next_token_and_the_last_for_nothing():
    ids = np.array([2, 0, 1, 3])
    sure = np.full((4, 5), -30.0)
    sure[np.arange(3), ids[1:]] = 30.0  # knows what comes next
    loss, grad = causal_lm_loss(sure, ids)
    assert loss < 1e-12 and not grad[-1].any()
    copies = np.full((4, 5), -30.0)
    copies[np.arange(4), ids] = 30.0  # repeats what it reads
    assert causal_lm_loss(copies, ids)[0] > 50


def test_huge_logits_and_float32():
    logits = np.array([[1000.0, -1000.0], [0.0, 0.0]], dtype=np.float32)
    loss, grad = mlm_loss(logits, np.array([1, 0]))
    assert abs(loss - (2000 + np.log(2)) / 2) < 1e-3 and grad.dtype == np.float32


def test_one_mask_is_a_triangle_and_the_other_hides_nothing():
    np.testing.assert_array_equal(attention_mask(3, True), [[1, 0, 0], [1, 1, 0], [1, 1, 1]])
    assert attention_mask(4, False).dtype == bool
    assert attention_mask(4, False).all() and attention_mask(4, False).shape == (4, 4)


def test_both_sides_leave_less_to_guess_than_the_past():
    past, both = entropies(np.array([[0.9, 0.1], [0.1, 0.9]]))
    h = -(0.9 * np.log2(0.9) + 0.1 * np.log2(0.1))
    same = 0.81 / 0.82  # neighbors agree, with 0.82; else it is one bit
    expected = 0.82 * -(same * np.log2(same) + (1 - same) * np.log2(1 - same)) + 0.18
    np.testing.assert_allclose([past, both], [h, expected], rtol=1e-12)
    rng = np.random.default_rng(7)
    for size in (2, 3, 5):
        past, both = entropies(rng.dirichlet(np.ones(size), size))
        assert 0 < both < past < np.log2(size)
    np.testing.assert_allclose(entropies(np.full((4, 4), 0.25)), [2, 2], rtol=1e-12)
    with np.errstate(invalid="raise"):  # 0 is never divided by 0
        assert entropies(np.array([[0.0, 1.0], [1.0, 0.0]])) == (0, 0)
    # After 1 always comes 0. A coin after 0, which is two thirds of all tokens; from both sides a doubt
    # is left only between two zeros, in half of all cases, and 1 is then twice as likely.
    third = np.log2(3) - 2 / 3
    np.testing.assert_allclose(entropies(np.array([[0.5, 0.5], [1.0, 0.0]])), [2 / 3, third / 2], rtol=1e-12)


def test_bad_values_are_named():
    assert raises(mask_tokens, np.arange(3), 9, 9, np.random.default_rng(0), rate=1.5) == (
        "rate must be in [0, 1], got 1.5")
    assert "labels" in raises(mlm_loss, np.zeros((2, 3)), np.full(2, IGNORE))
    for label in (-1, 3):
        message = raises(mlm_loss, np.zeros((2, 3)), np.array([IGNORE, label]))
        assert "labels" in message and str(label) in message
    assert raises(mlm_loss, np.zeros((4, 2, 3)), np.zeros(3)) == "labels must be (4, 2), got (3,)"
