"""Q-learning on several maps, tested on maps that it has not seen, with three kinds of observation.

Cobbe et al., *Quantifying Generalization in Reinforcement Learning*, https://arxiv.org/abs/1812.02341.
"""

import math

import numpy as np

# Up, right, down, left as (row, column).
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))


# --8<-- [start:map]
def random_map(
    size: int, density: float, rng: np.random.Generator
) -> tuple[np.ndarray, int, int]:
    """A square map with random walls on which the goal can be reached.

    Each cell is a wall with probability ``density``. Start and goal are two
    different cells drawn from the free ones. Maps are drawn until one has two free
    cells and a way from start to goal.

    Args:
        size: Cells per side, at least 2.
        density: From 0 to less than 1.
        rng: Draws.

    Returns:
        ``free`` (size, size), booleans; start and goal as numbers of cells, row by
        row.

    Raises:
        ValueError: If no map could be found.
    """
    if size < 2 or not 0 <= density < 1:
        raise ValueError(
            f"size must be at least 2 and density in [0, 1), got {size}, {density}")
    while True:
        free = rng.random((size, size)) >= density
        cells = np.flatnonzero(free)
        if len(cells) < 2:
            continue
        start, goal = rng.choice(cells, size=2, replace=False).tolist()
        if np.isfinite(steps_to(moves(free), goal)[start]):
            return free, start, goal


def moves(free: np.ndarray) -> np.ndarray:
    """Next cell for each cell and action; walls and edges keep the agent in place.

    Args:
        free: (H, W), booleans.

    Returns:
        (H * W, 4), integers, the actions in the order of ``MOVES``.
    """
    height, width = free.shape
    row, column = np.divmod(np.arange(height * width), width)
    result = []
    for down, right in MOVES:
        to_row = np.clip(row + down, 0, height - 1)
        to_column = np.clip(column + right, 0, width - 1)
        target = to_row * width + to_column
        stay = np.arange(height * width)
        result.append(np.where(free.ravel()[target], target, stay))
    return np.stack(result, axis=1)
# --8<-- [end:map]


# --8<-- [start:truth]
def steps_to(following: np.ndarray, goal: int) -> np.ndarray:
    """Fewest steps from each cell to the goal: value iteration with cost 1 a step.

    Args:
        following: Next cell, (S, 4).
        goal: Number of a cell.

    Returns:
        (S,), ``inf`` where there is no way.
    """
    cost = np.full(len(following), np.inf)
    cost[goal] = 0.0
    while True:
        new = np.minimum(cost, 1 + cost[following].min(axis=1))
        if np.array_equal(new, cost):
            return cost
        cost = new
# --8<-- [end:truth]


