"""3D boxes for a labeling team: points inside, frames, keyframes, and the error of a box.

The three errors are those of nuScenes: Caesar et al., *nuScenes: A multimodal dataset for
autonomous driving*, CVPR 2020, https://arxiv.org/abs/1903.11027.

A box is ``x, y, z, length, width, height, yaw``: its center in meters, its size along its own
axes, and the angle in radians from the frame's x axis to its front, counterclockwise seen from
above. The z axis of every frame here points up.
"""

import math

import numpy as np


# --8<-- [start:points]
def points_in_box(points: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Mark the points inside a box, faces included.

    Args:
        points: Shape (N, 3), in the frame of the box, meters.
        box: Shape (7,), ``x, y, z, length, width, height, yaw``.

    Returns:
        Shape (N,), bool.
    """
    offset = np.asarray(points, dtype=np.float64) - box[:3]
    cos, sin = math.cos(box[6]), math.sin(box[6])
    along = cos * offset[:, 0] + sin * offset[:, 1]  # on the axis of the length
    across = -sin * offset[:, 0] + cos * offset[:, 1]  # on the axis of the width
    local = np.stack([along, across, offset[:, 2]], axis=1)  # (N, 3)
    return np.all(np.abs(local) <= np.asarray(box[3:6]) / 2, axis=1)
# --8<-- [end:points]


# --8<-- [start:frames]
def wrap(angle: float) -> float:
    """Bring an angle to the range from −π, included, to π, excluded.

    >>> wrap(1.5 * math.pi) == -0.5 * math.pi
    True
    """
    turned = math.remainder(angle, 2 * math.pi)  # exact, and π may come out, too
    return -math.pi if turned == math.pi else turned


def change_frame(box: np.ndarray, pose: np.ndarray) -> np.ndarray:
    """Express a box in another frame: sensor to robot, or robot to world.

    The center is transformed as a point. The front direction is turned by the
    rotation and seen from above, so the box stays upright: roll and pitch of the
    pose move the center but do not tilt the box.

    Args:
        box: Shape (7,), ``x, y, z, length, width, height, yaw``.
        pose: Shape (4, 4): the old frame's rotation and origin in the new frame,
            so that ``new = pose @ [x, y, z, 1]``.

    Returns:
        Shape (7,), yaw wrapped to −π, included, to π.

    Raises:
        ValueError: If the upper left of ``pose`` is not a rotation.
    """
    rotation, origin = pose[:3, :3], pose[:3, 3]
    if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-6):
        raise ValueError(f"pose must hold a rotation, got {rotation}")
    if np.linalg.det(rotation) < 0:
        raise ValueError(f"pose mirrors: a hand-made axis swap? {rotation}")
    center = rotation @ box[:3] + origin
    front = rotation @ np.array([math.cos(box[6]), math.sin(box[6]), 0.0])
    yaw = wrap(math.atan2(front[1], front[0]))
    return np.concatenate([center, box[3:6], [yaw]])
# --8<-- [end:frames]


# --8<-- [start:keyframes]
def interpolate(before: np.ndarray, after: np.ndarray, share: float) -> np.ndarray:
    """The box of a track between two keyframes, in the world frame.

    The center moves on a straight line, the yaw on the shorter arc.

    Args:
        before: Box at the earlier keyframe, (7,).
        after: Box at the later one, (7,), with the same size.
        share: Elapsed fraction of the time between them, 0 to 1.

    Returns:
        Shape (7,), yaw wrapped to −π, included, to π.

    Raises:
        ValueError: If the sizes differ (a rigid object keeps its size) or the
            share is outside 0 to 1.
    """
    if not np.allclose(before[3:6], after[3:6]):
        raise ValueError(f"after must keep the size {before[3:6]}: {after[3:6]}")
    if not 0 <= share <= 1:
        raise ValueError(f"share must be 0 to 1, got {share}")
    center = (1 - share) * before[:3] + share * after[:3]
    turn = wrap(after[6] - before[6])  # the shorter way, at most half a turn
    return np.concatenate([center, before[3:6], [wrap(before[6] + share * turn)]])
# --8<-- [end:keyframes]


# --8<-- [start:errors]
def box_errors(box: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """How far two annotators' boxes of one object are apart.

    Args:
        box: Shape (7,).
        other: Shape (7,), in the same frame.

    Returns:
        Distance of the centers seen from above, in meters; 1 − IoU of the two
        sizes with centers and axes aligned; difference of the yaws in radians,
        0 to π (a box that points backward has π).

    Raises:
        ValueError: If a size is not positive.
    """
    if not (np.all(box[3:6] > 0) and np.all(other[3:6] > 0)):
        raise ValueError(f"box and other need positive sizes: {box}, {other}")
    distance = math.hypot(box[0] - other[0], box[1] - other[1])
    overlap = np.prod(np.minimum(box[3:6], other[3:6]))
    union = np.prod(box[3:6]) + np.prod(other[3:6]) - overlap
    return distance, float(1 - overlap / union), abs(wrap(box[6] - other[6]))
# --8<-- [end:errors]


if __name__ == "__main__":
    # The sensor looks to the robot's left, 0.3 m ahead of its center and 0.9 m up; the robot
    # stands at (10, 5) in the world, facing 170 degrees. A cart is 4 m in front of the sensor.
    def pose(x: float, y: float, z: float, degrees: float) -> np.ndarray:
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        return np.array([[cos, -sin, 0, x], [sin, cos, 0, y], [0, 0, 1, z], [0, 0, 0, 1.0]])

    cart = np.array([4.0, 0.0, -0.4, 1.2, 0.6, 1.0, math.radians(30)])
    robot = change_frame(cart, pose(0.3, 0.0, 0.9, 90))
    world = change_frame(robot, pose(10.0, 5.0, 0.0, 170))
    for name, box in [("sensor", cart), ("robot", robot), ("world", world)]:
        print(f"{name}: center {box[:3].round(2)}, yaw {math.degrees(box[6]):.0f} degrees")

    first = np.array([0, 0, 0.5, 1.2, 0.6, 1.0, math.radians(170)])
    last = np.array([2, 0, 0.5, 1.2, 0.6, 1.0, math.radians(-170)])
    middle = interpolate(first, last, 0.25)
    print(f"a quarter between 170 and -170 degrees: {math.degrees(middle[6]):.0f} degrees, "
          f"x = {middle[0]:.1f}")

    flipped = first.copy()
    flipped[[0, 3, 6]] += [0.1, 0.2, math.pi]
    distance, size, yaw = box_errors(first, flipped)
    print(f"errors: {distance:.2f} m, size {size:.3f}, yaw {math.degrees(yaw):.0f} degrees")
