"""What the sampler promises. NumPy and plain asserts only."""

import numpy as np

from snippets.language_models.decoding import (
    min_p,
    next_token_probs,
    repetition_penalty,
    sample,
    softmax,
    top_k,
    top_p,
)

LOGITS = np.array([2.0, 1.0, 0.0, -1.0])
MIXED = np.array([[0.5, 2.0, -1.0, 0.5, 3.0, -4.0, 1.0], [1.0, 0.0, 0.0, 5.0, 0.0, 1.0, -2.0]])


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def kept(logits) -> list:
    return np.flatnonzero(np.isfinite(logits)).tolist()


def test_softmax_survives_large_logits_and_gives_minus_infinity_nothing():
    np.testing.assert_allclose(softmax(np.array([1000.0, 1000.0, -np.inf])), [0.5, 0.5, 0.0])
    np.testing.assert_allclose(softmax(LOGITS), np.exp(LOGITS) / np.exp(LOGITS).sum(), rtol=1e-12)


def test_top_k_keeps_k_and_whoever_ties_with_the_last():
    assert kept(top_k(MIXED[0], 2)) == [1, 4]
    assert kept(top_k(MIXED[0], 4)) == [0, 1, 3, 4, 6] != kept(top_k(MIXED[0], 3))
    assert kept(top_k(MIXED[0], 7)) == kept(top_k(MIXED[0], 99)) == list(range(7))
    np.testing.assert_array_equal(np.isfinite(top_k(MIXED, 1)), [[i == 4 for i in range(7)],
                                                               [i == 3 for i in range(7)]])


def test_top_p_keeps_the_smallest_set_whose_mass_reaches_p():
    logits = np.log(np.array([0.125, 0.5, 0.25, 0.125]))
    assert kept(top_p(logits, 0.49)) == [1] and kept(top_p(logits, 0.51)) == [1, 2]
    assert kept(top_p(logits, 0.8)) == [0, 1, 2]  # of the two at 1/8 the lower index
    assert kept(top_p(logits, 0.99)) == [0, 1, 2, 3]
    ties = np.random.default_rng(5).integers(0, 2, 300).astype(np.float64)
    probs = softmax(ties)
    ones, few = np.flatnonzero(ties == 1), top_p(ties, 17.5 * float(probs.max()))
    assert kept(few) == ones[:18].tolist()  # of equal ones the first 18
    # A mass of exactly p is enough, whatever way its sum is rounded.
    assert kept(top_p(np.zeros(64), 0.25)) == list(range(16))
    for probs, p, n in (([0.7, 0.2, 0.1], 0.7, 1), ([0.6, 0.3, 0.1], 0.9, 2), ([0.4, 0.3, 0.2, 0.1], 0.9, 3)):
        for dtype in (np.float32, np.float64):
            assert kept(top_p(np.log(np.array(probs, dtype=dtype)), p)) == list(range(n))
    assert len(kept(top_p(np.zeros(100_000, dtype=np.float32), 0.9))) == 90_000
    rng = np.random.default_rng(0)
    for _ in range(20):
        logits = rng.normal(0, 2, 11)
        probs, p = softmax(logits), rng.uniform(0.05, 0.95)
        stays = np.isfinite(top_p(logits, p))
        assert probs[stays].sum() >= p > probs[stays].sum() - probs[stays].min()
        assert probs[stays].min() >= probs[~stays].max(initial=0)


def test_a_tiny_p_keeps_one_token_and_p_of_1_keeps_all():
    assert kept(top_p(LOGITS, 1e-300)) == [0] == kept(top_p(LOGITS, 0.0))
    assert kept(top_p(np.array([0.0, 5.0, 5.0]), 0.0)) == [1]
    tail = np.array([0.0] + [-800.0] * 5, dtype=np.float32)  # probabilities that are 0 in float32
    np.testing.assert_array_equal(top_p(tail, 1.0), tail)


def test_min_p_compares_with_the_largest_probability():
    rng = np.random.default_rng(1)
    for ratio in (0.01, 0.1, 0.5):
        logits = rng.normal(0, 2, (3, 11))
        probs = softmax(logits)
        expected = probs >= ratio * probs.max(axis=1, keepdims=True)
        np.testing.assert_array_equal(np.isfinite(min_p(logits, ratio)), expected)
    for dtype in (np.float32, np.float64):  # a tenth of the largest is enough for 0.1
        assert kept(min_p(np.log(np.array([0.5, 0.05, 0.4, 0.049], dtype=dtype)), 0.1)) == [0, 1, 2]
    assert kept(min_p(MIXED[1], 1.0)) == [3] and kept(min_p(LOGITS, 0.0)) == [0, 1, 2, 3]


