"""How each mistake fails."""

import numpy as np

from snippets.language_models import rlhf, rlhf_mistakes


def test_without_the_minimum_a_bad_token_that_grew_is_not_corrected():
    h = 1e-6
    ratio, advantage = 1.5, -1.0  # the token became more likely although it is bad
    ends = [rlhf_mistakes.ppo_term(ratio + sign * h, advantage) for sign in (1, -1)]
    assert ends[0] == ends[1]
    one = [np.array([v]) for v in (np.log(ratio), 0.0, advantage, 1.0)]
    _, grad = rlhf.ppo_loss(*one)
    assert grad[0] == 1.5  # right: the loss pushes it down


def test_the_naive_reward_loss_overflows():
    chosen, rejected = np.array([-100.0], np.float32), np.array([0.0], np.float32)
    with np.errstate(over="ignore", divide="ignore"):
        assert rlhf_mistakes.reward_model_loss(chosen, rejected) == np.inf
    loss, grad, _ = rlhf.reward_model_loss(chosen, rejected)
    assert abs(loss - 100) < 1e-5 and grad[0] == -1


def test_padding_dilutes_the_loss():
    term, mask = np.ones((2, 8)), np.zeros((2, 8))
    mask[0, :8], mask[1, :2] = 1, 1
    assert rlhf_mistakes.mean_over_everything(term, mask) == -10 / 16
    zero = np.zeros((2, 8))
    assert rlhf.ppo_loss(zero, zero, term, mask)[0] == -1
