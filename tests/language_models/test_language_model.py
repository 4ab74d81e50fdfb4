"""What scoring, counting and costs promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.language_models.language_model import (
    bits_per_byte,
    count_ngrams,
    ngram_probability,
    perplexity,
    token_losses,
    training_bytes,
    training_flops_per_token,
    transformer_parameters,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_losses_are_minus_ln_of_the_target_s_probability():
    probs = np.array([[[0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25], [0.125, 0.5, 0.125, 0.25]]])
    losses = token_losses(np.log(probs) + 7, np.array([[0, 3, 2]]))
    np.testing.assert_allclose(losses, [[np.log(2), np.log(4), np.log(8)]])
    huge = token_losses(np.array([[1000.0, 0.0]]), np.array([1]))
    np.testing.assert_allclose(huge, [1000.0])


def test_worked_perplexity_and_bits_per_byte():
    losses = np.log(np.array([2.0, 4.0, 8.0]))
    np.testing.assert_allclose(perplexity(losses), 4.0)  # (2 * 4 * 8) ** (1 / 3)
    np.testing.assert_allclose(bits_per_byte(losses, 9), 6 / 9)
    np.testing.assert_allclose(bits_per_byte(losses, 1), 6)  # one byte is a text, too
    np.testing.assert_allclose(perplexity(losses), 2 ** np.mean([1, 2, 3]))  # the base does not matter


def test_even_guessing_among_v_tokens_has_perplexity_v():
    for vocab_size in (2, 14, 50257):
        losses = token_losses(np.zeros((2, 3, vocab_size)), np.ones((2, 3), dtype=np.int64))
        np.testing.assert_allclose(perplexity(losses), vocab_size)


def test_splitting_a_token_changes_perplexity_and_not_bits_per_byte():
    whole = np.array([np.log(4), np.log(16)])
    split = np.array([np.log(2), np.log(2), np.log(16)])  # the first in two halves, same probability
    np.testing.assert_allclose(bits_per_byte(whole, 5), bits_per_byte(split, 5))
    np.testing.assert_allclose([perplexity(whole), perplexity(split)], [8.0, 4.0])


def test_counts_of_a_small_text():
    counts = count_ngrams(np.array([0, 1, 0, 1, 0, 2]), 3)
    assert dict(counts[()]) == {0: 3, 1: 2, 2: 1}
    assert dict(counts[(0,)]) == {1: 2, 2: 1}
    assert dict(counts[(0, 1)]) == {0: 2}
    assert dict(counts[(1, 0)]) == {1: 1, 2: 1}
    assert max(len(context) for context in counts) == 2


def test_discounted_probabilities_by_hand():
    counts = count_ngrams(np.array([0, 1, 0, 1, 0, 2]), 2)
    # p(1) = 1.25/6 + 0.75 * 3/6 * 1/4; p(1 | 0) = 1.25/3 + 0.75 * 2/3 * p(1)
    alone = 1.25 / 6 + 0.375 / 4
    np.testing.assert_allclose(ngram_probability(counts, (), 1, 4), alone)
    np.testing.assert_allclose(ngram_probability(counts, (0,), 1, 4), 1.25 / 3 + 0.5 * alone)
    np.testing.assert_allclose(ngram_probability(counts, (), 3, 4), 0.375 / 4)  # never seen
    assert ngram_probability(counts, (3,), 1, 4) == ngram_probability(counts, (), 1, 4)
    np.testing.assert_allclose(ngram_probability(counts, (0,), 1, 4, discount=0.0), 2 / 3)


def test_ngram_probabilities_add_up_to_one():
    tokens = np.random.default_rng(0).integers(0, 5, 200)
    counts = count_ngrams(tokens, 4)
    for context in ((), (2,), (1, 3), (4, 0, 2), (4, 4, 4)):
        total = sum(ngram_probability(counts, context, w, 6, 0.6) for w in range(6))
        np.testing.assert_allclose(total, 1.0)


def test_the_discount_and_the_nearest_tokens_reach_every_order():
    # 2 0 1 | 3 0 4: after (3, 0) only 4; after (5, 0), unseen, what follows 0: 1 and 4 alike.
    counts = count_ngrams(np.array([2, 0, 1, 3, 0, 4]), 3)
    once = {w: ngram_probability(counts, (), w, 6, 0.5) for w in (1, 4)}
    after_0 = {w: 0.5 / 2 + 0.5 * once[w] for w in once}  # 0.5 * 2 / 2 of the mass is freed
    np.testing.assert_allclose(once[1], 0.5 / 6 + 0.5 * 5 / 6 / 6)
    for w in once:
        np.testing.assert_allclose(ngram_probability(counts, (0,), w, 6, 0.5), after_0[w])
        np.testing.assert_allclose(ngram_probability(counts, (5, 0), w, 6, 0.5), after_0[w])
    np.testing.assert_allclose(ngram_probability(counts, (3, 0), 4, 6, 0.5), 0.5 + 0.5 * after_0[4])


def test_no_tokens_have_no_losses():
    assert token_losses(np.zeros((2, 0, 5)), np.zeros((2, 0), dtype=np.int64)).shape == (2, 0)


def test_grouped_heads_have_narrow_biases():
    # D = 6, two heads of 4 over one group: weights 2 * 6 * (8 + 4), biases 8 + 2 * 4 + 6.
    parts = transformer_parameters(5, 6, 1, 7, 2, num_groups=1, head_dim=4)
    assert parts["attention"] == 2 * 6 * (8 + 4) + 8 + 2 * 4 + 6


def test_parameters_of_published_models():
    gpt2 = transformer_parameters(50257, 768, 12, 3072, 12, positions=1024)
    assert sum(gpt2.values()) == 124_439_808
    assert gpt2["embedding"] == 51_281 * 768 and gpt2["norm"] == 25 * 2 * 768
    xl = transformer_parameters(50257, 1600, 48, 6400, 25, positions=1024)
    assert sum(xl.values()) == 1_557_611_200
    llama = transformer_parameters(128256, 4096, 32, 14336, 32, 8, gated=True, bias=False, tied=False)
    assert sum(llama.values()) == 8_030_261_248
    large = transformer_parameters(128256, 16384, 126, 53248, 128, 8, gated=True, bias=False, tied=False)
    assert sum(large.values()) == 405_853_388_800
    assert transformer_parameters(5, 6, 1, 7, 2, head_dim=4)["attention"] == 4 * 6 * 8 + 3 * 8 + 6


def test_training_costs_by_hand():
    assert training_flops_per_token(1000, 2, 3, 5) == 6 * 1000 + 12 * 2 * 3 * 5
    assert training_bytes(10) == {"weights, 16 bits": 20, "gradients, 16 bits": 20, "weights, 32 bits": 40,
                                  "first moment": 40, "second moment": 40}


def test_inputs_stay_and_float32_stays():
    logits = np.random.default_rng(1).standard_normal((2, 3, 5)).astype(np.float32)
    before = logits.copy()
    assert token_losses(logits, np.zeros((2, 3), dtype=np.uint8)).dtype == np.float32
    np.testing.assert_array_equal(logits, before)


def test_bad_input_is_named():
    logits = np.zeros((2, 3, 5))
    assert "(2, 3)" in raises(token_losses, logits, np.zeros((3, 2), dtype=np.int64))
    assert "0..4" in raises(token_losses, logits, np.full((2, 3), 5))
    assert "0..4" in raises(token_losses, logits, np.full((2, 3), -1))
    assert "empty" in raises(perplexity, np.zeros(0))
    assert "got 0" in raises(bits_per_byte, np.ones(3), 0)
