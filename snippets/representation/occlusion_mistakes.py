"""Three ways to get an occlusion map that shows something else."""

import numpy as np


# --8<-- [start:in_place]
def map_in_place(score, image: np.ndarray) -> np.ndarray:
    """WRONG: covers pixel after pixel of one copy and never puts one back.

    From the second pixel on the drop belongs to everything covered so far.
    """
    covered, drops = image.copy(), np.zeros(image.shape[1:])
    for y in range(image.shape[1]):
        for x in range(image.shape[2]):
            covered[:, y, x] = 0.0  # right: covered = image.copy() first
            drops[y, x] = (score(image[None]) - score(covered[None]))[0]
    return drops
# --8<-- [end:in_place]


# --8<-- [start:probability]
def drops_of_two_classes(evidence: float) -> tuple[float, float]:
    """Drop of class 0's probability and of its logit when its evidence is halved.

    WRONG to map the first: the softmax is flat where the network is sure.
    """
    def softmax(logits):
        return np.exp(logits) / np.exp(logits).sum()

    before, after = np.array([evidence, 0.0]), np.array([evidence / 2, 0.0])
    return softmax(before)[0] - softmax(after)[0], before[0] - after[0]
# --8<-- [end:probability]


# --8<-- [start:edge]
def edge_score(images: np.ndarray) -> np.ndarray:
    """A unit that sums absolute differences between horizontal neighbors."""
    return np.abs(np.diff(images, axis=3)).sum(axis=(1, 2, 3))


def drop_on_blank_paper(fill: float) -> float:
    """Drop of ``edge_score`` when a 2 x 2 patch of an empty image is covered.

    WRONG with a gray patch (0.5): its own outline is new evidence.
    """
    blank = np.zeros((1, 1, 6, 6))
    covered = blank.copy()
    covered[:, :, 2:4, 2:4] = fill
    return (edge_score(blank) - edge_score(covered))[0]
# --8<-- [end:edge]


if __name__ == "__main__":
    print(map_in_place(lambda x: x.sum(axis=(1, 2, 3)), np.ones((1, 2, 2))).tolist())
    print("probability and logit:", drops_of_two_classes(20.0))
    print("gray patch on blank paper:", drop_on_blank_paper(0.5), "white:", drop_on_blank_paper(0.0))
