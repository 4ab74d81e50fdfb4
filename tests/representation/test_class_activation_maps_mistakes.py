"""How each mistake fails."""

import numpy as np
import torch

from snippets.representation.class_activation_maps_mistakes import (
    factor_of_probability,
    normalize_each,
    normalize_together,
)


def test_a_sure_network_s_probability_has_hardly_a_gradient():
    logits = np.array([12.0, 0.0, 0.0])
    factor = factor_of_probability(logits, 0)
    assert f"{factor:.1e}" == "1.2e-05"
    leaf = torch.tensor(logits, requires_grad=True)
    leaf.softmax(0)[0].backward()
    assert abs(leaf.grad[0].item() - factor) < 1e-15


def test_a_map_divided_by_its_own_maximum_shows_an_absent_class_as_bright():
    present, absent = np.array([[8.0, 1.0]]), np.array([[0.0, 0.004]])
    assert [values.max() for values in normalize_each([present, absent])] == [1.0, 1.0]
    assert [values.max() for values in normalize_together([present, absent])] == [1.0, 0.0005]
