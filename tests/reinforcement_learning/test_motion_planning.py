"""What robot, planner and safety filter promise. NumPy and plain asserts only: it runs in the browser too."""

import numpy as np

from snippets.reinforcement_learning.motion_planning import (
    GAMMA,
    RANGE,
    RAYS,
    REACH,
    SHAPING,
    SIDE,
    PointRobot,
    advance,
    clearance,
    distance_field,
    observe,
    safe_action,
    turn,
)

NOTHING = np.zeros((0, 2)), np.zeros(0)


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_one_step_by_hand():
    position, velocity = advance(np.array([1.0, 2.0]), np.array([0.1, 0.0]), np.array([0.5, -0.25]))
    np.testing.assert_allclose(velocity, [0.2, -0.05])
    np.testing.assert_allclose(position, [1.02, 1.995])


def test_a_long_action_is_shortened_and_so_is_a_high_speed():
    rest = np.zeros((3, 5, 2))
    position, velocity = advance(rest, rest, np.broadcast_to([3.0, 4.0], (3, 5, 2)))
    np.testing.assert_allclose(velocity, np.broadcast_to([0.12, 0.16], (3, 5, 2)))
    np.testing.assert_allclose(position, 0.1 * velocity)
    _, fast = advance(np.zeros(2), np.array([0.6, 0.8]), np.array([0.6, 0.8]))
    np.testing.assert_allclose(fast, [0.6, 0.8])


def test_clearance_by_hand():
    center, radius = np.array([[2.0, 2.0]]), np.array([0.5])
    along, across = np.array([1.0, 1.2]), np.array([3.0, 1.2])
    assert abs(clearance(along, across, center, radius) - 0.3) < 1e-12
    assert abs(clearance(along, along, center, radius) - (np.hypot(1, 0.8) - 0.5)) < 1e-12
    assert abs(clearance(np.array([1.0, 2.0]), np.array([3.0, 2.0]), center, radius) + 0.5) < 1e-12
    # The center lies ahead of the segment, 4 times as far as it reaches, then behind it.
    short, ahead = (np.array([1.0, 1.6]), np.array([1.15, 1.8])), np.array([[1.6, 2.4]])
    assert abs(clearance(*short, ahead, radius) - 0.25) < 1e-12
    assert abs(clearance(*short[::-1], ahead, radius) - 0.25) < 1e-12
    # The wall is nearer; then beyond it.
    assert abs(clearance(np.array([0.2, 0.3]), np.array([0.1, 0.6]), center, radius) - 0.1) < 1e-12
    assert abs(clearance(np.array([3.9, 1.0]), np.array([4.1, 1.0]), center, radius) + 0.1) < 1e-12


def test_in_a_room_without_obstacles_only_the_walls_count():
    assert abs(clearance(np.array([1.0, 2.0]), np.array([2.0, 3.5]), *NOTHING) - 0.5) < 1e-12
    seen = see((3.5, 2.7), centers=np.zeros((0, 2)), radii=np.zeros(0))
    # Ahead 0.5, to the left 1.3, behind 3.5 and to the right 2.7, of which RANGE is seen.
    np.testing.assert_allclose(seen[4 + np.array([0, 4, 8, 12])], [0.25, 0.65, 1, 1])


def test_clearance_of_many_is_that_of_each():
    rng = np.random.default_rng(0)
    start, end = rng.uniform(0, SIDE, size=(2, 7, 2))
    centers, radii = rng.uniform(0, SIDE, size=(7, 3, 2)), rng.uniform(0.1, 0.5, size=(7, 3))
    single = [clearance(*parts) for parts in zip(start, end, centers, radii, strict=True)]
    np.testing.assert_allclose(clearance(start, end, centers, radii), single)
    # Against a fine sampling of the segment, which can only be larger.
    share = np.linspace(0, 1, 501)[:, None]
    for i in range(7):
        points = start[i] + share * (end[i] - start[i])
        gaps = np.linalg.norm(points[:, None] - centers[i], axis=2) - radii[i]
        sampled = min(gaps.min(), np.minimum(points, SIDE - points).min())
        assert -1e-12 <= sampled - single[i] < 0.02


def test_turning_by_a_right_angle():
    np.testing.assert_allclose(turn(np.array([[2.0, 1.0], [2.0, 1.0]]), np.array([np.pi / 2, -np.pi / 2])),
                               [[-1, 2], [1, -2]], atol=1e-12)


def see(position, heading=0.0, centers=((3.0, 2.0),), radii=(0.3,), velocity=(0.0, 0.5), goal=(2.0, 4.0)):
    rows = (np.array([part], dtype=np.float64) for part in (position, velocity, goal, centers, radii))
    return observe(*rows, np.array([heading]))[0]


