"""How each mistake fails."""

import numpy as np

from snippets.sequences.state_space_models import causal_convolution, discretize
from snippets.sequences.state_space_models_mistakes import circular, euler, selective_as_convolution


def test_without_zeros_the_last_input_reaches_the_first_output():
    x, kernel = np.zeros((1, 8)), 0.9 ** np.arange(8)
    x[0, 7] = 1.0
    np.testing.assert_allclose(causal_convolution(x, kernel)[0, :7], 0, atol=1e-12)
    assert abs(circular(x, kernel)[0, 0] - 0.9) < 1e-12


def test_euler_explodes_where_the_system_decays():
    a, b = np.array([-5.0]), np.array([1.0])
    assert abs(euler(a, b, 0.5)[0][0]) == 1.5 and 0 < discretize(a, b, 0.5)[0][0] < 0.1
    small = euler(a, b, 1e-4)[0], discretize(a, b, 1e-4)[0]
    np.testing.assert_allclose(*small, rtol=1e-6)  # the same for small steps


def test_no_kernel_reproduces_a_selective_layer():
    x, a_bar = np.ones(6), np.array([0.9, 0.9, 0.0, 0.9, 0.9, 0.9])  # forgets at step 2
    one, h, y = np.ones(6), 0.0, []
    for t in range(6):
        h = a_bar[t] * h + x[t]
        y.append(h)
    assert y[2] == 1.0
    assert np.abs(selective_as_convolution(x, a_bar, one, one) - y).max() > 1
