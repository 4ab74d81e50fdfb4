"""The same boxes through SciPy's rotations."""

import re

import numpy as np
import pytest
from scipy.spatial import ConvexHull, Delaunay
from scipy.spatial.transform import Rotation, Slerp

from snippets.data.annotate_3d_boxes import change_frame, interpolate, points_in_box, wrap


def corners(box: np.ndarray) -> np.ndarray:
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return Rotation.from_euler("z", box[6]).apply(signs * box[3:6] / 2) + box[:3]


def test_points_in_box_are_those_in_the_hull_of_its_corners():
    rng = np.random.default_rng(0)
    box = np.array([1.0, -2.0, 0.5, 4.0, 1.8, 1.6, 2.5])
    points = box[:3] + rng.uniform(-3, 3, size=(2000, 3))
    inside = Delaunay(corners(box)).find_simplex(points) >= 0
    assert inside.sum() > 50
    np.testing.assert_array_equal(points_in_box(points, box), inside)
    np.testing.assert_allclose(ConvexHull(corners(box)).volume, np.prod(box[3:6]))


def test_change_frame_moves_the_corners():
    rng = np.random.default_rng(1)
    for _ in range(20):
        box = np.concatenate([rng.normal(size=3), rng.uniform(1, 4, 3), rng.uniform(-3, 3, 1)])
        pose = np.eye(4)
        pose[:3, :3] = Rotation.from_euler("z", rng.uniform(-9, 9)).as_matrix()
        pose[:3, 3] = rng.normal(size=3)
        moved = corners(box) @ pose[:3, :3].T + pose[:3, 3]
        np.testing.assert_allclose(corners(change_frame(box, pose)), moved)


def test_yaw_between_keyframes_as_spherical_interpolation():
    rng = np.random.default_rng(2)
    for _ in range(20):
        first, last = (np.concatenate([rng.normal(size=3), [4, 2, 1.5], rng.uniform(-3.1, 3.1, 1)])
                       for _ in range(2))
        share = rng.random()
        turns = Rotation.from_euler("z", [[first[6]], [last[6]]])
        theirs = Slerp([0, 1], turns)(share)
        ours = Rotation.from_euler("z", interpolate(first, last, share)[6])
        assert (theirs.inv() * ours).magnitude() < 1e-7


def test_a_pose_that_scales_or_mirrors_is_refused_for_what_it_does():
    box = np.array([1.0, -2.0, 0.5, 4.0, 1.8, 1.6, 2.5])
    for diagonal, said in (([1.001, 1, 1], "pose must hold a rotation, got"),
                           ([2.0, 1, 1], "pose must hold a rotation, got"),
                           ([1.0, -1, 1], "pose mirrors: a hand-made axis swap?")):
        refused = f"{said} {np.diag(diagonal)}"
        with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
            change_frame(box, np.diag([*diagonal, 1]))


def test_a_point_barely_outside_is_outside_in_single_precision_too():
    points = np.array([[-1e-9, 0, 0], [0, 0, 0]], np.float32)  # -1e-9 - 2 is -2 in float32
    box = np.array([2.0, 0, 0, 4, 2, 1.5, 0], np.float32)
    assert points_in_box(points, box).tolist() == [False, True]


def test_an_angle_in_the_range_keeps_its_last_digit():
    assert wrap(1e-17) == 1e-17  # added to pi and taken off again, it would be 0
