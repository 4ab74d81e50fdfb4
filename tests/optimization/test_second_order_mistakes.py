"""How the mistake fails."""

import numpy as np

from snippets.optimization.second_order_mistakes import natural_gradient


def test_outer_products_of_the_data_s_gradients_shrink_with_the_residuals():
    # One weight, error r in {r, 3 r}, input 1: gradient mean 2 r, Hessian 1, right step -2 r.
    for r in (1.0, 0.01):
        step = natural_gradient(np.array([[r], [3 * r]])).item()
        assert abs(step - -2 * r / (5 * r**2)) < 1e-9
    assert abs(step) > 39  # the right step is 0.02: the closer to the fit, the longer
