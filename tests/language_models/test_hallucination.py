"""What the numbers of hallucination promise. Runs wherever the snippet runs: plain asserts only."""

import numpy as np

from snippets.language_models.hallucination import (
    good_turing_missing_mass,
    mean_score,
    risk_coverage,
    semantic_entropy,
    wrong_answer_penalty,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_the_missing_mass_is_singletons_over_observations():
    counts = np.array([4, 2, 1, 1, 1, 1, 0])
    assert good_turing_missing_mass(counts) == 0.4
    both = np.stack([counts, np.array([1, 1, 1, 0, 0, 0, 0])])
    assert good_turing_missing_mass(both).tolist() == [0.4, 1.0]
    assert good_turing_missing_mass(np.array([5, 2])) == 0.0
    # 300 observations do not wrap around in 8 bits.
    assert good_turing_missing_mass(np.array([200, 99, 1], np.uint8)) == 1 / 300


def test_on_average_the_estimate_is_the_mass_that_was_missed():
    rng = np.random.default_rng(0)
    probs = np.ones(300) / 300
    estimate, missed = [], []
    for _ in range(400):
        counts = rng.multinomial(200, probs)
        estimate.append(good_turing_missing_mass(counts))
        missed.append(probs[counts == 0].sum())
    # The expectations differ by less than 1/200; each mean deviates by less than 0.003.
    assert abs(np.mean(estimate) - np.mean(missed)) < 1 / 200 + 0.006
    assert np.std(missed) > 0.005 and abs(np.mean(missed) - (1 - 1 / 300) ** 200) < 0.005


def test_the_penalty_makes_answering_pay_exactly_above_the_threshold():
    assert wrong_answer_penalty(0.0) == 0 and wrong_answer_penalty(0.5) == 1
    assert abs(wrong_answer_penalty(0.75) - 3) < 1e-12
    for threshold in (0.1, 0.5, 0.9, 0.99):
        p = np.array([threshold - 0.005, threshold, threshold + 0.005])
        score = p - (1 - p) * wrong_answer_penalty(threshold)
        assert score[0] < -1e-4 and abs(score[1]) < 1e-12 and score[2] > 1e-4
        np.testing.assert_allclose(score, (p - threshold) / (1 - threshold), atol=1e-12)


def test_a_score_counts_right_silent_and_wrong():
    correct = np.array([[True, False, False, True, False], [True] * 5])
    answered = np.array([[True, True, False, False, True], [True] * 5])
    # One right, two silent (one of them would have been right), two wrong at 3 each.
    np.testing.assert_allclose(mean_score(correct, answered, 0.75), [(1 - 6) / 5, 1.0], rtol=1e-12)
    np.testing.assert_allclose(mean_score(correct, answered, 0.0), [0.2, 1.0], rtol=1e-12)


def test_under_plain_accuracy_a_guess_never_costs():
    rng = np.random.default_rng(0)
    correct = rng.random((50, 7)) < 0.3
    answered = rng.random((50, 7)) < 0.5
    everything = np.ones_like(answered)
    assert np.all(mean_score(correct, everything, 0.0) >= mean_score(correct, answered, 0.0))
    assert np.any(mean_score(correct, everything, 0.5) < mean_score(correct, answered, 0.5))


def test_one_meaning_has_no_entropy_and_s_meanings_have_ln_s():
    assert semantic_entropy(np.zeros(10, np.int32)) == 0
    assert abs(semantic_entropy(np.arange(10)) - np.log(10)) < 1e-12
    share = np.array([4, 3, 2, 1]) / 10
    mixed = np.array([3, 0, 0, 0, 0, 1, 1, 1, 2, 2])
    assert abs(semantic_entropy(mixed) + (share * np.log(share)).sum()) < 1e-12
    batch = semantic_entropy(np.stack([mixed, np.zeros(10, int), np.arange(10)]))
    assert batch.shape == (3,) and batch[1] == 0 and abs(batch[2] - np.log(10)) < 1e-12


def test_weights_stand_for_repetition():
    meanings = np.array([5, 2, 5])
    for dtype, rtol in ((np.float64, 1e-12), (np.float32, 1e-6)):
        found = semantic_entropy(meanings, np.array([3, 4, 1], dtype))
        assert found.dtype == dtype
        np.testing.assert_allclose(found, np.log(2), rtol=rtol)
    assert semantic_entropy(meanings, np.array([1.0, 0.0, 2.0])) == 0
    assert semantic_entropy(np.array([[0, 1]]), np.array([[1.0, 1.0]])).shape == (1,)


def test_risk_rises_as_less_sure_answers_are_given():
    confidence = np.array([0.9, 0.4, 0.8, 0.6])
    correct = np.array([True, False, True, False])
    coverage, risk = risk_coverage(confidence, correct)
    np.testing.assert_allclose(coverage, [0.25, 0.5, 0.75, 1.0])
    np.testing.assert_allclose(risk, [0, 0, 1 / 3, 1 / 2])
    assert risk_coverage(-confidence, correct)[1].tolist() == [1, 1, 2 / 3, 1 / 2]
    assert confidence.tolist() == [0.9, 0.4, 0.8, 0.6] and correct.tolist() == [True, False, True, False]


def test_questions_of_equal_confidence_are_answered_in_their_order():
    confidence = np.tile([0.25, 0.75], 50)
    correct = np.random.default_rng(1).random(100) < 0.5
    wrong = ~np.concatenate([correct[1::2], correct[::2]])
    np.testing.assert_allclose(risk_coverage(confidence, correct)[1], wrong.cumsum() / np.arange(1, 101))


def test_unsigned_and_boolean_confidence_is_ranked_like_any_other():
    right = np.array([True, False, True])
    for confidence in (np.array([0, 1, 2], np.uint8), np.array([-128, 0, 127], np.int8)):
        np.testing.assert_allclose(risk_coverage(confidence, right)[1], [0, 0.5, 1 / 3])
    np.testing.assert_allclose(risk_coverage(~right, right)[1], [1, 0.5, 1 / 3])


def test_no_question_at_all_gives_no_entropy_at_all():
    assert semantic_entropy(np.zeros((0, 3), np.int64)).shape == (0,)


def test_what_makes_no_sense_is_refused_by_name():
    assert "float64 down to 1.0" in raises(good_turing_missing_mass, np.ones(3))
    refused = "counts must be integers from 0 up, got float64"
    assert raises(good_turing_missing_mass, np.zeros((2, 0))) == refused
    assert "-2" in raises(good_turing_missing_mass, np.array([1, -2]))
    assert "counts" in raises(good_turing_missing_mass, np.zeros((2, 3), int))
    assert "1" in raises(wrong_answer_penalty, 1.0) and "-0.1" in raises(wrong_answer_penalty, -0.1)
    assert "(2,)" in raises(mean_score, np.ones(2, bool), np.ones(3, bool), 0.5)
    assert "(0,)" in raises(mean_score, np.ones(0, bool), np.ones(0, bool), 0.5)
    assert "meanings" in raises(semantic_entropy, np.zeros((3, 0)))
    for weights in (np.array([-1.0, 2.0]), np.zeros(2), np.ones(3)):
        assert "weights" in raises(semantic_entropy, np.arange(2), weights)
    assert "(0,)" in raises(risk_coverage, np.zeros(0), np.zeros(0, bool))
    assert "(3,)" in raises(risk_coverage, np.zeros(2), np.zeros(3, bool))


def test_the_page_s_scores():
    rows = {}
    for name, right, wrong in (("older", 24, 75), ("newer", 22, 26)):
        correct, answered = np.arange(100) < right, np.arange(100) < right + wrong
        rows[name] = [round(100 * float(mean_score(correct, answered, t))) for t in (0, 0.5, 0.75)]
    assert rows == {"older": [24, -51, -201], "newer": [22, -4, -56]}
    # Equal where 24 - 75 c = 22 - 26 c, so c = 2/49 and t = c / (1 + c) = 2/51.
    assert abs(wrong_answer_penalty(2 / 51) - 2 / 49) < 1e-12 and round(2 / 51, 3) == 0.039
    mixed = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 3])
    assert round(float(semantic_entropy(mixed)), 2) == 1.28
    # A calibrated confidence, uniform in 0 to 1: always answering against answering above t.
    p = (np.arange(100_000) + 0.5) / 100_000
    for t, always, above in ((0.5, 0.0, 0.25), (0.75, -1.0, 0.125), (0.9, -4.0, 0.05)):
        score = p - (1 - p) * wrong_answer_penalty(t)
        assert abs(score.mean() - always) < 1e-6 and abs(np.maximum(score, 0).mean() - above) < 1e-6
