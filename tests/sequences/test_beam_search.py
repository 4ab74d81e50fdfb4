"""What the searches promise. NumPy and plain asserts only."""

from itertools import product

import numpy as np

from snippets.sequences.beam_search import (
    beam_search,
    exact_search,
    greedy_search,
    leaky_model,
    length_penalty,
)

VOCABULARY, LONGEST = 4, 5  # token 0 ends a sequence


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def random_model(seed):
    """Log-probabilities that depend on the whole prefix."""
    def step(prefixes):
        rows = []
        for prefix in prefixes.tolist():
            rng = np.random.default_rng([seed, *prefix, len(prefix)])
            probs = rng.dirichlet(np.full(VOCABULARY, 0.5))
            rows.append(np.log(probs + 1e-12))
        return np.array(rows)

    return step


def log_probability(step, tokens):
    return sum(step(np.array([tokens[:t]], dtype=np.int64))[0, token] for t, token in enumerate(tokens))


def everything(step):
    """All sequences that end in 0 or are as long as allowed, with their log-probabilities."""
    found = []
    for length in range(1, LONGEST + 1):
        for words in product(range(1, VOCABULARY), repeat=length - 1):
            for last in range(VOCABULARY) if length == LONGEST else (0,):
                tokens = [*words, last]
                total = log_probability(step, tokens)
                found.append((tokens, total))
    return found


def table_model(prefixes):
    table = {(): [0.0, 0.6, 0.4], (1,): [0.25, 0.4, 0.35], (2,): [0.9, 0.05, 0.05]}
    rows = np.array([table.get(tuple(row), [1.0, 0.0, 0.0]) for row in prefixes.tolist()])
    return np.where(rows > 0, np.log(np.maximum(rows, 1e-300)), -np.inf)


def test_the_page_s_example_where_greedy_loses():
    tokens, total = greedy_search(table_model, 0, 3)
    assert tokens == [1, 1, 0] and abs(np.exp(total) - 0.24) < 1e-12
    for tokens, total in (beam_search(table_model, 0, 2, 3)[0], exact_search(table_model, 0, 3)):
        assert tokens == [2, 0] and abs(np.exp(total) - 0.36) < 1e-12


def test_one_token_at_most_leaves_the_most_probable_one():
    for tokens, total in (exact_search(table_model, 0, 1), beam_search(table_model, 0, 1, 1)[0],
                          greedy_search(table_model, 0, 1)):
        assert tokens == [1] and abs(np.exp(total) - 0.6) < 1e-12


def test_what_the_model_forbids_is_never_returned():
    found = beam_search(table_model, 0, 20, 3)
    assert [tokens for tokens, _ in found] == [[2, 0], [1, 1, 0], [1, 2, 0], [1, 0], [2, 1, 0], [2, 2, 0]]
    assert abs(sum(np.exp(total) for _, total in found) - 1) < 1e-12  # all that is possible


def test_a_beam_of_one_is_greedy():
    for seed in range(8):
        tokens, total = greedy_search(random_model(seed), 0, LONGEST)
        (again, score), = beam_search(random_model(seed), 0, 1, LONGEST)
        assert again == tokens and abs(score - total) < 1e-12


def test_exact_search_finds_the_best_of_all_sequences():
    for seed in range(5):
        found = everything(random_model(seed))
        assert abs(sum(np.exp(total) for _, total in found) - 1) < 1e-6
        best = max(found, key=lambda pair: pair[1])
        tokens, total = exact_search(random_model(seed), 0, LONGEST)
        assert tokens == best[0] and abs(total - best[1]) < 1e-12


def test_exact_search_leaves_a_prefix_that_is_only_as_probable_as_the_best():
    seen = []

    def coin(prefixes):  # 1 or 2, and then the end for sure
        seen.append(prefixes.tolist())
        rows = [[1.0, 0.0, 0.0] if row else [0.0, 0.5, 0.5] for row in prefixes.tolist()]
        return np.where(np.array(rows) > 0, np.log(np.maximum(rows, 1e-300)), -np.inf)

    assert abs(exact_search(coin, 0, 2)[1] - np.log(0.5)) < 1e-12
    assert len(seen) == 2  # at the start and after one of the two words


def test_a_beam_as_wide_as_the_tree_ranks_like_enumeration_at_every_alpha():
    found = everything(random_model(3))
    for alpha in (0.0, 0.6, 1.0):
        ranked = sorted(found, key=lambda pair: pair[1] / length_penalty(len(pair[0]), alpha), reverse=True)
        wide = beam_search(random_model(3), 0, len(found), LONGEST, alpha)
        assert len(wide) == len(found)
        for (tokens, total), (expected, score) in zip(wide[:20], ranked, strict=False):
            assert tokens == expected and abs(total - score) < 1e-9


