"""A planar robot among round obstacles: dynamics, range finder, exact planner, safety filter.

Units are meters and seconds. The robot is a point: its own radius has been added to the obstacles'
and taken from the room (its configuration space).
Value iteration on a grid of costs: LaValle, *Planning Algorithms*, 2006, chapter 8,
https://lavalle.pl/planning/.
"""

import numpy as np

SIDE = 4.0  # of the square room
DT = 0.1  # between two decisions
TOP_SPEED, TOP_ACCELERATION = 1.0, 2.0
REACH = 0.2  # from the goal counts as arrived
GAMMA = 0.99
SHAPING = 0.3  # of the potential, per meter from the goal
RAYS, RANGE = 16, 2.0


# --8<-- [start:dynamics]
def advance(
    position: np.ndarray, velocity: np.ndarray, action: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity one time step later, for any number of robots.

    The acceleration is ``TOP_ACCELERATION * action``, after ``action`` was
    shortened to length 1 if longer. The velocity changes by ``DT`` times that, is
    shortened to ``TOP_SPEED`` if faster, and moves the position for ``DT``.

    Args:
        position: (..., 2).
        velocity: (..., 2).
        action: (..., 2).

    Returns:
        New position and velocity, (..., 2) each.
    """
    def shorten(vector, longest):
        length = np.linalg.norm(vector, axis=-1, keepdims=True)
        return vector * np.minimum(1.0, longest / np.maximum(length, 1e-12))

    velocity = velocity + DT * TOP_ACCELERATION * shorten(action, 1.0)
    velocity = shorten(velocity, TOP_SPEED)
    return position + DT * velocity, velocity
# --8<-- [end:dynamics]


# --8<-- [start:clearance]
def clearance(
    start: np.ndarray, end: np.ndarray, centers: np.ndarray, radii: np.ndarray
) -> np.ndarray:
    """Smallest distance from a straight segment to an obstacle or a wall.

    Args:
        start: (..., 2).
        end: (..., 2); may equal ``start``.
        centers: Of the obstacles, (..., M, 2).
        radii: (..., M).

    Returns:
        (...), negative inside an obstacle or outside of the room.
    """
    along = end - start
    squared = np.maximum(np.sum(along**2, axis=-1), 1e-12)[..., None]
    offset = centers - start[..., None, :]  # (..., M, 2)
    share = np.clip(np.sum(offset * along[..., None, :], axis=-1) / squared, 0, 1)
    nearest = offset - share[..., None] * along[..., None, :]
    gaps = np.linalg.norm(nearest, axis=-1) - radii  # (..., M)
    both = np.stack([start, end])
    walls = np.minimum(both, SIDE - both).min(axis=(0, -1))
    return np.minimum(gaps.min(axis=-1, initial=np.inf), walls)
# --8<-- [end:clearance]


# --8<-- [start:observe]
def turn(vector: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Vectors turned by angles in radians, from the x axis toward y.

    Args:
        vector: (..., 2).
        angle: (...).

    Returns:
        (..., 2).
    """
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = vector[..., 0], vector[..., 1]
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1)