def test_what_is_kept_keeps_its_logit_and_nothing_that_goes_in_is_modified():
    before = MIXED.copy()
    for out in (top_k(MIXED, 3), top_p(MIXED, 0.8), min_p(MIXED, 0.1)):
        stays = np.isfinite(out)
        np.testing.assert_array_equal(out[stays], MIXED[stays])
        assert not stays.all() and stays.any(axis=1).all()
    out = repetition_penalty(MIXED, np.array([[1], [2]]), 2.0)
    next_token_probs(MIXED, 0.7, 3, 0.9, 0.01)
    out[:], top_k(MIXED, 9)[:], top_p(MIXED, 1.0)[:], min_p(MIXED, 0.0)[:] = 7, 7, 7, 7
    np.testing.assert_array_equal(MIXED, before)


def test_temperature_sharpens_below_one_and_flattens_above():
    np.testing.assert_allclose(next_token_probs(LOGITS), softmax(LOGITS), rtol=1e-12)
    for temperature in (0.5, 2.0):
        expected = softmax(LOGITS / temperature)
        np.testing.assert_allclose(next_token_probs(LOGITS, temperature), expected, rtol=1e-12)
    np.testing.assert_allclose(next_token_probs(LOGITS, 1e9), 0.25, rtol=1e-6)


def test_temperature_toward_zero_is_greedy_but_for_ties():
    tied = np.array([1.0, 3.0, 0.0, 3.0])
    np.testing.assert_array_equal(next_token_probs(tied, 0.0), [0, 1, 0, 0])
    with np.errstate(over="raise"):  # -inf is meant, and no reason for a warning
        np.testing.assert_array_equal(next_token_probs(1e10 * tied, 1e-300), [0, 0.5, 0, 0.5])
    np.testing.assert_array_equal(next_token_probs(tied.astype(np.float32), 1e-300), [0, 0.5, 0, 0.5])
    np.testing.assert_array_equal(next_token_probs(MIXED, 0.0).argmax(axis=1), [4, 3])


def test_temperature_goes_before_the_filters_and_the_order_shows():
    np.testing.assert_allclose(next_token_probs(LOGITS, 2.0, p=0.85),
                               softmax(np.array([1.0, 0.5, 0.0, -np.inf])), rtol=1e-12)
    np.testing.assert_allclose(next_token_probs(LOGITS, p=0.85)[:2], softmax(LOGITS[:2]), rtol=1e-12)
    # top-p after top-k sees renormalized probabilities: 0.910 of three is enough for 0.9.
    np.testing.assert_allclose(next_token_probs(LOGITS, k=3, p=0.9)[2:], 0.0)
    assert next_token_probs(LOGITS, p=0.9)[2] > 0.08
    # min-p last: before top-p it would drop the fourth token, and 0.910 would again be enough.
    assert np.count_nonzero(next_token_probs(LOGITS, p=0.9, ratio=0.1)) == 3


def test_min_p_at_temperature_t_is_min_p_to_the_t_before_it():
    rng = np.random.default_rng(2)
    for temperature in (0.5, 2.0, 3.0):
        logits = rng.normal(0, 3, 13)
        np.testing.assert_allclose(next_token_probs(logits, temperature, ratio=0.1),
                                   softmax(min_p(logits, 0.1**temperature) / temperature), rtol=1e-12)


def test_the_penalty_lowers_every_repeated_token_whatever_its_sign():
    out = repetition_penalty(np.array([3.0, -3.0, 0.0, 2.0]), np.array([0, 1, 2, 1, 0]), 1.5)
    np.testing.assert_allclose(out, [2.0, -4.5, 0.0, 2.0])
    batch = repetition_penalty(MIXED, np.array([[4, 4], [0, 6]]), 2.0)
    expected = MIXED.copy()
    expected[0, 4], expected[1, 0], expected[1, 6] = 1.5, 0.5, -4.0
    np.testing.assert_allclose(batch, expected)
    np.testing.assert_array_equal(repetition_penalty(LOGITS, np.zeros(0, dtype=np.int64), 1.5), LOGITS)


def test_a_penalty_of_one_changes_nothing_and_below_one_repeats():
    seen = np.array([1, 3])
    np.testing.assert_array_equal(repetition_penalty(LOGITS, seen, 1.0), LOGITS)
    np.testing.assert_allclose(repetition_penalty(LOGITS, seen, 0.5), [2.0, 2.0, 0.0, -0.5])


