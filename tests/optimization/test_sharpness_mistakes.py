"""How the mistake fails."""

import numpy as np

from snippets.optimization.sharpness import sam_gradient
from snippets.optimization.sharpness_mistakes import sam_step_from_there


def test_a_perturbation_that_stays_holds_the_weights_off_the_minimum():
    def grad(w):
        return 0.1 * w  # minimum at 0
    right = wrong = np.array([1.0])
    for _ in range(2000):
        wrong = sam_step_from_there(grad, wrong, 0.5, 0.2)
        right = right - 0.5 * sam_gradient(grad, right, 0.2)
    assert abs(right.item()) < 0.02 and wrong.item() > 3
