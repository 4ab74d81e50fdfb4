"""The wrong code fails, and the right code beside it does not."""

import numpy as np

from snippets.reinforcement_learning.motion_planning import advance, clearance, safe_action
from snippets.reinforcement_learning.motion_planning_mistakes import (
    brake_when_the_next_step_hits,
    collides_at_the_end,
)


def test_a_check_of_the_end_steps_over_a_post():
    start, end = np.array([1.0, 1.0]), np.array([1.1, 1.0])
    center, radius = np.array([[1.05, 1.0]]), np.array([0.04])
    assert not collides_at_the_end(start, end, center, radius)
    assert abs(clearance(start, end, center, radius) + 0.04) < 1e-12


def drive(chooses) -> float:
    """Full speed toward a wall of one large circle, and the smallest clearance on the way."""
    position, velocity = np.array([0.5, 2.0]), np.zeros(2)
    center, radius, least = np.array([[3.0, 2.0]]), np.array([1.0]), np.inf
    for _ in range(40):
        action = chooses(position, velocity, np.array([1.0, 0.0]), center, radius)
        before = position
        position, velocity = advance(position, velocity, action)
        least = min(least, clearance(before, position, center, radius))
    return float(least)


def test_braking_when_the_next_step_hits_is_too_late():
    def right(position, velocity, action, centers, radii):
        whole = (part[None] for part in (position, velocity, action, centers, radii))
        return safe_action(*whole)[0]

    # From 1 m/s it takes 0.2 m in steps to stop; the wrong check sees 0.1 m ahead.
    assert drive(brake_when_the_next_step_hits) < -0.05
    assert 0 <= drive(right) < 0.2