# --8<-- [start:view]
def local_view(free: np.ndarray, goal: int) -> np.ndarray:
    """What a robot without a map sees in each cell: walls and the goal's direction.

    The number is ``16 * place + walls``. ``walls`` has bit a set if the move a
    would not leave the cell. ``place`` is ``3 * (sign(down) + 1)`` plus
    ``sign(right) + 1`` with the rows and columns from the cell to the goal.

    Args:
        free: (H, W), booleans.
        goal: Number of a cell.

    Returns:
        (H * W,), integers from 0 to 143.
    """
    cells = np.arange(free.size)
    row, column = np.divmod(cells, free.shape[1])
    down = np.sign(goal // free.shape[1] - row)
    right = np.sign(goal % free.shape[1] - column)
    blocked = moves(free) == cells[:, None]  # (S, 4)
    walls = (blocked * 2 ** np.arange(4)).sum(axis=1)
    return 16 * (3 * (down + 1) + right + 1) + walls
# --8<-- [end:view]


# --8<-- [start:learn]
# Moves, the observation of each cell, start, goal.
World = tuple[np.ndarray, np.ndarray, int, int]


def learn(
    worlds: list[World], num_observations: int, episodes: int,
    rng: np.random.Generator, gamma: float = 0.95, eps: float = 0.2,
    lr: float = 0.1, limit: int = 50,
) -> np.ndarray:
    """Q-learning on observations, each episode in a random one of the worlds.

    The reward is 1 for reaching the goal, which ends the episode. Ties between
    actions are broken at random. An episode is cut off after ``limit`` steps.

    Args:
        worlds: For each map the next cells (S, 4), the observation of each cell
            (S,), start and goal.
        num_observations: Observations are from 0 to ``num_observations`` - 1.
        episodes: Number of episodes.
        rng: Draws.
        gamma: Discount.
        eps: Probability of a random action.
        lr: Learning rate.
        limit: Most steps of an episode.

    Returns:
        Q, (num_observations, 4).
    """
    q = np.zeros((num_observations, 4))
    for _ in range(episodes):
        following, seen, cell, goal = worlds[int(rng.integers(len(worlds)))]
        for _ in range(limit):
            row = q[seen[cell]]
            best = np.flatnonzero(row == row.max())
            action = rng.integers(4) if rng.random() < eps else rng.choice(best)
            after = following[cell, action]
            future = 0.0 if after == goal else gamma * q[seen[after]].max()
            row[action] += lr * (float(after == goal) + future - row[action])
            cell = after
            if cell == goal:
                break
    return q
# --8<-- [end:learn]


# --8<-- [start:success]
def success(q: np.ndarray, worlds: list[World], limit: int = 50) -> float:
    """Share of the worlds in which the greedy policy reaches the goal.

    Of equal actions the first is taken; so a policy that repeats a cell is lost.

    Args:
        q: (num_observations, 4).
        worlds: As in ``learn``.
        limit: Most steps.

    Returns:
        From 0 to 1.
    """
    reached = 0
    for following, seen, cell, goal in worlds:
        greedy = np.argmax(q[seen], axis=1)  # one action for each cell
        for _ in range(limit):
            if cell == goal:
                break
            cell = following[cell, greedy[cell]]
        reached += int(cell == goal)
    return reached / len(worlds)
# --8<-- [end:success]


# --8<-- [start:bound]
def failure_bound(failures: int, trials: int, confidence: float = 0.95) -> float:
    """Largest failure rate under which so few failures are not too surprising.

    The Clopper-Pearson upper bound: the p at which ``failures`` or fewer in
    ``trials`` independent trials have the probability ``1 - confidence``; found by
    60 bisections. 1 if every trial failed.

    Args:
        failures: From 0 to ``trials``.
        trials: At least 1.
        confidence: Of the bound, one-sided.

    Returns:
        From 0 to 1.

    Raises:
        ValueError: If ``failures`` is not from 0 to ``trials``.
    """
    if not 0 <= failures <= trials or trials < 1:
        raise ValueError(f"failures must be from 0 to {trials}, got {failures}")
    if failures == trials:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        tail = 0.0
        for k in range(failures + 1):  # in logarithms: (1 - p)^trials may underflow
            ways = math.lgamma(trials + 1) - math.lgamma(k + 1)
            ways -= math.lgamma(trials - k + 1)
            tail += math.exp(ways + k * math.log(p) + (trials - k) * math.log1p(-p))
        low, high = (p, high) if tail > 1 - confidence else (low, p)
    return low
# --8<-- [end:bound]


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    maps = [random_map(6, 0.25, rng) for _ in range(120)]
    for name in ("place", "local view"):
        worlds = []
        for free, start, goal in maps:
            seen = np.arange(36) if name == "place" else local_view(free, goal)
            worlds.append((moves(free), seen, start, goal))
        q = learn(worlds[:20], 144, 400, np.random.default_rng(1))
        print(f"{name}: seen maps {success(q, worlds[:20]):.2f}, "
              f"unseen maps {success(q, worlds[20:]):.2f}")
    print("no failure in 300 trials: below", round(failure_bound(0, 300), 4))
