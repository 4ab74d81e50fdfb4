"""A lane keeper cloned from an expert: error that compounds, noise injection and DAgger.

Ross and Bagnell, *Efficient Reductions for Imitation Learning*, AISTATS 2010,
https://proceedings.mlr.press/v9/ross10a.html.
Ross, Gordon and Bagnell, *A Reduction of Imitation Learning and Structured Prediction to No-Regret
Online Learning*, https://arxiv.org/abs/1011.0686.
"""

import numpy as np

EDGE = 5  # the farthest the car gets from the middle of its lane, a crash barrier


# --8<-- [start:road]
def random_road(
    num_bends: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Kinds of road ahead: a few are common, most are rare.

    Args:
        num_bends: Number of kinds, B.
        rng: Draws the shifts.

    Returns:
        The probability of each kind, (B,), proportional to 1, 1/2, 1/3, and so on;
        and where it moves the lane, (B,), each -1, 0 or 1 with equal chance.
    """
    probs = 1.0 / np.arange(1, num_bends + 1)
    return probs / probs.sum(), rng.integers(-1, 2, size=num_bends)


def expert_actions(shifts: np.ndarray) -> np.ndarray:
    """What the expert does: follow the lane, and go back by one if off the middle.

    Args:
        shifts: (B,).

    Returns:
        Action for each offset from -EDGE to EDGE and each kind of road, from -2 to
        2, (2 * EDGE + 1, B).
    """
    offsets = np.arange(-EDGE, EDGE + 1)
    return shifts - np.sign(offsets)[:, None]  # (B,) - (2 EDGE + 1, 1)


def drive(
    policy: np.ndarray, probs: np.ndarray, shifts: np.ndarray, steps: int,
    rng: np.random.Generator, noise: float = 0.0, episode: int = 50,
) -> tuple[np.ndarray, np.ndarray]:
    """Drive, starting in the middle of the lane, and write down what was met.

    In each step the kind of road is drawn, then the action ``policy[offset + EDGE,
    kind]`` is taken, with probability ``noise`` changed by -1 or 1; the new offset
    is offset + action - shift, kept within -EDGE and EDGE. Every ``episode`` steps
    the car is put back to the middle.

    Args:
        policy: Action for each offset and kind, (2 * EDGE + 1, B).
        probs: Of each kind, (B,).
        shifts: (B,).
        steps: Number of steps.
        rng: Draws.
        noise: Probability of a disturbed action.
        episode: Steps from one start to the next.

    Returns:
        Offset and kind before each action, (steps,) each.
    """
    kinds = rng.choice(len(probs), size=steps, p=probs)
    pushed = np.where(rng.random(steps) < noise, rng.choice([-1, 1], size=steps), 0)
    offsets, offset = np.zeros(steps, dtype=np.int64), 0
    for t in range(steps):
        if t % episode == 0:
            offset = 0
        offsets[t] = offset
        action = policy[offset + EDGE, kinds[t]] + pushed[t]
        offset = int(np.clip(offset + action - shifts[kinds[t]], -EDGE, EDGE))
    return offsets, kinds
# --8<-- [end:road]


# --8<-- [start:clone]
def clone(
    offsets: np.ndarray, kinds: np.ndarray, expert: np.ndarray
) -> np.ndarray:
    """Supervised learning with a table: the expert's action where it was shown.

    Args:
        offsets: (N,), from -EDGE to EDGE.
        kinds: (N,).
        expert: The labels, (2 * EDGE + 1, B).

    Returns:
        (2 * EDGE + 1, B): 0, straight on, where no example is.
    """
    policy = np.zeros_like(expert)
    policy[offsets + EDGE, kinds] = expert[offsets + EDGE, kinds]
    return policy


def dagger(
    probs: np.ndarray, shifts: np.ndarray, rounds: int, steps: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Let the clone drive, let the expert say what was right, add it, clone again.

    In the first round the expert drives.

    Args:
        probs: (B,).
        shifts: (B,).
        rounds: At least 1.
        steps: Labels in each round.
        rng: Draws.

    Returns:
        The policy after the last round, (2 * EDGE + 1, B).

    Raises:
        ValueError: If ``rounds`` is less than 1.
    """
    if rounds < 1:
        raise ValueError(f"rounds must be at least 1, got {rounds}")
    expert = expert_actions(shifts)
    policy, offsets, kinds = expert, [], []
    for _ in range(rounds):
        visited = drive(policy, probs, shifts, steps, rng)
        offsets.append(visited[0])
        kinds.append(visited[1])
        policy = clone(np.concatenate(offsets), np.concatenate(kinds), expert)
    return policy
# --8<-- [end:clone]


# --8<-- [start:cost]
def expected_cost(
    policy: np.ndarray, probs: np.ndarray, shifts: np.ndarray, horizon: int
) -> np.ndarray:
    """Exact expected number of steps out of the middle, for each horizon up to one.

    Args:
        policy: (2 * EDGE + 1, B).
        probs: (B,).
        shifts: (B,).
        horizon: T, at least 1.

    Returns:
        (T,): entry t - 1 is the expected number of the first t steps *after* which
        the offset is not zero, from a start in the middle.
    """
    size = 2 * EDGE + 1
    step = np.zeros((size, size))
    for row in range(size):
        after = np.clip(row + policy[row] - shifts, 0, size - 1)
        np.add.at(step[row], after, probs)
    where = np.zeros(size)
    where[EDGE] = 1.0
    out = np.zeros(horizon)
    for t in range(horizon):
        where = where @ step
        out[t] = 1.0 - where[EDGE]
    return np.cumsum(out)


def error_rate(policy: np.ndarray, probs: np.ndarray, shifts: np.ndarray) -> float:
    """How often the policy differs from the expert where the expert drives.

    This is what a test set of demonstrations measures: all of it in the middle.
    """
    wrong = policy[EDGE] != expert_actions(shifts)[EDGE]
    return float(probs[wrong].sum())
# --8<-- [end:cost]


if __name__ == "__main__":
    probs, shifts = random_road(300, np.random.default_rng(0))
    expert, rng = expert_actions(shifts), np.random.default_rng(1)
    policies = {
        "cloned": clone(*drive(expert, probs, shifts, 2000, rng), expert),
        "cloned with noise": clone(*drive(expert, probs, shifts, 2000, rng, noise=0.3), expert),
        "DAgger": dagger(probs, shifts, 10, 200, rng),
    }
    for name, policy in policies.items():
        cost = expected_cost(policy, probs, shifts, 1000)
        print(f"{name}: errors where the expert drives {error_rate(policy, probs, shifts):.4f}, "
              f"steps off in 10, 100, 1000: {cost[9]:.2f} {cost[99]:.1f} {cost[999]:.0f}")
