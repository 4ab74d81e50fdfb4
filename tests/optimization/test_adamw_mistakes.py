"""How each mistake fails."""

import numpy as np

from snippets.optimization.adamw import adamw_step, param_groups
from snippets.optimization.adamw_mistakes import param_groups_everything, step_decay_in_momentum


def test_a_gain_that_gets_no_gradient_fades():
    params = {"weight": np.ones((2, 3)), "gain": np.ones(3)}
    left = {}
    for name, split in (("right", param_groups), ("wrong", param_groups_everything)):
        groups = split(params, 0.1)
        decay = next(group["weight_decay"] for group in groups if "gain" in group["params"])
        gain, m, v = params["gain"], np.zeros(3), np.zeros(3)
        for t in range(1, 10_001):
            gain, m, v = adamw_step(gain, np.zeros(3), m, v, t, lr=1e-3, weight_decay=decay)
        left[name] = gain[0]
    assert left["right"] == 1.0 and round(left["wrong"], 3) == 0.368


def test_decay_in_the_momentum_still_depends_on_the_gradient_s_size():
    left = []
    for size in (0.1, 10.0):
        w, m, v = np.array(1.0), np.zeros(()), np.zeros(())
        for t in range(1, 1001):
            w, m, v = step_decay_in_momentum(w, np.array(size * (-1.0) ** (t + 1)), m, v, t, weight_decay=0.1)
        left.append(round(float(w), 3))
    assert left == [0.364, 0.988]
