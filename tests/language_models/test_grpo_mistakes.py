"""How each mistake fails."""

import numpy as np

from snippets.language_models import grpo, grpo_mistakes


def test_one_mean_for_all_prompts_praises_wrong_answers_to_easy_ones():
    rewards = np.array([[0.9, 0.8, 0.9, 0.9], [0.1, 0.1, 0.2, 0.1]])
    wrong, right = grpo_mistakes.batch_advantages(rewards), grpo.group_advantages(rewards)
    assert wrong[0, 1] > 0 > right[0, 1], "the worst answer to the easy prompt"
    assert wrong[1, 2] < 0 < right[1, 2], "the best answer to the hard prompt"


def test_a_group_without_spread_makes_nan():
    rewards = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
    with np.errstate(invalid="ignore"):
        assert np.isnan(grpo_mistakes.unguarded_advantages(rewards)[0]).all()
    assert not grpo.group_advantages(rewards)[0].any()


def test_the_ratio_of_a_whole_answer_leaves_the_clip_at_once():
    old, mask = np.full((1, 500), -1.0), np.ones((1, 500))
    ratio = grpo_mistakes.sequence_ratio(old + 0.001, old, mask)
    assert round(ratio[0], 2) == 1.65  # far beyond 1.2, where each token's is 1.001
    _, grad = grpo.grpo_loss(old + 0.001, old, old, np.ones(1), mask, beta=0.0)
    assert np.all(grad != 0)
