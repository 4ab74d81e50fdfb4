"""What gradient ascent on an input promises. NumPy and plain asserts only."""

import numpy as np

from snippets.representation.activation_maximization import (
    maximize,
    maximize_on_sphere,
    roughness,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


WEIGHT = np.random.default_rng(0).standard_normal((3, 5))


def linear(x):
    return float((WEIGHT * x).sum()), WEIGHT


def test_roughness_counts_each_pair_of_neighbors_once():
    value, _ = roughness(np.array([[1.0, 4.0], [3.0, 3.0]]))
    assert value == 0.5 * (3**2 + 0**2 + 2**2 + 1**2)
    assert roughness(np.full((3, 5), 7.0))[0] == 0.0


def test_the_gradient_of_roughness_matches_central_differences():
    image = np.random.default_rng(1).standard_normal((3, 5))
    _, grad = roughness(image)
    for index in np.ndindex(image.shape):
        values = []
        for step in (1e-5, -1e-5):
            moved = image.copy()
            moved[index] += step
            values.append(roughness(moved)[0])
        assert abs((values[0] - values[1]) / 2e-5 - grad[index]) < 1e-8


def test_one_step_by_hand():
    start = np.array([[1.0, 2.0]])
    found = maximize(lambda x: (0.0, np.array([[10.0, 20.0]])), start, 0.1, 1, decay=3.0, smoothness=2.0)
    # 1 + 0.1 * (10 - 3 * 1 - 2 * (1 - 2)), 2 + 0.1 * (20 - 3 * 2 - 2 * (2 - 1))
    np.testing.assert_allclose(found, [[1.9, 3.2]])
    assert start.tolist() == [[1.0, 2.0]]


def test_with_an_l2_penalty_a_linear_unit_shows_its_weights():
    found = maximize(linear, np.zeros((3, 5)), 0.1, 300, decay=2.0)
    np.testing.assert_allclose(found, WEIGHT / 2, atol=1e-9)


def test_in_a_box_a_linear_unit_shows_the_signs_of_its_weights():
    found = maximize(linear, np.full((3, 5), 0.5), 1.0, 500, low=0.0, high=1.0)
    np.testing.assert_array_equal(found, WEIGHT > 0)


def test_with_both_penalties_the_answer_solves_a_linear_system():
    size = WEIGHT.size
    laplacian = np.array([roughness(np.eye(size)[k].reshape(3, 5))[1].ravel() for k in range(size)])
    expected = np.linalg.solve(2.0 * np.eye(size) + 1.5 * laplacian, WEIGHT.ravel())
    found = maximize(linear, np.zeros((3, 5)), 0.1, 500, decay=2.0, smoothness=1.5)
    np.testing.assert_allclose(found.ravel(), expected, atol=1e-9)


def test_without_any_limit_the_activation_grows_with_the_number_of_steps():
    values = [linear(maximize(linear, np.zeros((3, 5)), 0.1, steps))[0] for steps in (100, 200)]
    np.testing.assert_allclose(values, [10 * (WEIGHT**2).sum(), 20 * (WEIGHT**2).sum()], rtol=1e-9)


def test_on_a_sphere_a_linear_unit_shows_its_weights_at_the_given_norm():
    found = maximize_on_sphere(linear, np.ones((3, 5)), 3.0, 1.0, 300)
    np.testing.assert_allclose(found, 3 * WEIGHT / np.linalg.norm(WEIGHT), atol=1e-9)


def test_the_start_is_scaled_to_the_sphere_before_the_first_gradient():
    seen = []

    def unit(x):
        seen.append(x.copy())
        return 0.0, np.array([[0.0, 3.0]])

    found = maximize_on_sphere(unit, np.array([[5.0, 0.0]]), 2.0, 0.5, 1)
    assert seen[0].tolist() == [[2.0, 0.0]]
    np.testing.assert_allclose(found, [[1.6, 1.2]])  # (2, 1.5) scaled to norm 2


def test_an_empty_image_cannot_be_scaled_to_the_sphere():
    assert raises(maximize_on_sphere, linear, np.zeros((3, 5)), 1.0, 0.1, 1).startswith("start")


def test_different_starts_can_end_on_different_hills():
    def two_hills(x):  # maxima at -1 and +2
        return 0.0, -(x + 1) * x * (x - 2)

    ends = [maximize(two_hills, np.array([[start]]), 0.1, 200)[0, 0] for start in (-0.5, 0.5)]
    np.testing.assert_allclose(ends, [-1.0, 2.0], atol=1e-6)


def test_jitter_shows_the_unit_a_shifted_image_and_shifts_its_gradient_back():
    base = np.arange(15.0).reshape(3, 5)
    seen = []

    def unit(x):
        seen.append(x.copy())
        return 0.0, x

    found = maximize(unit, base, 0.5, 1, jitter=1, rng=np.random.default_rng(2))
    dy, dx = np.random.default_rng(2).integers(-1, 2, size=2)
    assert dy != dx
    np.testing.assert_array_equal(seen[0], np.roll(base, (dy, dx), axis=(0, 1)))
    np.testing.assert_allclose(found, 1.5 * base)


def test_jitter_shifts_by_up_to_its_size_and_is_drawn_anew_each_step():
    shifts = set()

    def unit(x):
        shifts.add(int(x.argmax()))
        return 0.0, np.zeros_like(x)

    start = np.zeros((7, 7))
    start[3, 3] = 1.0
    maximize(unit, start, 0.1, 400, jitter=2, rng=np.random.default_rng(0))
    assert shifts == {7 * y + x for y in range(1, 6) for x in range(1, 6)}


def test_jitter_needs_a_source_of_randomness():
    assert "2" in raises(maximize, linear, np.zeros((3, 5)), 0.1, 1, jitter=2)
