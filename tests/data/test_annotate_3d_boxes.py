"""What the 3D boxes promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import math

import numpy as np

from snippets.data.annotate_3d_boxes import (
    box_errors,
    change_frame,
    interpolate,
    points_in_box,
    wrap,
)


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def box(x=0.0, y=0.0, z=0.0, length=4.0, width=2.0, height=1.5, degrees=0.0) -> np.ndarray:
    return np.array([x, y, z, length, width, height, math.radians(degrees)])


def pose(x=0.0, y=0.0, z=0.0, degrees=0.0) -> np.ndarray:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[cos, -sin, 0, x], [sin, cos, 0, y], [0, 0, 1, z], [0, 0, 0, 1.0]])


def test_length_lies_along_the_heading():
    points = np.array([[1.9, 0, 0], [0, 1.9, 0], [0, 0.9, 0], [0, 0, 0.7], [0, 0, 0.8]])
    assert points_in_box(points, box()).tolist() == [True, False, True, True, False]
    assert points_in_box(points, box(degrees=90)).tolist() == [False, True, True, True, False]


def test_a_yaw_turns_counterclockwise_seen_from_above():
    diagonal = np.array([[1.3, 1.3, 0.0], [1.3, -1.3, 0.0]])
    assert points_in_box(diagonal, box(degrees=45)).tolist() == [True, False]
    assert points_in_box(diagonal, box(degrees=-45)).tolist() == [False, True]


def test_faces_belong_to_the_box_and_its_position_counts():
    points = np.array([[12.0, 20, 30], [8, 21, 30.75], [12.001, 20, 30]])
    assert points_in_box(points, box(10, 20, 30)).tolist() == [True, True, False]
    assert points_in_box(np.zeros((0, 3)), box()).shape == (0,)


def test_wrapped_angles_by_hand():
    for degrees, expected in [(0, 0), (190, -170), (-190, 170), (540, -180), (180, -180),
                              (-180, -180), (359, -1)]:
        np.testing.assert_allclose(wrap(math.radians(degrees)), math.radians(expected), atol=1e-9)
    for end in (-math.pi, math.pi):  # the neighbors of both ends, from which rounding must not lead out
        for angle in (math.nextafter(end, -4), end, math.nextafter(end, 4)):
            assert -math.pi <= wrap(angle) < math.pi, angle


def test_from_the_sensor_to_the_robot_to_the_world_by_hand():
    cart = box(4.0, 0.0, -0.4, 1.2, 0.6, 1.0, 30)
    robot = change_frame(cart, pose(0.3, 0.0, 0.9, 90))
    np.testing.assert_allclose(robot, box(0.3, 4.0, 0.5, 1.2, 0.6, 1.0, 120), atol=1e-12)
    world = change_frame(robot, pose(10.0, 5.0, 0.0, 170))
    turn = math.radians(170)
    np.testing.assert_allclose(world[:3], [10 + 0.3 * math.cos(turn) - 4 * math.sin(turn),
                                           5 + 0.3 * math.sin(turn) + 4 * math.cos(turn), 0.5])
    np.testing.assert_allclose(world[:3].round(2), [9.01, 1.11, 0.5])
    np.testing.assert_allclose(math.degrees(world[6]), -70)


def test_two_steps_are_one_step_with_the_product():
    cart = box(4.0, 1.0, -0.4, degrees=30)
    first, second = pose(0.3, -0.2, 0.9, 75), pose(10.0, 5.0, 0.1, 170)
    np.testing.assert_allclose(change_frame(change_frame(cart, first), second),
                               change_frame(cart, second @ first))


def test_the_inverse_pose_brings_the_box_back():
    cart, there = box(4.0, 1.0, -0.4, degrees=30), pose(10.0, 5.0, 0.1, 170)
    back = change_frame(change_frame(cart, there), np.linalg.inv(there))
    np.testing.assert_allclose(back, cart, atol=1e-12)


def test_the_same_points_are_inside_in_every_frame():
    rng = np.random.default_rng(0)
    points = rng.uniform(-4, 4, size=(500, 3))
    cart, there = box(0.5, -0.3, 0.2, degrees=20), pose(10.0, 5.0, 0.1, 250)
    moved = points @ there[:3, :3].T + there[:3, 3]
    inside = points_in_box(points, cart)
    assert 5 < inside.sum() < 100
    np.testing.assert_array_equal(points_in_box(moved, change_frame(cart, there)), inside)


def test_a_pitch_lifts_the_center_and_leaves_the_box_upright():
    pitch = math.radians(-2)  # the sensor looks up by 2 degrees
    tilted = np.eye(4)
    tilted[:3, :3] = [[math.cos(pitch), 0, math.sin(pitch)], [0, 1, 0],
                      [-math.sin(pitch), 0, math.cos(pitch)]]
    moved = change_frame(box(50.0), tilted)
    np.testing.assert_allclose(moved[2], 50 * math.sin(math.radians(2)))
    assert moved[6] == 0.0 and moved.shape == (7,)


def test_the_heading_is_turned_as_a_direction_and_seen_from_above():
    steep = np.eye(4)  # a pitch of 60 degrees halves what of the front lies along x
    cos, sin = 0.5, math.sqrt(0.75)
    steep[:3, :3] = [[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]
    moved = change_frame(box(degrees=45), steep)
    np.testing.assert_allclose(moved[6], math.atan2(1.0, 0.5))


def test_a_rotation_in_single_precision_is_one_and_a_scale_of_a_thousandth_is_not():
    cos, sin, there = math.cos(0.3), math.sin(0.3), pose(degrees=40)
    there[:3, :3] = there[:3, :3] @ [[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]
    rough = there.astype(np.float32)
    np.testing.assert_allclose(change_frame(box(4.0), rough), change_frame(box(4.0), there), atol=1e-6)
    assert "pose" in raises(change_frame, box(), np.diag([1.001, 1, 1, 1]))


def test_the_center_moves_straight_and_the_yaw_takes_the_shorter_arc():
    middle = interpolate(box(degrees=170), box(2.0, 4.0, degrees=-170), 0.25)
    np.testing.assert_allclose(middle, box(0.5, 1.0, degrees=175))
    back = interpolate(box(degrees=-170), box(degrees=170), 0.75)
    np.testing.assert_allclose(back[6], math.radians(175))
    np.testing.assert_allclose(interpolate(box(degrees=10), box(degrees=50), 0.5)[6],
                               math.radians(30))


def test_keyframes_themselves_are_kept():
    first, last = box(1.0, degrees=100), box(5.0, 2.0, degrees=-120)
    np.testing.assert_allclose(interpolate(first, last, 0.0), first)
    np.testing.assert_allclose(interpolate(first, last, 1.0), last)


def test_the_error_between_keyframes_grows_with_the_square_of_their_distance():
    # x = a t² / 2 with a = 2: in the middle, the straight line is a T² / 8 too far ahead.
    for seconds, error in [(0.5, 0.0625), (1.0, 0.25), (2.0, 1.0)]:
        middle = interpolate(box(0.0), box(seconds**2), 0.5)
        np.testing.assert_allclose(middle[0] - (seconds / 2) ** 2, error)


def test_three_errors_by_hand():
    distance, size, yaw = box_errors(box(1, 2, 7), box(4, 6, 16))
    assert (distance, size, yaw) == (5.0, 0.0, 0.0)  # height differences are not counted
    _, size, _ = box_errors(box(), box(length=3.0))
    np.testing.assert_allclose(size, 1 - 3 / 4)
    _, size, _ = box_errors(box(length=2.0, width=4.0), box(length=4.0, width=2.0))
    np.testing.assert_allclose(size, 1 - 4 / 12)  # length and width swapped
    np.testing.assert_allclose(box_errors(box(degrees=179), box(degrees=-179))[2],
                               math.radians(2), atol=1e-9)
    np.testing.assert_allclose(box_errors(box(degrees=90), box(degrees=-90))[2], math.pi)


def test_ten_centimeters_too_small_cost_a_person_more_than_a_car():
    person = box(length=0.6, width=0.6, height=1.7)
    _, size, _ = box_errors(person, box(length=0.5, width=0.5, height=1.6))
    assert round(size, 2) == 0.35
    car = box(length=4.5, width=1.8, height=1.5)
    _, size, _ = box_errors(car, box(length=4.4, width=1.7, height=1.4))
    assert round(size, 2) == 0.14


def test_bad_input_is_named():
    mirrored = np.diag([1.0, -1, 1, 1])
    assert "pose" in raises(change_frame, box(), mirrored)
    assert "pose" in raises(change_frame, box(), np.diag([2.0, 1, 1, 1]))
    message = raises(interpolate, box(), box(length=5.0), 0.5)
    assert message == "after must keep the size [4.  2.  1.5]: [5.  2.  1.5]"
    assert "share" in raises(interpolate, box(), box(), 1.5)
    assert "sizes" in raises(box_errors, box(), box(length=0.0))
    assert "sizes" in raises(box_errors, box(length=0.0), box())