def test_stopping_early_changes_no_result():
    model = leaky_model(6, 5, 0.1, np.random.default_rng(0))
    calls = []

    def counted(prefixes):
        calls.append(len(prefixes))
        return model(prefixes)

    short = beam_search(counted, 0, 3, 60)
    assert len(calls) < 25  # stops long before 60 steps
    assert short == beam_search(model, 0, 3, 30)


def test_the_search_goes_on_while_a_longer_output_can_still_score_higher():
    def step(prefixes):  # ends at once with 0.5, or says 1 with 0.45 and goes on nine times
        t = prefixes.shape[1]
        probs = [0.5, 0.45, 0.05] if t == 0 else [0.001, 0.998, 0.001] if t < 10 else [0.998, 0.001, 0.001]
        return np.log(np.tile(probs, (len(prefixes), 1)))

    assert beam_search(step, 0, 1, 12)[0][0] == [0]
    (tokens, total), = beam_search(step, 0, 1, 12, 1.0)
    assert tokens == [1] * 10 + [0] and total / length_penalty(11, 1.0) > np.log(0.5)


def test_the_model_is_called_with_the_whole_beam_at_once():
    model, shapes = random_model(0), []

    def seen(prefixes):
        shapes.append(prefixes.shape)
        return model(prefixes)

    beam_search(seen, 0, 3, LONGEST)
    assert shapes[0] == (1, 0) and all(shape == (3, t) for t, shape in enumerate(shapes) if t > 0)


def test_nothing_follows_the_end_and_nothing_comes_twice():
    for seed in range(6):
        found = beam_search(random_model(seed), 0, 4, LONGEST, 0.6)
        assert all(0 not in tokens[:-1] and len(tokens) <= LONGEST for tokens, _ in found)
        assert len({tuple(tokens) for tokens, _ in found}) == len(found) <= 4


def test_the_returned_number_is_the_log_probability_itself():
    model = random_model(1)
    for tokens, total in beam_search(model, 0, 3, LONGEST, 1.0):
        expected = log_probability(model, tokens)
        assert abs(total - expected) < 1e-12


def test_length_penalty_starts_at_one_and_grows_with_the_length():
    assert length_penalty(1, 0.6) == 1.0 and length_penalty(7, 0.0) == 1.0
    assert abs(length_penalty(19, 1.0) - 4) < 1e-12 and abs(length_penalty(19, 0.5) - 2) < 1e-12


def test_the_leaky_model_is_a_distribution_that_ends_at_its_length():
    rng = np.random.default_rng(0)
    model = leaky_model(3, 5, 0.1, rng)
    for t, end in enumerate([0.1, 0.1, 0.1, 0.95, 0.95]):
        probs = np.exp(model(np.ones((2, t), dtype=np.int64)))
        assert probs.shape == (2, 6)
        np.testing.assert_allclose(probs.sum(axis=1), 1.0, rtol=1e-12)
        np.testing.assert_allclose(probs[:, 0], end, rtol=1e-12)
    drawn = np.random.default_rng(0)
    logits = 2 * drawn.standard_normal((4, 6, 5))
    assert rng.random() == drawn.random()  # nothing else was drawn
    expected = 0.9 * np.exp(logits[1, 2]) / np.exp(logits[1, 2]).sum()
    np.testing.assert_allclose(np.exp(model(np.array([[2]])))[0, 1:], expected, rtol=1e-12)


def test_the_page_s_curse():
    models = [leaky_model(10, 20, 0.02, np.random.default_rng(seed)) for seed in range(20)]
    for model in models:
        assert beam_search(model, 0, 16, 12)[0][0] == [0] == exact_search(model, 0, 12)[0]
        assert len(greedy_search(model, 0, 12)[0]) == 11
        assert len(beam_search(model, 0, 16, 12, 1.0)[0][0]) == 11


def test_a_width_of_zero_and_a_negative_alpha_are_named():
    assert raises(beam_search, table_model, 0, 0, 3) == "beam_width must be at least 1, got 0"
    assert raises(beam_search, table_model, 0, 2, 0) == "max_length must be at least 1, got 0"
    assert raises(beam_search, table_model, 0, 2, 3, -1.0) == "alpha must not be negative, got -1.0"
    assert raises(exact_search, table_model, 0, 0) == "max_length must be at least 1, got 0"


def test_one_row_of_log_probabilities_for_several_prefixes_is_named():
    def one_row(prefixes):
        return np.log([[0.2, 0.5, 0.3]])

    assert "step" in raises(beam_search, one_row, 0, 2, 3)
