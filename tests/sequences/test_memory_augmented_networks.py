"""What the memory's addressing, reading and writing promise. NumPy and plain asserts only."""

import numpy as np

from snippets.sequences.memory_augmented_networks import (
    address,
    needed_strength,
    read,
    read_backward,
    write,
)

R, W = 5, 3
THREE = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def problem():
    rng = np.random.default_rng(0)
    return rng.standard_normal((R, W)), rng.standard_normal(W), 2.5, rng.standard_normal(W)


def test_three_rows_by_hand():
    # Cosines 1, 0, 0.6: e**1, e**0, e**0.6 over their sum 5.5404.
    weights = address(THREE, np.array([2.0, 0.0]), 1.0)
    np.testing.assert_allclose(weights.round(4), [0.4906, 0.1805, 0.3289])
    np.testing.assert_allclose(read(THREE, weights).round(4), [0.688, 0.4436])
    sharp = address(THREE, np.array([2.0, 0.0]), 10.0)
    np.testing.assert_allclose(sharp.round(3), [0.982, 0.0, 0.018])
    np.testing.assert_allclose(read(THREE, sharp).round(4), [0.9928, 0.0144])


def test_strength_zero_looks_at_all_rows_alike_and_a_large_one_at_the_nearest():
    memory, key, _, _ = problem()
    np.testing.assert_allclose(address(memory, key, 0.0), 1 / R)
    cosine = memory @ key / (np.linalg.norm(memory, axis=1) * np.linalg.norm(key))
    np.testing.assert_allclose(address(memory, key, 1e4), np.arange(R) == cosine.argmax(), atol=1e-12)


def test_only_directions_count():
    memory, key, strength, _ = problem()
    scale = np.array([0.01, 1.0, 3.0, 100.0, 7.0])[:, None]
    np.testing.assert_allclose(address(memory * scale, 5 * key, strength), address(memory, key, strength))


def test_tiny_and_large_rows_and_float32_are_no_trouble():
    memory, key, strength, _ = problem()
    expected = address(memory, key, strength)
    for scale in (1e-150, 1e150):  # the product of both lengths is out of range
        np.testing.assert_allclose(address(scale * memory, scale * key, strength), expected)
    weights = address(memory.astype(np.float32), key.astype(np.float32), strength)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights, expected, rtol=1e-5)
    assert address(memory, key, 5000.0).max() == 1  # exp(5000) overflows


def test_weights_are_positive_and_sum_to_one():
    memory, key, strength, _ = problem()
    weights = address(memory, key, strength)
    assert weights.shape == (R,) and np.all(weights > 0) and abs(weights.sum() - 1) < 1e-12


def test_the_weights_follow_the_rows_when_these_change_places():
    memory, key, strength, _ = problem()
    order = np.array([3, 0, 4, 1, 2])
    np.testing.assert_allclose(address(memory[order], key, strength), address(memory, key, strength)[order])


def test_what_was_written_in_full_is_read_back_in_full():
    memory, _, _, add = problem()
    one = (np.arange(R) == 2).astype(np.float64)
    new = write(memory, one, np.ones(W), add)
    np.testing.assert_allclose(read(new, one), add)
    np.testing.assert_array_equal(new[[0, 1, 3, 4]], memory[[0, 1, 3, 4]])


def test_a_write_by_hand():
    new = write(THREE, np.array([0.5, 0.0, 1.0]), np.array([1.0, 0.5]), np.array([0.0, 2.0]))
    np.testing.assert_allclose(new, [[0.5, 1.0], [0.0, 1.0], [0.0, 2.4]])


def test_weight_zero_or_nothing_to_say_leaves_the_memory_as_it_is():
    memory, _, _, add = problem()
    np.testing.assert_array_equal(write(memory, np.zeros(R), np.ones(W), add), memory)
    np.testing.assert_array_equal(write(memory, np.ones(R), np.zeros(W), np.zeros(W)), memory)


def test_neither_reading_nor_writing_changes_the_old_memory():
    memory, key, strength, add = problem()
    before = memory.copy()
    write(memory, address(memory, key, strength), np.ones(W), add)
    read_backward(memory, key, strength, add)
    np.testing.assert_array_equal(memory, before)


def test_every_gradient_of_a_read_equals_a_central_difference():
    memory, key, strength, grad = problem()

    def loss(memory, key, strength):
        return read(memory, address(memory, key, strength)) @ grad

    by_memory, by_key, by_strength = read_backward(memory, key, strength, grad)
    assert by_memory.shape == (R, W) and by_key.shape == (W,)
    for array, ours, call in ((memory, by_memory, lambda a: loss(a, key, strength)),
                              (key, by_key, lambda a: loss(memory, a, strength))):
        for index in np.ndindex(array.shape):
            step = np.zeros_like(array)
            step[index] = 1e-6
            numeric = (call(array + step) - call(array - step)) / 2e-6
            assert abs(ours[index] - numeric) < 1e-8, index
    numeric = (loss(memory, key, strength + 1e-6) - loss(memory, key, strength - 1e-6)) / 2e-6
    assert abs(by_strength - numeric) < 1e-8


def test_the_key_s_gradient_is_at_right_angles_to_the_key():
    memory, key, strength, grad = problem()
    assert abs(read_backward(memory, key, strength, grad)[1] @ key) < 1e-12


def test_the_needed_strength_gives_just_the_share():
    for rows, share, gap in ((2, 0.9, 1.0), (16, 0.99, 0.5), (1000, 0.5, 0.2)):
        memory = np.zeros((rows, rows))  # row 0 has cosine 1 with the key, the others 1 - gap
        memory[0, 0] = 1.0
        memory[1:, 0] = 1 - gap
        memory[np.arange(1, rows), np.arange(1, rows)] = np.sqrt(1 - (1 - gap) ** 2)
        key = (np.arange(rows) == 0).astype(np.float64)
        weights = address(memory, key, needed_strength(rows, share, gap))
        assert abs(weights[0] - share) < 1e-9


def test_the_page_s_strengths_grow_with_the_logarithm_of_the_rows():
    found = [round(needed_strength(rows, 0.99, 0.5), 1) for rows in (16, 1024, 10**6)]
    assert found == [14.6, 23.1, 36.8], found


def test_bad_input_is_named():
    memory, key, strength, _ = problem()
    assert "key" in raises(address, memory, 0 * key, strength)
    memory[3] = 0.0
    assert "memory" in raises(address, memory, key, strength)
    assert "gap" in raises(needed_strength, 16, 0.99, 0.0)
    for share in (0.06, 1.0, 1.5):  # softer than strength 0, and sharper than any
        assert "share" in raises(needed_strength, 16, share, 0.5)
    assert needed_strength(16, 1 / 16, 0.5) == 0
