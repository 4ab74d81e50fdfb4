"""Wrong code around Q-learning. The tests show how each piece fails."""

import numpy as np


# --8<-- [start:done]
def target_stops_at_the_limit(
    reward: float, q_next: np.ndarray, gamma: float,
    terminated: bool, truncated: bool,
) -> float:
    """WRONG: a time limit is not an end of the task; the future still counts.

    >>> target_stops_at_the_limit(1.0, np.array([10.0]), 0.9, False, True)
    1.0
    """
    done = terminated or truncated
    return reward + gamma * float(q_next.max()) * (not done)
# --8<-- [end:done]


# --8<-- [start:terminal]
def target_never_stops(
    reward: float, q_next: np.ndarray, gamma: float,
    terminated: bool, truncated: bool,
) -> float:
    """WRONG where a terminal state's values are not zero, as with a network.

    >>> target_never_stops(1.0, np.array([1.0]), 0.9, True, False)
    1.9
    """
    return reward + gamma * float(q_next.max())
# --8<-- [end:terminal]
