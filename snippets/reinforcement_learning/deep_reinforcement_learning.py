"""A grid world with Gymnasium's interface, solved three ways: exactly, by Q-learning, by policy gradient.

Sutton and Barto, *Reinforcement Learning: An Introduction*, second edition, 2018,
https://incompleteideas.net/book/the-book-2nd.html.
Interface: https://gymnasium.farama.org/api/env.
"""

import numpy as np

# Up, right, down, left as (row, column); slipping turns by one place in this list.
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))

# The 4 x 3 world of Russell and Norvig: start S, goal G, pit X, wall #.
SMALL = ("...G",
         ".#.X",
         "S...")


# --8<-- [start:model]
def grid_model(
    rows: tuple[str, ...], slip: float = 0.2, step_reward: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The Markov decision process of a map.

    A state is a cell, numbered row by row, walls included. A move goes where it
    should with probability ``1 - slip``, and to each side of that with
    ``slip / 2``; a wall or the edge leaves the agent where it is. Goal and pit end
    the episode.

    Args:
        rows: The map, one string a row: ``S`` start, ``G`` goal, ``X`` pit,
            ``#`` wall, ``.`` free.
        slip: Probability of going astray, from 0 to 1.
        step_reward: Added at every step.

    Returns:
        ``probs`` (S, 4, S), the distribution of the next state; ``rewards`` (S, 4),
        the expected reward: the step's, plus 1 for entering the goal, minus 1 for
        entering the pit; ``terminal`` (S,), True at goal and pit. Rows of
        ``probs`` and ``rewards`` that belong to walls and terminal cells are zero.

    Raises:
        ValueError: If ``slip`` is not from 0 to 1, or rows differ in length.
    """
    if len({len(row) for row in rows}) != 1:
        raise ValueError(f"rows must be strings of one length, got {rows}")
    if not 0 <= slip <= 1:
        raise ValueError(f"slip must be from 0 to 1, got {slip}")
    height, width = len(rows), len(rows[0])
    cells = "".join(rows)
    terminal = np.array([cell in "GX" for cell in cells])
    enter = np.array([{"G": 1.0, "X": -1.0}.get(cell, 0.0) for cell in cells])
    probs = np.zeros((len(cells), 4, len(cells)))
    for state in range(len(cells)):
        if cells[state] in "#GX":
            continue
        for action in range(4):
            for turn, chance in ((0, 1 - slip), (1, slip / 2), (-1, slip / 2)):
                down, right = MOVES[(action + turn) % 4]
                row, column = state // width + down, state % width + right
                inside = 0 <= row < height and 0 <= column < width
                free = inside and rows[row][column] != "#"
                target = row * width + column if free else state
                probs[state, action, target] += chance
    rewards = probs @ enter + step_reward * probs.sum(axis=2)
    return probs, rewards, terminal
# --8<-- [end:model]


# --8<-- [start:environment]
class GridWorld:
    """A map as an environment that is only sampled, with Gymnasium's two methods.

    Args:
        rows: The map, as in ``grid_model``.
        slip: As in ``grid_model``.
        step_reward: As in ``grid_model``.
        max_steps: The episode is cut off (truncated) after so many steps.
    """

    def __init__(self, rows: tuple[str, ...], slip: float = 0.2,
                 step_reward: float = 0.0, max_steps: int = 100):
        probs, _, self.terminal = grid_model(rows, slip, step_reward)
        self.cumulative = np.cumsum(probs, axis=2)  # (S, 4, S)
        cells = "".join(rows)
        self.enter = np.array([{"G": 1.0, "X": -1.0}.get(c, 0.0) for c in cells])
        self.start = cells.index("S")
        self.step_reward, self.max_steps = step_reward, max_steps
        self.rng, self.state, self.steps = None, None, 0

    def reset(
        self, seed: int | None = None, options: dict | None = None
    ) -> tuple[int, dict]:
        """Start an episode; a seed starts the random numbers anew, None goes on.

        ``options`` may name the first cell under ``state``.

        Returns:
            The observation, which is the number of the cell, and a dictionary.
        """
        if seed is not None or self.rng is None:
            self.rng = np.random.default_rng(seed)
        self.state, self.steps = (options or {}).get("state", self.start), 0
        return self.state, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict]:
        """Make one move.

        Returns:
            Observation, reward, terminated (goal or pit entered: no future),
            truncated (``max_steps`` reached without an end: there is a future that
            nobody looks at), dictionary.

        Raises:
            ValueError: If the episode is over or has not begun.
        """
        if self.state is None:
            raise ValueError("step was called without an episode: call reset first")
        chances = self.cumulative[self.state, action]
        # Rounding may leave the last sum below 1; argmax finds the first above.
        draw = self.rng.random() * chances[-1]
        self.state = observation = int(np.argmax(chances > draw))
        self.steps += 1
        terminated = bool(self.terminal[observation])
        truncated = not terminated and self.steps >= self.max_steps
        if terminated or truncated:
            self.state = None
        reward = float(self.enter[observation]) + self.step_reward
        return observation, reward, terminated, truncated, {}
# --8<-- [end:environment]


# --8<-- [start:value_iteration]
def value_iteration(
    probs: np.ndarray, rewards: np.ndarray, gamma: float, tolerance: float = 1e-10
) -> np.ndarray:
    """Optimal action values, when the model is known.

    Repeats Q(s, a) = r(s, a) + gamma * sum over s' of P(s' | s, a) max Q(s', .)
    from zero until no entry changes by more than ``tolerance``.

    Args:
        probs: (S, A, S), rows of terminal states zero.
        rewards: Expected reward, (S, A).
        gamma: Discount, from 0 to 1.
        tolerance: Largest change at which to stop.

    Returns:
        Q, (S, A).
    """
    q = np.zeros_like(rewards)
    while True:
        new = rewards + gamma * probs @ q.max(axis=1)  # (S, A, S) @ (S,) -> (S, A)
        if np.abs(new - q).max() <= tolerance:
            return new
        q = new


def policy_value(
    probs: np.ndarray, rewards: np.ndarray, policy: np.ndarray, gamma: float
) -> np.ndarray:
    """Value of every state under a policy: the solution of (I - gamma P) V = r.

    Args:
        probs: (S, A, S), rows of terminal states zero.
        rewards: Expected reward, (S, A).
        policy: Probability of each action, (S, A).
        gamma: Discount, from 0 to less than 1.

    Returns:
        V, (S,).
    """
    step = np.einsum("sa,sat->st", policy, probs)  # (S, A), (S, A, S) -> (S, S)
    reward = np.sum(policy * rewards, axis=1)
    return np.linalg.solve(np.eye(len(step)) - gamma * step, reward)
# --8<-- [end:value_iteration]


# --8<-- [start:q_learning]
def q_learning(
    env: GridWorld, num_states: int, episodes: int, gamma: float, eps: float,
    rng: np.random.Generator, power: float = 0.7,
) -> np.ndarray:
    """Action values from experience alone.

    Acts at random with probability ``eps``, otherwise by the largest value, ties
    broken at random. After each step the entry moves toward
    ``reward + gamma * max Q(next)`` by ``n ** -power``, where n counts the visits
    of the entry with this one; the future counts zero only if the step terminated.

    Args:
        env: reset() and step(action), observations from 0 to ``num_states`` - 1.
        num_states: S.
        episodes: Number of episodes; the first is reset with a seed from ``rng``.
        gamma: Discount.
        eps: Probability of a random action.
        rng: Explores, and seeds the environment.
        power: Of the falling learning rate; 0 gives the constant rate 1.

    Returns:
        Q, (S, 4).
    """
    q, visits = np.zeros((num_states, 4)), np.zeros((num_states, 4))
    seed = int(rng.integers(2**31 - 1))
    for _ in range(episodes):
        state, _ = env.reset(seed=seed)
        seed, done = None, False
        while not done:
            greedy = np.flatnonzero(q[state] == q[state].max())
            explore = rng.random() < eps
            action = int(rng.integers(4)) if explore else int(rng.choice(greedy))
            following, reward, terminated, truncated, _ = env.step(action)
            # A truncated episode still has a future, so only an end stops the sum.
            target = reward + (0.0 if terminated else gamma * q[following].max())
            visits[state, action] += 1
            rate = visits[state, action] ** -power
            q[state, action] += rate * (target - q[state, action])
            state, done = following, terminated or truncated
    return q
# --8<-- [end:q_learning]


# --8<-- [start:policy_gradient]
def policy_gradient(
    logits: np.ndarray, states: np.ndarray, actions: np.ndarray,
    rewards: np.ndarray, gamma: float, baseline: np.ndarray,
) -> np.ndarray:
    """Gradient of the expected discounted return, estimated from one episode.

    The sum over steps t of gamma^t (G_t - baseline[s_t]) times the gradient of
    log pi(a_t | s_t), with G_t the discounted rewards from t on and pi the softmax
    of a row of ``logits``.

    Args:
        logits: (S, A).
        states: State before each step, (T,), integers.
        actions: (T,), integers.
        rewards: (T,).
        gamma: Discount.
        baseline: Subtracted from the return, (S,).

    Returns:
        Gradient with respect to ``logits``, (S, A): to be added, not subtracted.
    """
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    grad, future = np.zeros_like(probs), 0.0
    for t in reversed(range(len(states))):
        future = rewards[t] + gamma * future  # G_t
        score = -probs[states[t]]  # the gradient of log softmax: one-hot - probs
        score[actions[t]] += 1.0
        grad[states[t]] += gamma**t * (future - baseline[states[t]]) * score
    return grad
# --8<-- [end:policy_gradient]


if __name__ == "__main__":
    probs, rewards, terminal = grid_model(SMALL, slip=0.2, step_reward=-0.04)
    print("optimal values, gamma 1, living costs 0.04")
    print(value_iteration(probs, rewards, 1.0).max(axis=1).reshape(3, 4).round(3))
    corridor = ("S..G",)
    probs, rewards, _ = grid_model(corridor, slip=0.0)
    print("corridor", value_iteration(probs, rewards, 0.9).round(4).tolist())
    env = GridWorld(SMALL, slip=0.2, step_reward=-0.04)
    learned = q_learning(env, 12, 2000, 0.95, 0.2, np.random.default_rng(0))
    probs, rewards, _ = grid_model(SMALL, slip=0.2, step_reward=-0.04)
    best = value_iteration(probs, rewards, 0.95)
    print("Q-learning, start:", learned[8].round(3), "truth:", best[8].round(3))
