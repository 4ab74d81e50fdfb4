"""How each mistake fails."""

import numpy as np

from snippets.sequences.memory_augmented_networks import address, read, write
from snippets.sequences.memory_augmented_networks_mistakes import (
    address_by_dot_product,
    blank_memory,
    write_only_adding,
)


def test_the_dot_product_prefers_a_long_row_to_the_right_one():
    memory, key = np.array([[1.0, 0.0], [3.0, 3.0]]), np.array([1.0, 0.0])
    assert address(memory, key, 5.0).argmax() == 0
    assert address_by_dot_product(memory, key, 5.0).argmax() == 1


def test_a_blank_memory_has_no_direction():
    memory, key = blank_memory(4, 3), np.ones(3)
    with np.errstate(invalid="ignore"):
        cosine = memory @ key / (np.linalg.norm(memory, axis=1) * np.linalg.norm(key))
    assert np.isnan(cosine).all()
    np.testing.assert_allclose(address(memory + 1e-6, key, 5.0), 0.25)


def test_without_erasing_the_old_value_comes_back_too():
    memory, weights = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 0.0])
    new = np.array([0.0, 2.0])
    np.testing.assert_array_equal(read(write(memory, weights, np.ones(2), new), weights), new)
    np.testing.assert_array_equal(read(write_only_adding(memory, weights, new), weights), [1.0, 2.0])
