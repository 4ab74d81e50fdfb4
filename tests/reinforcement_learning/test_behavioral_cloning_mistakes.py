"""The wrong clones fail, and the right ones beside them do not."""

import numpy as np

from snippets.reinforcement_learning.behavioral_cloning_mistakes import (
    clone_the_mean,
    clone_with_the_previous_action,
)


def test_the_mean_of_left_and_right_hits_the_tree():
    actions = np.array([-1.0, 1.0] * 50)
    chosen = clone_the_mean(actions)
    assert abs(chosen) < 0.5  # the tree is 0.5 wide to each side
    # No other constant has a lower squared error, and it is no expert's action.
    others = [np.mean((actions - c) ** 2) for c in np.linspace(-1, 1, 21)]
    assert np.argmin(others) == 10 and not np.any(actions == chosen)
    values, counts = np.unique(actions, return_counts=True)
    assert abs(values[np.argmax(counts)]) > 0.5  # a mode passes


def test_the_copycat_fits_better_and_never_starts():
    # The light changes every 50 steps; the driver obeys it; the detector errs in 5% of the frames.
    rng = np.random.default_rng(0)
    actions = np.tile(np.repeat([0, 1], 50), 40)
    lights = np.where(rng.random(len(actions)) < 0.05, 1 - actions, actions)
    policy = clone_with_the_previous_action(lights, actions)
    accuracy = np.mean(policy[lights[1:], actions[:-1]] == actions[1:])
    assert accuracy == np.mean(actions[1:] == actions[:-1]) and round(accuracy, 2) == 0.98
    assert round(np.mean(lights == actions), 2) == 0.95
    action, right = 0, []
    for light, wanted in zip(lights, actions, strict=True):
        action = policy[light, action]
        right.append(action == wanted)
    assert np.mean(right) == 0.5 and action == 0  # it stands for ever
