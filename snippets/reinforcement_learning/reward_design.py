"""A bonus that is exploited, and shaping by a potential, which is not.

Ng, Harada and Russell, *Policy invariance under reward transformations*, ICML 1999,
https://people.eecs.berkeley.edu/~russell/papers/icml99-shaping.pdf.
"""

import numpy as np

# Up, right, down, left as (row, column).
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))


# --8<-- [start:grid]
def grid(rows: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A map on which every move does what it says.

    A state is a cell, numbered row by row, walls included. A move into a wall or
    over the edge stays; from a terminal cell every move stays. Rewards are 1 for
    the move that enters ``G`` and -1 for the one that enters ``X``, both terminal.

    Args:
        rows: One string a row: ``G`` goal, ``X`` pit, ``#`` wall, others free.

    Returns:
        ``following`` (S, 4), the next state; ``rewards`` (S, 4); ``terminal`` (S,).
    """
    height, width = len(rows), len(rows[0])
    cells = "".join(rows)
    terminal = np.array([cell in "GX" for cell in cells])
    following = np.repeat(np.arange(len(cells))[:, None], 4, axis=1)
    rewards = np.zeros((len(cells), 4))
    for state in np.flatnonzero(~terminal):
        for action, (down, right) in enumerate(MOVES):
            row, column = state // width + down, state % width + right
            if not (0 <= row < height and 0 <= column < width):
                continue
            if rows[row][column] != "#":
                following[state, action] = row * width + column
                prize = {"G": 1.0, "X": -1.0}.get(rows[row][column], 0.0)
                rewards[state, action] = prize
    return following, rewards, terminal
# --8<-- [end:grid]


# --8<-- [start:optimum]
def action_values(
    following: np.ndarray, rewards: np.ndarray, terminal: np.ndarray, gamma: float
) -> np.ndarray:
    """Optimal action values by value iteration, to a change below 1e-12.

    Args:
        following: Next state, (S, A), integers.
        rewards: (S, A).
        terminal: (S,); nothing is earned from there on, so their row is zero.
        gamma: Discount, from 0 to less than 1.

    Returns:
        Q, (S, A).
    """
    q = np.zeros_like(rewards)
    while True:
        new = rewards + gamma * q.max(axis=1)[following]
        new[terminal] = 0.0
        if np.abs(new - q).max() < 1e-12:
            return new
        q = new


def follow(
    q: np.ndarray, following: np.ndarray, terminal: np.ndarray,
    start: int, steps: int,
) -> list[int]:
    """States visited by the greedy policy, the first of equal actions being taken.

    Args:
        q: (S, A); values closer than 1e-9 to the largest count as equal.
        following: (S, A).
        terminal: (S,).
        start: First state, which is in the list.
        steps: Stop after so many, or in a terminal state.

    Returns:
        At most ``steps`` + 1 states.
    """
    states = [start]
    while len(states) <= steps and not terminal[states[-1]]:
        row = q[states[-1]]
        action = int(np.argmax(row >= row.max() - 1e-9))
        states.append(int(following[states[-1], action]))
    return states
# --8<-- [end:optimum]


# --8<-- [start:bonus]
def progress_bonus(
    following: np.ndarray, distance: np.ndarray, amount: float
) -> np.ndarray:
    """The bonus that looks right: for each step nearer, nothing otherwise.

    Args:
        following: (S, A).
        distance: Of each state to the goal, (S,).
        amount: Paid where the next state is nearer.

    Returns:
        (S, A).
    """
    return amount * (distance[following] < distance[:, None])
# --8<-- [end:bonus]


# --8<-- [start:potential]
def potential_shaping(
    following: np.ndarray, terminal: np.ndarray, potential: np.ndarray, gamma: float
) -> np.ndarray:
    """What changes no policy's rank: gamma * potential(next) - potential.

    The potential of a terminal state counts as zero, whatever is given.

    Args:
        following: (S, A).
        terminal: (S,).
        potential: Any number for each state, (S,).
        gamma: The discount of the task, the very same.

    Returns:
        (S, A), zero in terminal states.
    """
    potential = np.where(terminal, 0.0, potential)
    return gamma * potential[following] - potential[:, None]
# --8<-- [end:potential]


# --8<-- [start:learn]
def learn(
    following: np.ndarray, rewards: np.ndarray, terminal: np.ndarray, gamma: float,
    start: int, episodes: int, rng: np.random.Generator,
    initial: np.ndarray | None = None, eps: float = 0.1, limit: int = 1000,
) -> tuple[np.ndarray, list[int]]:
    """Q-learning with rate 1, which is exact where nothing is random.

    In each step first ``rng.random()`` decides whether to explore (below ``eps``),
    then ``rng.random()`` picks among the candidates, all actions or the greedy
    ones: number ``int(draw * count)``.

    Args:
        following: (S, A).
        rewards: (S, A), with or without shaping.
        terminal: (S,).
        gamma: Discount.
        start: Where every episode begins.
        episodes: Number of episodes.
        rng: Draws.
        initial: Q to start from, (S, A), not modified; zero if None. Rows of
            terminal states do not count.
        eps: Probability of a random action.
        limit: Steps after which an episode is cut off.

    Returns:
        Q, (S, A), and the number of steps of each episode. Values closer than 1e-9
        to the largest count as equally good.
    """
    q = np.zeros(rewards.shape) if initial is None else initial.astype(np.float64)
    q[terminal] = 0.0
    lengths = []
    for _ in range(episodes):
        state, steps = start, 0
        while not terminal[state] and steps < limit:
            greedy = np.flatnonzero(q[state] >= q[state].max() - 1e-9)
            explore = rng.random() < eps
            choices = np.arange(q.shape[1]) if explore else greedy
            action = choices[int(rng.random() * len(choices))]
            after = following[state, action]
            q[state, action] = rewards[state, action] + gamma * q[after].max()
            state, steps = after, steps + 1
        lengths.append(steps)
    return q, lengths
# --8<-- [end:learn]


if __name__ == "__main__":
    following, rewards, terminal = grid(("S....G",))
    distance = np.arange(5, -1, -1)
    print("the bonus turns at", round((1 - 0.95**2) / (0.95 - 1 + 0.95**2), 4))
    for amount in (0.0, 0.11, 0.12):
        bonus = progress_bonus(following, distance, amount)
        q = action_values(following, rewards + bonus, terminal, 0.95)
        print(f"bonus {amount}:", follow(q, following, terminal, 0, 9))
    shaping = potential_shaping(following, terminal, -1.0 * distance, 0.95)
    plain = action_values(following, rewards, terminal, 0.95)
    q = action_values(following, rewards + shaping, terminal, 0.95)
    print("shaped by a potential:", follow(q, following, terminal, 0, 9))
    print("Q shaped - Q plain:", (q - plain)[:5].round(9).tolist())
