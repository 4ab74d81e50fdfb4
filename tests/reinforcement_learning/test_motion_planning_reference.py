"""The planner's distances from SciPy's Dijkstra, the interface from Gymnasium."""

import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env
from scipy.sparse import lil_matrix
from scipy.sparse.csgraph import dijkstra

from snippets.reinforcement_learning.motion_planning import (
    RANGE,
    RAYS,
    REACH,
    SIDE,
    PointRobot,
    distance_field,
    observe,
)


def test_value_iteration_finds_dijkstras_distances():
    cells, rng = 20, np.random.default_rng(0)
    size = SIDE / cells
    for _ in range(3):
        centers, radii = rng.uniform(0.5, 3.5, size=(6, 2)), rng.uniform(0.2, 0.6, size=6)
        goal = rng.uniform(0, SIDE, size=2)
        i, j = (goal // size).astype(int)
        graph, middle = lil_matrix((cells**2, cells**2)), (np.arange(cells) + 0.5) * size
        blocked = np.zeros((cells, cells), dtype=bool)
        for center, radius in zip(centers, radii, strict=True):
            blocked |= np.hypot(middle[:, None] - center[0], middle - center[1]) < radius
        blocked[i, j] = False
        for row, column in np.argwhere(~blocked):
            for a, b in ((0, 1), (1, 0), (1, 1), (1, -1)):
                near = row + a, column + b
                if max(near) < cells and min(near) >= 0 and not blocked[near]:
                    graph[row * cells + column, near[0] * cells + near[1]] = size * np.hypot(a, b)
        expected = dijkstra(graph.tocsr(), directed=False, indices=i * cells + j).reshape(cells, cells)
        np.testing.assert_allclose(distance_field(goal, centers, radii, cells), expected)


def test_what_only_touches_a_circle_sees_it_and_is_not_inside():
    # The first ray, along the x axis from (2, 2), touches the circle around (3, 2.5) after 1 m.
    seen = observe(np.array([[2.0, 2.0]]), np.zeros((1, 2)), np.ones((1, 2)), np.array([[[3.0, 2.5]]]),
                   np.array([[0.5]]), np.zeros(1))
    np.testing.assert_allclose(seen[0, 4], 1 / RANGE)
    # Cells of 1 m: of nine, the circle covers the middle one and touches four with its rim.
    field = distance_field(np.array([3.5, 3.5]), np.array([[1.5, 1.5]]), np.ones(1), cells=4)
    np.testing.assert_array_equal(np.argwhere(np.isinf(field)), [[1, 1]])


def test_touching_is_no_collision_and_the_reach_counts_as_arrived():
    env = PointRobot()
    env.reset(seed=0)
    # Along y = 2, past the circle around (2, 2.5), toward the goal.
    env.position = np.array([1.99, 2.0])
    env.scene = np.array([3.9, 2.0]), np.array([[2.0, 2.5]]), np.array([0.5])
    assert env.step([1.0, 0.0])[4] == {"success": False, "collision": False}
    # On the wall at x = 0, exactly REACH from the goal.
    env.position, env.velocity = np.array([0.0, 1.0]), np.zeros(2)
    env.scene = np.array([REACH, 1.0]), np.array([[3.0, 3.0]]), np.ones(1)
    assert env.step([0.0, 0.0])[4] == {"success": True, "collision": False}


def test_rooms_are_drawn_from_everywhere_up_to_their_margins():
    env, centers, ends, distances = PointRobot(), [], [], []
    for seed in range(60):
        env.reset(seed=seed)
        centers.append(env.scene[1])
        ends.append([env.position, env.scene[0]])
        distances.append(np.linalg.norm(env.position - env.scene[0]))
    # Three twentieths of the range are missed by 240 numbers with a probability of about 0.85**240 = 1e-17.
    for drawn, margin in ((centers, 0.5), (ends, 0.1)):
        width = (SIDE - 2 * margin) / 20
        assert margin <= np.min(drawn) < margin + 3 * width
        assert SIDE - margin - 3 * width < np.max(drawn) <= SIDE - margin
    assert 2 <= np.min(distances) < 2.2 < 3.5 < np.max(distances)


class Room(gymnasium.Env):
    """The room with the spaces that Gymnasium wants declared; everything else is the snippet's."""

    action_space = gymnasium.spaces.Box(-1.0, 1.0, shape=(2,), dtype=np.float64)
    # Goal over SIDE within the diagonal, speed over TOP_SPEED, range over RANGE.
    observation_space = gymnasium.spaces.Box(-np.sqrt(2), np.sqrt(2), shape=(4 + RAYS,), dtype=np.float64)

    def __init__(self):
        self.robot = PointRobot()

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.robot.reset(seed=seed, options=options)

    def step(self, action):
        return self.robot.step(action)


def test_gymnasiums_own_checker_accepts_the_room():
    check_env(Room(), skip_render_check=True)


def test_every_observation_lies_in_the_declared_space_until_the_episode_ends():
    env = Room()
    env.action_space.seed(0)
    for episode in range(20):
        observation, _ = env.reset(seed=0 if episode == 0 else None)
        over = False
        while not over:
            assert env.observation_space.contains(observation)
            observation, reward, terminated, truncated, _ = env.step(env.action_space.sample())
            assert isinstance(reward, float)
            assert not (terminated and truncated)
            over = terminated or truncated
        assert env.observation_space.contains(observation)


def test_a_goal_on_a_wall_lies_in_the_cell_beside_it():
    for goal, cell in (((SIDE, 0.0), (7, 0)), ((0.0, SIDE), (0, 7)), ((SIDE, SIDE), (7, 7))):
        field = distance_field(np.array(goal), np.zeros((0, 2)), np.zeros(0), cells=8)
        assert field[cell] == 0 and np.count_nonzero(field) == 63
