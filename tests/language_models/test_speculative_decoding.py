"""What speculative decoding promises. NumPy and plain asserts only."""

import itertools

import numpy as np

from snippets.language_models.speculative_decoding import (
    acceptance_rate,
    draw,
    expected_tokens,
    output_distribution,
    residual,
    speculative_step,
    speedup,
    verify,
)

P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.5, 0.3])


class Replay:
    """A generator that gives back numbers chosen beforehand."""

    def __init__(self, numbers):
        self.numbers = list(numbers)

    def random(self):
        return self.numbers.pop(0)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def pairs(n: int = 40, size: int = 7):
    """Random p and q, some with zeros, some equal."""
    rng = np.random.default_rng(0)
    for i in range(n):
        p, q = rng.dirichlet(np.full(size, 0.4), 2)
        if i % 4 == 1:
            p = np.where(p < 0.05, 0, p)
        if i % 4 == 2:
            q = np.where(q < 0.05, 0, q)
        if i % 8 == 3:
            q = p
        yield p / p.sum(), q / q.sum()


def test_a_verified_token_has_the_target_s_distribution_whatever_the_draft():
    for p, q in pairs():
        np.testing.assert_allclose(output_distribution(p, q), p, atol=1e-14)
    p, q = np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.75, 0.0])  # neither has the last token
    np.testing.assert_allclose(output_distribution(p, q), p, atol=1e-14)
    batch = np.random.default_rng(1).dirichlet(np.ones(5), (2, 3))
    np.testing.assert_allclose(output_distribution(batch, batch[::-1]), batch, atol=1e-14)


def test_the_acceptance_rate_is_one_minus_the_total_variation_distance():
    for p, q in pairs():
        np.testing.assert_allclose(acceptance_rate(p, q), 1 - 0.5 * np.abs(p - q).sum(), atol=1e-14)
    np.testing.assert_allclose(acceptance_rate(np.stack([P, Q]), np.stack([Q, Q])), [0.7, 1.0])


def test_the_residual_sums_to_one_and_holds_only_what_the_draft_proposes_too_rarely():
    np.testing.assert_allclose(residual(P, Q), [1.0, 0.0, 0.0], atol=1e-15)
    for p, q in pairs():
        rest = residual(p, q)
        assert abs(rest.sum() - 1) < 1e-12
        assert np.array_equal(p, q) or not rest[p <= q].any()
    with np.errstate(invalid="raise"):  # 0 is never divided by 0
        np.testing.assert_array_equal(residual(P, P), P)


def test_every_way_through_verify_adds_up_to_the_target():
    # All probabilities are multiples of 1/8 such that each outcome covers whole quarters of [0, 1):
    # four midpoints per random number enumerate verify exactly.
    q = np.array([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]])
    p = np.array([[0.25, 0.5, 0.25], [0.25, 0.375, 0.375], [0.25, 0.25, 0.5]])
    first, second, third = np.zeros(3), np.zeros(3), np.zeros(3)
    for a, b in itertools.product(range(3), repeat=2):
        for numbers in itertools.product((0.125, 0.375, 0.625, 0.875), repeat=3):
            weight = q[0, a] * q[1, b] / 64
            tokens = verify(p, q, [a, b], Replay(numbers))
            for place, token in zip((first, second, third), tokens, strict=False):
                place[token] += weight
    np.testing.assert_allclose(first, p[0], atol=1e-15)
    np.testing.assert_allclose(second / second.sum(), p[1], atol=1e-15)
    np.testing.assert_allclose(third / third.sum(), p[2], atol=1e-15)
    np.testing.assert_allclose([second.sum(), third.sum()], [0.75, 0.75**2], atol=1e-15)


def test_the_first_rejection_ends_the_round():
    p = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    q = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    assert verify(p, q, [0, 0], Replay([0.0, 0.5])) == [2]
    assert verify(np.stack([Q, P, Q]), np.stack([Q, P]), [1, 2], Replay([0.99, 0.99, 0.0])) == [1, 2, 0]


def test_a_perfect_draft_gives_gamma_and_one_tokens():
    rng = np.random.default_rng(2)
    rows = rng.dirichlet(np.ones(6), 5)
    for _ in range(20):
        drafts = [draw(row, rng) for row in rows[:4]]
        tokens = verify(rows, rows[:4], drafts, rng)
        assert len(tokens) == 5 and tokens[:4] == drafts


def test_whole_sequences_follow_the_target():
    # Both models look at the last token; two new tokens, nine cases.
    rng = np.random.default_rng(3)
    p, q = rng.dirichlet(np.ones(3), (2, 3))

    def target(tokens):
        return p[tokens[-1]]

    def draft(tokens):
        return q[tokens[-1]]

    counts, n = np.zeros((3, 3)), 4000
    for _ in range(n):
        tokens = [1]
        while len(tokens) < 3:
            tokens += speculative_step(target, draft, tokens, 2, rng)
        counts[tokens[1], tokens[2]] += 1
    expected = p[1][:, None] * p
    # Hoeffding, nine frequencies, wrong with probability below 1e-6; the draft itself is farther off.
    bound = np.sqrt(np.log(2 * 9 / 1e-6) / (2 * n))
    assert np.abs(counts / n - expected).max() < bound
    assert np.abs(q[1][:, None] * q - expected).max() > 2 * bound