def test_the_range_finder_by_hand():
    seen = see((2.0, 2.0))
    np.testing.assert_allclose(seen[:4], [0, 0.5, 0, 0.5], atol=1e-12)
    assert len(seen) == 4 + RAYS and abs(seen[4] - 0.7 / RANGE) < 1e-12
    # All walls are 2 away or farther, and the neighboring rays miss the circle.
    np.testing.assert_allclose(seen[5:], 1.0)
    seen = see((0.5, 1.5))
    np.testing.assert_allclose(seen[4 + np.array([4, 8, 12])], [1, 0.25, 0.75])
    np.testing.assert_allclose(seen[4 + 10], np.sqrt(0.5) / RANGE)


def test_a_ray_that_starts_beside_a_circle_sees_it_in_front_only():
    seen = see((2.0, 2.0), centers=((2.9, 2.0), (1.2, 2.1)), radii=(0.5, 0.3))
    assert abs(seen[4] - 0.4 / RANGE) < 1e-12
    assert abs(seen[4 + 8] - (0.8 - np.sqrt(0.09 - 0.01)) / RANGE) < 1e-12


def test_turning_the_heading_by_one_ray_shifts_the_rays():
    step = 2 * np.pi / RAYS
    plain, turned = see((1.3, 2.2)), see((1.3, 2.2), heading=3 * step)
    np.testing.assert_allclose(turned[4:], np.roll(plain[4:], -3), atol=1e-12)
    np.testing.assert_allclose(turn(turned[:2], 3 * step), plain[:2], atol=1e-12)
    np.testing.assert_allclose(turn(turned[2:4], 3 * step), plain[2:4], atol=1e-12)
    ahead = see((1.0, 2.0), heading=np.pi / 4, goal=(2.0, 3.0))
    np.testing.assert_allclose(ahead[:2], [np.sqrt(2) / SIDE, 0], atol=1e-12)


def test_the_shortest_ways_in_an_empty_room():
    field = distance_field(np.array([1.0, 3.3]), *NOTHING, cells=10)  # cell (2, 8), size 0.4
    i, j = np.abs(np.indices((10, 10)) - np.array([2, 8])[:, None, None])
    straight, diagonal = np.abs(i - j), np.minimum(i, j)
    np.testing.assert_allclose(field, 0.4 * (straight + np.sqrt(2) * diagonal))


def test_the_way_leads_around_and_a_closed_room_has_none():
    # Circles along x = 2 from the lower wall to y = 3: from (1, 1) to (3, 1) one has to go over them.
    centers, radii = np.array([[2.0, y] for y in np.linspace(0, 3, 13)]), np.full(13, 0.3)
    field = distance_field(np.array([3.0, 1.0]), centers, radii)
    assert field.shape == (40, 40) and np.isinf(field[20, 10]) and np.isfinite(field[20, 38])
    # At least straight to the gap at (2, 3.3) and back, at most the octile length of that plus two cells.
    assert 2 * np.hypot(1, 2.3) - 0.3 < field[10, 10] < 2 * (1.3 + np.sqrt(2)) + 0.4
    closed = distance_field(np.array([3.0, 1.0]), np.array([[2.0, y] for y in np.linspace(0, 4, 17)]),
                            np.full(17, 0.3))
    assert np.isinf(closed[10, 10]) and np.isfinite(closed[35, 35])


def test_filtered_robots_never_collide():
    # 200 robots that want to go at full power wherever they like, for ten seconds.
    rng = np.random.default_rng(1)
    centers, radii = rng.uniform(0.5, 3.5, size=(200, 3, 2)), rng.uniform(0.2, 0.6, size=(200, 3))
    position = rng.uniform(0.05, SIDE - 0.05, size=(200, 2))
    free = clearance(position, position, centers, radii) > 0
    position, centers, radii = position[free], centers[free], radii[free]
    velocity, wish = np.zeros_like(position), rng.normal(size=position.shape)
    changed = 0
    for step in range(100):
        if step % 10 == 0:
            wish = rng.normal(size=position.shape) * 2
        action = safe_action(position, velocity, wish, centers, radii)
        changed += np.any(action != wish, axis=1).sum()
        before = position
        position, velocity = advance(position, velocity, action)
        assert np.all(clearance(before, position, centers, radii) >= 0)
    assert len(position) > 100 and changed > 100


