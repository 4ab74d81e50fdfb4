"""Each wrong loop fails where the page says."""

import numpy as np

from snippets.foundations.feedback_connection import equilibrium, implicit_gradients
from snippets.foundations.feedback_connection_mistakes import (
    StaleFeedback,
    gradients_of_last_pass,
    solve_linear_loop,
)

ONE = np.array([[1.0]])


def test_stale_feedback_makes_an_answer_depend_on_the_batch_before():
    answers = []
    for before in (-2.0, 2.0):
        network = StaleFeedback([ONE, ONE, ONE])
        network(np.full((3, 1), before))
        answers.append(network(np.full((3, 1), 0.1)))
    assert (answers[1] - answers[0] > 0.5).all()


def test_the_last_pass_holds_less_than_half_of_the_gradient():
    drive, weights = np.array([[0.1]]), [0.9 * ONE, ONE, ONE]
    state = equilibrium(drive, weights)
    wrong = gradients_of_last_pass(drive, state, weights, ONE)[1][0]
    right = implicit_gradients(drive, state, weights, ONE)[1][0]
    np.testing.assert_allclose([wrong[0, 0], right[0, 0]], [0.2260, 0.5078], atol=5e-5)
    assert abs(wrong[0, 0] / right[0, 0] - (1 - 0.555)) < 1e-3  # one minus the slope of a pass


def test_the_equation_has_a_solution_that_the_loop_never_reaches():
    drive, state, states = ONE, 0.0, []
    assert solve_linear_loop(drive, 2 * ONE)[0, 0] == -1
    for _ in range(5):
        state = 1 + 2 * state
        states.append(state)
    assert states == [1, 3, 7, 15, 31]
    # Where the loop does settle, the solution is right: 1, 1.5, 1.75, ... -> 2.
    assert solve_linear_loop(drive, 0.5 * ONE)[0, 0] == 2
    back = np.array([[0.1, 0.4], [-0.3, 0.2]])
    s = np.zeros((3, 2))
    drive = np.arange(6.0).reshape(3, 2)
    for _ in range(100):
        s = drive + s @ back
    np.testing.assert_allclose(solve_linear_loop(drive, back), s)
