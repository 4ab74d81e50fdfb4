"""Feedback, wrong in three ways. The tests show how each one fails."""

import numpy as np

from snippets.foundations.feedback_connection import loop_pass, pass_gradients


# --8<-- [start:stale]
class StaleFeedback:
    """WRONG for independent examples: feeds back the previous batch."""

    def __init__(self, weights):
        self.weights, self.h4 = weights, None

    def __call__(self, drive):
        state = np.zeros((len(drive), len(self.weights[0])))
        if self.h4 is not None:
            state = self.h4  # right: start each batch at zero
        self.h4 = loop_pass(drive, state, self.weights)[2]
        return self.h4
# --8<-- [end:stale]


# --8<-- [start:last]
def gradients_of_last_pass(drive, state, weights, grad):
    """WRONG as the gradient: treats the state as a constant (a `detach`)."""
    outputs = loop_pass(drive, state, weights)
    # right: all passes, or implicit_gradients
    return pass_gradients(state, outputs, weights, grad)[1:]
# --8<-- [end:last]


# --8<-- [start:algebra]
def solve_linear_loop(drive, back):
    """WRONG for a loop that does not settle: the s with s = drive + s @ back."""
    return np.linalg.solve((np.eye(len(back)) - back).T, drive.T).T
# --8<-- [end:algebra]