def test_under_a_delay_the_filter_must_predict():
    # Actions come into effect two steps late. Filtered for the state now, robots collide; for the
    # state in which the action will act, none does.
    rng = np.random.default_rng(2)
    position = rng.uniform(0.5, SIDE - 0.5, size=(100, 2))
    nothing = np.full((100, 1, 2), -9.0), np.ones((100, 1))
    for predict in (False, True):
        place, velocity, queue, least = position, np.zeros((100, 2)), [np.zeros((100, 2))] * 2, np.inf
        wish = np.random.default_rng(3).normal(size=(100, 2)) * 2
        for _ in range(60):
            later = place, velocity
            for action in queue if predict else ():
                later = advance(*later, action)
            queue = [*queue, safe_action(*later, wish, *nothing)]
            before = place
            place, velocity = advance(place, velocity, queue.pop(0))
            least = min(least, clearance(before, place, *nothing).min())
        assert (least >= 0) == predict


def test_the_filter_leaves_alone_what_is_safe_and_brakes_otherwise():
    position, velocity = np.array([[2.0, 2.0], [3.8, 2.0]]), np.array([[0.3, 0.0], [0.6, 0.0]])
    wish = np.array([[1.0, 0.5], [1.0, 0.5]])
    far = np.full((2, 1, 2), -9.0), np.ones((2, 1))
    filtered = safe_action(position, velocity, wish, *far)
    np.testing.assert_array_equal(filtered[0], wish[0])
    # 0.6 m/s is 3 time steps of full braking; the robot slows down by 0.2 m/s.
    _, slower = advance(position[1], velocity[1], filtered[1])
    np.testing.assert_allclose(slower, [0.4, 0.0], atol=1e-12)
    slow = safe_action(position[1:], np.array([[0.1, 0.0]]), np.array([[9.0, 0.0]]), far[0][1:], far[1][1:])
    _, velocity = advance(position[1], np.array([0.1, 0.0]), slow[0])
    assert velocity[0] < 0.35


def test_an_action_passes_as_long_as_braking_after_it_suffices():
    # The action leads to 1 m/s, which is 0.1 m in the step and 0.25 m of braking.
    velocity, wish = np.array([[0.8, 0.0]]), np.array([[1.0, 0.0]])
    far = np.full((1, 1, 2), -9.0), np.ones((1, 1))
    for x, passes in ((3.64, True), (3.66, False)):
        filtered = safe_action(np.array([[x, 2.0]]), velocity, wish, *far)
        assert np.array_equal(filtered, wish) == passes
    # At half of that speed it is 0.05 m in the step and a quarter of the braking, 0.0625 m.
    for x, passes in ((3.88, True), (3.89, False)):
        filtered = safe_action(np.array([[x, 2.0]]), np.array([[0.3, 0.0]]), wish, *far)
        assert np.array_equal(filtered, wish) == passes
    # Along an obstacle that the way touches, the clearance is 0.
    beside = np.array([[[2.0, 2.5]]]), np.array([[0.5]])
    np.testing.assert_array_equal(safe_action(np.array([[1.99, 2.0]]), np.zeros((1, 2)), wish, *beside), wish)


def test_braking_stops_exactly_and_does_not_turn_back():
    wall = np.full((1, 1, 2), -9.0), np.ones((1, 1))
    action = safe_action(np.array([[3.99, 2.0]]), np.array([[0.05, 0.0]]), np.array([[1.0, 0.0]]), *wall)
    _, velocity = advance(np.array([3.99, 2.0]), np.array([0.05, 0.0]), action[0])
    np.testing.assert_allclose(velocity, [0.0, 0.0], atol=1e-12)


def test_full_braking_never_moves_the_stopping_point_farther():
    wall = np.full((1, 1, 2), -9.0), np.ones((1, 1))
    for speed in (0.03, 0.2, 0.37, 0.5, 0.99):
        # The stop lies 1e-9 beyond what is left, so the filter brakes from the first step on.
        position, velocity = np.array([[SIDE - speed**2 / 4 + 1e-9, 2.0]]), np.array([[speed, 0.0]])
        stop = position[0, 0] + speed**2 / 4
        for _ in range(6):
            action = safe_action(position, velocity, np.array([[1.0, 0.0]]), *wall)
            position, velocity = advance(position, velocity, action)
            ahead = position[0, 0] + velocity[0, 0] ** 2 / 4
            if ahead > SIDE:
                assert velocity[0, 0] >= 0 and ahead <= stop + 1e-12
        assert position[0, 0] <= SIDE


