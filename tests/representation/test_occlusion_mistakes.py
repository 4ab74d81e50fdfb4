"""How each mistake fails."""

import numpy as np

from snippets.representation.occlusion import occlusion_map
from snippets.representation.occlusion_mistakes import (
    drop_on_blank_paper,
    drops_of_two_classes,
    map_in_place,
)


def test_pixels_that_are_not_put_back_blame_the_last_for_all():
    def score(x):
        return x.sum(axis=(1, 2, 3))

    image = np.ones((1, 2, 2))
    assert map_in_place(score, image).tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert occlusion_map(score, image, 1).tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_a_sure_network_s_probability_hides_half_its_evidence():
    probability, logit = drops_of_two_classes(20.0)
    assert logit == 10.0 and abs(probability - 4.5e-5) < 1e-6


def test_a_gray_patch_on_blank_paper_is_an_edge():
    assert drop_on_blank_paper(0.5) == -2.0
    assert drop_on_blank_paper(0.0) == 0.0
