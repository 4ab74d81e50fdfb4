"""Two ways to be let down by momentum, shown to fail.

The cycle: Lessard, Recht and Packard, section 4.6, https://arxiv.org/abs/1408.3595.
"""

import numpy as np


# --8<-- [start:folded]
def drop_rate(folded: bool, steps: int = 60) -> float:
    """Distance traveled after the rate falls from 1 to 0.1; slope 1, momentum 0.9.

    WRONG if folded: a velocity that contains the old rate keeps coasting at the old
    speed. The other form stores bare gradients, and the new rate holds at once.
    """
    velocity, x = 10.0, 0.0  # settled: 1 / (1 - 0.9), times the rate 1
    for _ in range(steps):
        if folded:
            velocity = 0.9 * velocity + 0.1 * 1.0
            x += velocity
        else:
            velocity = 0.9 * velocity + 1.0
            x += 0.1 * velocity
    return x
# --8<-- [end:folded]


# --8<-- [start:cycle]
def cycle(lr: float = 1 / 9, momentum: float = 4 / 9,
          steps: int = 600) -> np.ndarray:
    """WRONG: the best coefficients of a *quadratic* (curvatures 1 to 25) elsewhere.

    The loss is convex with slope 25x below 1, x + 24 up to 2, and 25x - 24 above:
    curvature 1 or 25 everywhere, minimum at 0.
    """
    path = [3.3, 3.3]
    for _ in range(steps):
        x, last = path[-1], path[-2]
        slope = 25 * x if x < 1 else x + 24 if x < 2 else 25 * x - 24
        path.append(x - lr * slope + momentum * (x - last))
    return np.array(path[1:])
# --8<-- [end:cycle]


if __name__ == "__main__":
    print("distance after the drop:", round(drop_rate(False), 1), round(drop_rate(True), 1))
    print("heavy ball ends in", cycle()[-6:].round(3), "plain", cycle(2 / 26, 0.0)[-1])