def test_the_draft_reads_its_own_tokens_and_the_target_scores_each_of_them():
    asked: dict = {"draft": [], "target": []}

    def model(name):
        def probs(tokens):
            asked[name].append(list(tokens))
            return np.eye(5)[len(tokens)]  # after n tokens comes token n, for sure
        return probs

    assert speculative_step(model("target"), model("draft"), [0], 3, np.random.default_rng(0)) == [1, 2, 3, 4]
    assert asked["draft"] == [[0], [0, 1], [0, 1, 2]]
    assert asked["target"] == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]
    assert speculative_step(model("target"), model("draft"), [0], 1, np.random.default_rng(0)) == [1, 2]


def test_draws_follow_the_probabilities_and_never_give_an_impossible_one():
    probs = np.array([0.0, 0.25, 0.0, 0.75, 0.0])
    numbers = [0.0, 0.2499, 0.25, 0.5, 0.9999999999]
    assert [draw(probs, Replay([u])) for u in numbers] == [1, 1, 3, 3, 3]
    assert draw(np.array([0.25, 0.25]), Replay([0.9])) == 1  # a sum of one half
    third = np.full(3, 1 / 3, dtype=np.float32)
    assert draw(third, Replay([1 - 1e-12])) == 2


def test_expected_tokens_by_the_closed_form_and_at_both_ends():
    for alpha, gamma in ((0.8, 4), (0.5, 1), (0.3, 7)):
        assert abs(expected_tokens(alpha, gamma) - (1 - alpha ** (gamma + 1)) / (1 - alpha)) < 1e-12
    assert expected_tokens(1.0, 6) == 7 and expected_tokens(0.0, 6) == 1
    assert round(expected_tokens(0.8, 4), 4) == 3.3616


def test_no_number_of_drafts_pays_when_the_acceptance_rate_is_below_the_cost():
    for alpha, cost in ((0.1, 0.1), (0.2, 0.3), (0.5, 0.8)):
        assert max(speedup(alpha, gamma, cost) for gamma in range(1, 20)) <= 1 + 1e-12
    assert speedup(0.11, 1, 0.1) > 1
    assert round(speedup(0.8, 4, 0.05), 2) == 2.80 and speedup(0.8, 4, 0.05, 5.0) < 0.65


def test_nothing_that_goes_in_is_modified_and_float32_works():
    p, q = np.stack([P, Q, P]).astype(np.float32), np.stack([Q, P]).astype(np.float32)
    before, drafts, prefix = (p.copy(), q.copy()), [1, 0], [0]
    verify(p, q, drafts, np.random.default_rng(0))
    speculative_step(lambda tokens: p[0], lambda tokens: q[0], prefix, 3, np.random.default_rng(0))
    np.testing.assert_array_equal(p, before[0])
    np.testing.assert_array_equal(q, before[1])
    assert drafts == [1, 0] and prefix == [0]
    np.testing.assert_allclose(output_distribution(p[:2], q), p[:2], atol=1e-6)
    rows = np.array([[0.2, 0.8], [0.2, 0.8]], dtype=np.float32)  # 1 - 1e-10 is 1 in float32
    assert verify(rows, rows[:1], [0], Replay([1 - 1e-10, 0.5])) == [0, 1]
    assert verify(rows.tolist(), rows[:1].tolist(), [0], Replay([0.5, 0.5])) == [0, 1]
    assert verify(rows[:1], rows[:0], [], Replay([0.1])) == [0]  # no draft, one token


def test_wrong_shapes_and_impossible_drafts_are_named():
    rng = np.random.default_rng(0)
    rows = np.stack([P, P])
    assert raises(verify, rows, rows, [0, 1], rng) == (
        "p needs 3 rows and q 2 of one length, got (2, 3) and (2, 3)")
    assert raises(verify, np.stack([P, P, P]), np.stack([Q, Q, Q]), [0, 1], rng).endswith("(3, 3) and (3, 3)")
    q = np.array([[0.0, 1.0, 0.0]])
    assert "drafts" in raises(verify, rows, q, [2], rng)
    for token in (-1, 3):
        message = raises(verify, rows, rows[:1], [token], rng)
        assert "drafts" in message and str(token) in message
    for probs in (np.zeros(3), np.array([0.5, 0.5, 1.0, -4.0])):
        assert "probs" in raises(draw, probs, rng)
    assert raises(speculative_step, None, None, [0], 0, rng) == "gamma must be at least 1, got 0"
