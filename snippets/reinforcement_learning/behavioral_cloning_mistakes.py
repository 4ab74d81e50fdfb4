"""Wrong ways to clone. The tests show how each fails."""

import numpy as np


# --8<-- [start:mean]
def clone_the_mean(actions: np.ndarray) -> float:
    """WRONG where experts differ: least squares finds what nobody did.

    >>> clone_the_mean(np.array([-1.0, 1.0, -1.0, 1.0]))  # left or right of it
    0.0
    """
    return float(actions.mean())
# --8<-- [end:mean]


# --8<-- [start:previous]
def clone_with_the_previous_action(
    lights: np.ndarray, actions: np.ndarray
) -> np.ndarray:
    """WRONG: with its own last action as an input, repeating it fits best.

    Chooses the single input that predicts the action best: the light (0 red,
    1 green) as seen by an imperfect detector, or the action one step before.

    Returns:
        Table (2, 2): the action for each light and previous action.
    """
    by_light = np.mean(lights[1:] == actions[1:])
    by_habit = np.mean(actions[:-1] == actions[1:])
    light, previous = np.indices((2, 2))
    return light if by_light > by_habit else previous
# --8<-- [end:previous]