def observe(
    position: np.ndarray, velocity: np.ndarray, goal: np.ndarray,
    centers: np.ndarray, radii: np.ndarray, heading: np.ndarray,
) -> np.ndarray:
    """What the policy sees: the goal, its own velocity and a range finder, no map.

    All of it in a frame whose x axis points along ``heading``. Ray k of ``RAYS``
    leaves at the angle ``heading + 2 pi k / RAYS`` and measures the distance to the
    first obstacle or wall, at most ``RANGE``.

    Args:
        position: (N, 2), inside the room and outside of the obstacles.
        velocity: (N, 2).
        goal: (N, 2).
        centers: (N, M, 2).
        radii: (N, M).
        heading: Angle in radians, (N,).

    Returns:
        (N, 4 + RAYS): ``goal - position`` over ``SIDE`` and ``velocity`` over
        ``TOP_SPEED``, both turned by ``-heading``; the distances over ``RANGE``.
    """
    angles = heading[:, None] + 2 * np.pi * np.arange(RAYS) / RAYS
    rays = np.stack([np.cos(angles), np.sin(angles)], axis=2)  # (N, RAYS, 2)
    offset = centers - position[:, None]  # (N, M, 2)
    ahead = np.einsum("nmd,nrd->nmr", offset, rays)
    # Squared distance of the center from the ray's line.
    miss = np.sum(offset**2, axis=2)[..., None] - ahead**2
    depth = radii[..., None] ** 2 - miss
    hit = (depth >= 0) & (ahead > 0)
    enter = ahead - np.sqrt(np.maximum(depth, 0))
    distance = np.where(hit, enter, RANGE).min(axis=1, initial=RANGE)  # (N, RAYS)
    to_wall = np.where(rays > 0, SIDE - position[:, None], -position[:, None])
    safe = np.where(np.abs(rays) > 1e-9, rays, 1e-9)  # parallel to a wall: far away
    walls = np.abs(to_wall / safe).min(axis=2)  # (N, RAYS, 2) -> (N, RAYS)
    distance = np.minimum(np.minimum(distance, walls), RANGE)
    to_goal, moving = turn(goal - position, -heading), turn(velocity, -heading)
    parts = [to_goal / SIDE, moving / TOP_SPEED, distance / RANGE]
    return np.concatenate(parts, axis=1)
# --8<-- [end:observe]


# --8<-- [start:planner]
def distance_field(
    goal: np.ndarray, centers: np.ndarray, radii: np.ndarray, cells: int = 40
) -> np.ndarray:
    """Length of the shortest way from each cell to the goal, by value iteration.

    The center of cell (i, j) is at x = (i + 0.5) h, y = (j + 0.5) h, with
    h = ``SIDE / cells``. It is blocked if it lies in an obstacle. Steps go to the
    eight neighbors and cost h, or h times the root of 2 on a diagonal; a step that
    leaves the grid or enters a blocked cell is forbidden. The goal's cell costs 0.

    Args:
        goal: (2,).
        centers: (M, 2).
        radii: (M,).
        cells: Per side.

    Returns:
        (cells, cells), ``inf`` where blocked or cut off.
    """
    size = SIDE / cells
    axis = (np.arange(cells) + 0.5) * size
    points = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
    gaps = np.linalg.norm(points[:, :, None] - centers, axis=-1) - radii
    blocked = gaps.min(axis=2, initial=np.inf) < 0  # (cells, cells)
    cost = np.full((cells, cells), np.inf)
    i, j = np.clip(goal // size, 0, cells - 1).astype(int)
    cost[i, j] = 0.0
    moves = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b]
    while True:
        around = np.pad(cost, 1, constant_values=np.inf)
        best = cost
        for a, b in moves:
            shifted = around[1 + a : cells + 1 + a, 1 + b : cells + 1 + b]
            best = np.minimum(best, shifted + size * np.hypot(a, b))
        best = np.where(blocked, np.inf, best)
        best[i, j] = 0.0
        if np.array_equal(best, cost):
            return cost
        cost = best
# --8<-- [end:planner]


# --8<-- [start:filter]
def safe_action(
    position: np.ndarray, velocity: np.ndarray, action: np.ndarray,
    centers: np.ndarray, radii: np.ndarray,
) -> np.ndarray:
    """The action if one could still brake to a stop after it, otherwise brake now.

    Braking from velocity v takes a straight way of at most
    ``|v|**2 / (2 * TOP_ACCELERATION)``. The action passes if both the coming step
    and that way from its end have a clearance of at least zero. To brake is the
    action along -v that stops the robot in this step if it can.

    Args:
        position: (N, 2).
        velocity: (N, 2).
        action: (N, 2).
        centers: (N, M, 2).
        radii: (N, M).

    Returns:
        (N, 2).
    """
    reached, speed = advance(position, velocity, action)
    size = np.linalg.norm(speed, axis=1, keepdims=True)
    stop = reached + speed * size / (2 * TOP_ACCELERATION)  # v |v| / 2a
    passes = np.minimum(clearance(position, reached, centers, radii),
                        clearance(reached, stop, centers, radii)) >= 0
    brake = -velocity / (DT * TOP_ACCELERATION)  # advance shortens it to 1
    return np.where(passes[:, None], action, brake)
# --8<-- [end:filter]


