"""What DPO promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.language_models.dpo import (
    dpo_loss,
    ipo_loss,
    log_ratio_margin,
    log_softmax,
    sequence_logps,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def four(n: int = 7) -> np.ndarray:
    return -20 + 3 * np.random.default_rng(0).standard_normal((4, n))


def test_log_softmax_sums_to_one_and_survives_huge_logits():
    x = np.array([[1e4, 0.0, -1e4], [2.0, 2.0, 2.0]])
    np.testing.assert_allclose(log_softmax(x), [[0, -1e4, -2e4], 3 * [-np.log(3)]])
    whole = np.array([0, 0, 200], np.uint8)  # bytes would wrap around below 0
    np.testing.assert_allclose(log_softmax(whole), [-200, -200, 0], atol=1e-12)


def test_a_sequence_by_hand():
    # Position 0 gives token 1 probability 1/4, position 1 gives token 2 probability 1/10.
    logits = np.log(np.array([[[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]]))
    labels = np.array([[0, 1, 2]])
    both = sequence_logps(logits, labels, np.array([[0, 1, 1]]))
    np.testing.assert_allclose(both, [np.log(1 / 40)])
    np.testing.assert_allclose(sequence_logps(logits, labels, np.array([[0, 0, 1]])), [np.log(0.1)])


def test_only_the_response_counts():
    rng = np.random.default_rng(1)
    logits, labels = rng.standard_normal((2, 6, 5)), rng.integers(0, 5, (2, 6))
    mask = np.array([[0, 0, 1, 1, 0, 0], [0, 1, 1, 1, 1, 0]])
    found = sequence_logps(logits, labels, mask)
    padded = np.where(mask > 0, labels, -100)
    np.testing.assert_array_equal(sequence_logps(logits, padded, mask), found)
    moved = logits.copy()
    moved[:, 5] += rng.standard_normal((2, 5))  # predicts beyond the end
    moved[0, 0] += rng.standard_normal(5)  # predicts a token of the prompt
    np.testing.assert_array_equal(sequence_logps(moved, labels, mask), found)
    assert np.all(sequence_logps(logits, labels, 0 * mask) == 0)
    assert "mask" in raises(sequence_logps, logits, labels, mask[:, 1:])
    # Padding under the mask is a mistake that indexing would hide: -1 is the last token.
    assert "-1" in raises(sequence_logps, logits, np.where(mask > 0, -1, labels), mask)


def test_one_token_no_token_and_no_sequence():
    one = sequence_logps(np.zeros((1, 1, 6)), np.zeros((1, 1), int), np.ones((1, 1)))
    np.testing.assert_array_equal(one, [0])
    assert sequence_logps(np.zeros((0, 4, 6)), np.zeros((0, 4), int), np.zeros((0, 4))).shape == (0,)
    tiny = sequence_logps(np.zeros((1, 2, 1)), np.array([[-100, -100]]), np.zeros((1, 2)))
    np.testing.assert_array_equal(tiny, [0])  # a vocabulary of one: nothing past it is read


def test_the_margin_by_hand():
    found = log_ratio_margin(*(np.array([v]) for v in (-14.0, -20.0, -12.0, -15.0)))
    np.testing.assert_array_equal(found, [3])  # -2 of its own, 5 from the rejected one's fall


def test_it_starts_at_log_two():
    policy = four()
    loss, chosen, rejected = dpo_loss(policy[0], policy[1], policy[0], policy[1], 0.3)
    assert abs(loss - np.log(2)) < 1e-12
    np.testing.assert_allclose(chosen, np.full(7, -0.3 / 2 / 7))
    np.testing.assert_array_equal(rejected, -chosen)


def test_the_cases_of_the_page():
    # (chosen, rejected) against the reference (-12, -15): margin of log-ratios.
    cases = {(-12, -15): 0, (-11, -15): 1, (-12, -16): 1, (-14, -20): 3, (-13, -14): -2}
    for (chosen, rejected), margin in cases.items():
        args = [np.array([float(v)]) for v in (chosen, rejected, -12, -15)]
        loss, grad, _ = dpo_loss(*args, 0.1)
        assert abs(loss - np.log(1 + np.exp(-0.1 * margin))) < 1e-12
        assert abs(grad[0] + 0.1 / (1 + np.exp(0.1 * margin))) < 1e-12
        assert abs(ipo_loss(*args, 0.1) - (margin - 5) ** 2) < 1e-12


def test_both_may_fall_and_the_loss_with_them():
    args = [np.array([v]) for v in (-112.0, -118.0, -12.0, -15.0)]
    assert dpo_loss(*args, 0.1)[0] < np.log(2), "the preferred one lost 100 nats"


def test_gradients_match_central_differences():
    args, h = list(four()), 1e-6
    _, *grads = dpo_loss(*args, 0.2)
    for which, grad in enumerate(grads):
        for i in (0, 6):
            ends = []
            for sign in (1, -1):
                moved = [one.copy() for one in args]
                moved[which][i] += sign * h
                ends.append(dpo_loss(*moved, 0.2)[0])
            assert abs((ends[0] - ends[1]) / (2 * h) - grad[i]) < 1e-8


def test_a_hopeless_pair_gives_a_finite_loss():
    args = [np.array([v]) for v in (-1e5, 0.0, 0.0, -1e5)]
    loss, grad, _ = dpo_loss(*args, 0.1)
    assert loss == 2e4 and abs(grad[0] + 0.1) < 1e-12
    won = dpo_loss(*(-one for one in args), 0.1)
    assert won[0] == 0 and won[1][0] == 0
    single = dpo_loss(*(one.astype(np.float32) for one in args))
    assert single[0] == 2e4 and all(one.dtype == np.float32 for one in single)


def test_ipo_averages_and_wants_a_finite_margin():
    args = [np.array([3.0, 0.0]), np.zeros(2), np.zeros(2), np.zeros(2)]
    assert abs(ipo_loss(*args, 0.25) - (1 + 4) / 2) < 1e-12  # the target is 2


def test_impossible_arguments_are_refused():
    assert "-0.1" in raises(dpo_loss, *four(), -0.1)
    assert "0.0" in raises(ipo_loss, *four(), 0.0)
    policy = four()
    for loss in (dpo_loss, ipo_loss):
        assert "policy_chosen_logps" in raises(loss, *four(0), 0.1)
        # A column beside a row would make 49 pairs of 7.
        assert "(7, 1)" in raises(loss, policy[0], policy[1][:, None], *policy[2:], 0.1)


def test_beta_zero_teaches_nothing_and_a_tenth_is_the_default():
    loss, chosen, rejected = dpo_loss(*four(), 0.0)
    assert abs(loss - np.log(2)) < 1e-12 and not chosen.any() and not rejected.any()
    assert dpo_loss(*four())[0] == dpo_loss(*four(), 0.1)[0]
    assert ipo_loss(*four()) == ipo_loss(*four(), 0.1)
