"""Wrong code around collision checks. The tests show how each piece fails."""

import numpy as np

DT, TOP_ACCELERATION = 0.1, 2.0


# --8<-- [start:endpoints]
def collides_at_the_end(
    start: np.ndarray, end: np.ndarray, centers: np.ndarray, radii: np.ndarray
) -> bool:
    """WRONG: looks where the step ends, and steps over what is thin or grazed.

    >>> sides = np.array([0.0, 0.0]), np.array([0.1, 0.0])
    >>> collides_at_the_end(*sides, np.array([[0.05, 0.0]]), np.array([0.04]))
    False
    """
    return bool(np.any(np.linalg.norm(centers - end, axis=1) < radii))
# --8<-- [end:endpoints]


# --8<-- [start:one_step]
def brake_when_the_next_step_hits(
    position: np.ndarray, velocity: np.ndarray, action: np.ndarray,
    centers: np.ndarray, radii: np.ndarray,
) -> np.ndarray:
    """WRONG: a moving robot is lost before its next step hits anything."""
    ahead = position + DT * (velocity + DT * TOP_ACCELERATION * action)
    hits = np.any(np.linalg.norm(centers - ahead, axis=1) < radii)
    return -velocity / (DT * TOP_ACCELERATION) if hits else action
# --8<-- [end:one_step]