def test_an_action_that_is_no_number_brakes():
    wall = np.full((1, 1, 2), -9.0), np.ones((1, 1))
    action = safe_action(np.array([[2.0, 2.0]]), np.array([[0.3, -0.2]]), np.full((1, 2), np.nan), *wall)
    np.testing.assert_allclose(action, [[-1.5, 1.0]])


def test_reset_draws_rooms_as_promised_and_repeats_them():
    env = PointRobot()
    first, info = env.reset(seed=5)
    assert first.shape == (4 + RAYS,) and info == {}
    room = [part.copy() for part in env.scene]
    for _ in range(30):
        seen, _ = env.reset()
        goal, centers, radii = env.scene
        assert centers.shape == (5, 2) and radii.min() >= 0.3 and radii.max() <= 0.6
        assert np.linalg.norm(goal - env.position) >= 2
        for point in (goal, env.position):
            assert clearance(point, point, centers, radii) >= 0.1
        np.testing.assert_allclose(seen[:4], [np.linalg.norm(goal - env.position) / SIDE, 0, 0, 0],
                                   atol=1e-12)
    np.testing.assert_array_equal(env.reset(seed=5)[0], first)
    for ours, theirs in zip(env.scene, room, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert np.any(env.reset(seed=6)[0] != first)


def place(env, position, goal, centers=((0.0, 0.0),), radii=(0.1,)):
    env.reset(seed=0)
    env.position = np.array(position)
    env.scene = np.array(goal), np.array(centers), np.array(radii)


def test_a_step_pays_and_ends_as_promised():
    env = PointRobot(max_steps=3)
    place(env, (2.0, 1.0), (2.0, 3.0))
    seen, reward, terminated, truncated, info = env.step([1.0, 0.0])  # toward the goal, which is up
    np.testing.assert_allclose(env.position, [2.0, 1.02])
    assert abs(reward - (-0.01 + SHAPING * (2.0 - GAMMA * 1.98))) < 1e-12
    np.testing.assert_allclose(seen[:4], [1.98 / SIDE, 0, 0.2, 0], atol=1e-12)
    assert (terminated, truncated, info) == (False, False, {"success": False, "collision": False})
    place(env, (2.0, 2.79), (2.0, 3.0))
    _, reward, terminated, truncated, info = env.step([1.0, 0.0])
    assert abs(reward - (1 - 0.01 + SHAPING * 0.21)) < 1e-12 and terminated and info["success"]
    assert raises(env.step, [0.0, 0.0]) == "step was called without an episode: call reset first"
    place(env, (3.99, 2.0), (1.0, 2.0))
    _, reward, terminated, _, info = env.step([-1.0, 0.0])
    assert abs(reward - (-1 - 0.01 + SHAPING * 2.99)) < 1e-12 and terminated and info["collision"]


def test_arriving_inside_an_obstacle_is_a_collision():
    env = PointRobot()
    place(env, (2.0, 2.0), (2.1, 2.0), centers=((2.5, 2.0),), radii=(0.49,))
    assert REACH > 0.1 and env.step([1.0, 0.0])[4] == {"success": False, "collision": True}


def test_the_time_limit_truncates():
    env = PointRobot(max_steps=3)
    place(env, (2.0, 1.0), (2.0, 3.0))
    flags = [env.step([0.0, 0.0])[2:4] for _ in range(3)]
    assert flags == [(False, False), (False, False), (False, True)]
    assert "reset" in raises(env.step, [0.0, 0.0])
    env = PointRobot()
    place(env, (2.0, 1.0), (2.0, 3.0))
    assert [env.step([0.0, 0.0])[3] for _ in range(100)] == [False] * 99 + [True]  # unless told otherwise
    env = PointRobot(max_steps=1)  # an end in the last step is an end, not a cut
    for position, action in (((2.0, 2.79), [1.0, 0.0]), ((3.99, 2.0), [-1.0, 0.0])):
        place(env, position, (2.0, 3.0) if position[0] == 2.0 else (1.0, 2.0))
        assert env.step(action)[2:4] == (True, False)


def test_the_shaping_adds_the_first_distance_to_every_finished_return():
    env = PointRobot()
    for position in ((2.0, 1.0), (3.5, 1.5)):
        place(env, position, (2.0, 3.0), centers=((2.0, 1.8),), radii=(0.3,))
        first, total, plain, weight, done = np.linalg.norm(env.scene[0] - env.position), 0, 0, 1, False
        while not done:
            _, reward, done, _, info = env.step([1.0, 0.1])
            total += weight * reward
            plain += weight * (info["success"] - info["collision"] - 0.01)
            weight *= GAMMA
        assert abs(total - plain - SHAPING * first) < 1e-9