# --8<-- [start:environment]
class PointRobot:
    """One robot in a random room, with Gymnasium's reset and step.

    Observations and actions are in a frame whose x axis points from the robot to
    the goal.

    Args:
        max_steps: After so many steps the episode is truncated.
        obstacles: Number of circles, radius 0.3 to 0.6.
    """

    def __init__(self, max_steps: int = 100, obstacles: int = 5):
        self.max_steps, self.obstacles = max_steps, obstacles
        self.rng, self.scene = None, None

    def reset(
        self, seed: int | None = None, options: dict | None = None
    ) -> tuple[np.ndarray, dict]:
        """Draw a room and stand still at the start; a seed restarts the draws.

        Start and goal have a clearance of at least 0.1 and are at least 2 apart.
        ``options`` is not used.

        Returns:
            The observation, (4 + RAYS,), and a dictionary.
        """
        if seed is not None or self.rng is None:
            self.rng = np.random.default_rng(seed)
        while True:
            centers = self.rng.uniform(0.5, SIDE - 0.5, size=(self.obstacles, 2))
            radii = self.rng.uniform(0.3, 0.6, size=self.obstacles)
            start, goal = ends = self.rng.uniform(0.1, SIDE - 0.1, size=(2, 2))
            free = [clearance(end, end, centers, radii) >= 0.1 for end in ends]
            if all(free) and np.linalg.norm(goal - start) >= 2:
                break
        self.scene = goal, centers, radii
        self.position, self.velocity, self.steps = start, np.zeros(2), 0
        return self._observation(), {}

    def step(
        self, action: np.ndarray
    ) -> tuple[np.ndarray, float, bool, bool, dict]:
        """Accelerate for one time step.

        Args:
            action: (2,), in units of ``TOP_ACCELERATION``, first toward the goal.

        Returns:
            Observation; reward: 1 on arrival, -1 on collision, -0.01 for the step,
            plus ``GAMMA * after - before``, where before and after are ``-SHAPING``
            times the distance to the goal, and after is 0 if the step terminated;
            terminated by arrival or collision; truncated; a dictionary with
            ``success`` and ``collision``.

        Raises:
            ValueError: If the episode is over or has not begun.
        """
        if self.scene is None:
            raise ValueError("step was called without an episode: call reset first")
        goal, centers, radii = self.scene
        before = self.position
        action = turn(np.asarray(action), self._heading())
        self.position, self.velocity = advance(before, self.velocity, action)
        collision = bool(clearance(before, self.position, centers, radii) < 0)
        left = float(np.linalg.norm(goal - self.position))
        success = left <= REACH and not collision
        # Shaping by a potential, which must vanish at the end: see reward design.
        after = 0.0 if success or collision else -SHAPING * left
        shaping = GAMMA * after + SHAPING * float(np.linalg.norm(goal - before))
        reward = success - collision - 0.01 + shaping
        self.steps += 1
        truncated = not (success or collision) and self.steps >= self.max_steps
        info = {"success": success, "collision": collision}
        observation = self._observation()
        if success or collision or truncated:
            self.scene = None
        return observation, reward, success or collision, truncated, info

    def _heading(self) -> float:
        to_goal = self.scene[0] - self.position
        return np.arctan2(to_goal[1], to_goal[0])

    def _observation(self) -> np.ndarray:
        goal, centers, radii = self.scene
        return observe(self.position[None], self.velocity[None], goal[None],
                       centers[None], radii[None], np.array([self._heading()]))[0]
# --8<-- [end:environment]


if __name__ == "__main__":
    print("braking from 1 m/s takes at most", 1.0**2 / (2 * TOP_ACCELERATION), "m")
    env = PointRobot()
    env.reset(seed=0)
    goal, centers, radii = env.scene
    field = distance_field(goal, centers, radii)
    i, j = (env.position // (SIDE / 40)).astype(int)
    straight = np.linalg.norm(goal - env.position)
    print(f"straight {straight:.2f} m, around the obstacles {field[i, j]:.2f} m")
    done, total = False, 0.0
    while not done:
        _, reward, terminated, truncated, info = env.step(np.array([1.0, 0.0]))
        total, done = total + reward, terminated or truncated
    print("straight for the goal:", info, f"return {total:.2f}")