def test_the_penalty_depends_on_a_constant_that_softmax_ignores():
    seen = np.array([0, 1])
    np.testing.assert_allclose(softmax(LOGITS - 3), softmax(LOGITS), rtol=1e-12)
    one, other = (softmax(repetition_penalty(x, seen, 1.2)) for x in (LOGITS, LOGITS - 3))
    assert one.round(3).tolist() == [0.591, 0.257, 0.112, 0.041]
    assert other.round(3).tolist() == [0.655, 0.197, 0.108, 0.04]


def test_samples_follow_the_probabilities():
    n = 40_000
    probs = np.array([0.0, 0.5, 0.0, 0.3, 0.2, 0.0])
    ids = sample(np.tile(probs, (n, 1)), np.random.default_rng(3))
    counts = np.bincount(ids, minlength=6)
    assert ids.shape == (n,) and counts[[0, 2, 5]].sum() == 0
    # Hoeffding, three frequencies, wrong with probability below 1e-6.
    assert np.abs(counts / n - probs).max() < np.sqrt(np.log(6 / 1e-6) / (2 * n))
    one = sample(np.array([0.0, 1.0, 0.0], dtype=np.float32), np.random.default_rng(0))
    assert one == 1 and np.shape(one) == ()


def test_a_sample_is_where_the_uniform_number_falls():
    class Fixed:
        def __init__(self, u):
            self.u = u

        def random(self, shape):
            return np.full(shape, self.u)

    probs = np.array([0.0, 0.25, 0.0, 0.75])
    assert [int(sample(probs, Fixed(u))) for u in (0.0, 0.2499, 0.25, 0.9999)] == [1, 1, 3, 3]
    assert sample(np.array([0.25, 0.25]), Fixed(0.9)) == 1  # probabilities that sum to one half
    even = np.full(100_000, 1e-5, dtype=np.float32)  # a sum in float32 would be off by dozens of tokens
    assert abs(int(sample(even, Fixed(0.9))) - 90_000) <= 1


def test_float32_stays_float32():
    small = MIXED.astype(np.float32)
    for options in ({}, {"temperature": 0.0}, {"temperature": 0.7, "k": 5, "p": 0.9, "ratio": 0.01}):
        out = next_token_probs(small, **options)
        assert out.dtype == np.float32
        np.testing.assert_allclose(out, next_token_probs(MIXED, **options), atol=1e-6)


def test_a_masked_token_stays_out_and_integers_are_logits_too():
    masked = np.array([-np.inf, 1.0, -np.inf, 0.0])
    for options in ({}, {"temperature": 0.5, "k": 3, "p": 0.99, "ratio": 0.01}, {"temperature": 0.0}):
        probs = next_token_probs(masked, **options)
        assert probs[0] == probs[2] == 0 and abs(probs.sum() - 1) < 1e-12
    assert raises(next_token_probs, np.array([[0.0, 1.0], [-np.inf, -np.inf]])) == (
        "logits need a finite maximum in each row")
    whole = np.array([2, 1, 0, -1])
    for options in ({"temperature": 0.0}, {"temperature": 2.0, "k": 3, "p": 0.85, "ratio": 0.1}):
        np.testing.assert_array_equal(next_token_probs(whole, **options), next_token_probs(LOGITS, **options))
    np.testing.assert_array_equal(top_p(whole, 0.85), top_p(LOGITS, 0.85))
    np.testing.assert_allclose(repetition_penalty(whole, np.array([0, 3]), 1.6), [1.25, 1, 0, -1.6])


def test_an_empty_batch_and_three_axes_keep_their_shape():
    options = {"temperature": 0.5, "k": 2, "p": 0.9, "ratio": 0.1}
    assert next_token_probs(np.zeros((0, 4)), **options).shape == (0, 4)
    assert sample(np.zeros((0, 4)), np.random.default_rng(0)).shape == (0,)
    logits = np.random.default_rng(4).normal(0, 2, (2, 3, 5))
    for i, j in np.ndindex(2, 3):
        np.testing.assert_allclose(next_token_probs(logits, **options)[i, j],
                                   next_token_probs(logits[i, j], **options), rtol=1e-12)


def test_a_value_out_of_range_is_named():
    assert raises(top_k, LOGITS, 0) == "k must be at least 1, got 0"
    assert raises(top_p, LOGITS, -0.5) == "p must be in [0, 1], got -0.5"
    assert raises(top_p, LOGITS, 1.5) == "p must be in [0, 1], got 1.5"
    assert raises(min_p, LOGITS, 1.5) == "ratio must be in [0, 1], got 1.5"
    assert raises(min_p, LOGITS, -0.1) == "ratio must be in [0, 1], got -0.1"
    assert raises(next_token_probs, LOGITS, -1.0) == "temperature must not be negative, got -1.0"
    assert raises(repetition_penalty, LOGITS, np.array([0]), 0.0) == "penalty must be positive, got 0.0"
