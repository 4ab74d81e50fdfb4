"""How each mistake fails, and what the right form does."""

import numpy as np

from snippets.generative.generate_images import (
    exact_velocity,
    follow,
    sample_in_order,
    squared_distances,
)
from snippets.generative.generate_images_mistakes import (
    follow_at_wrong_times,
    most_probable_in_order,
    neighbor_accuracy,
)


def test_fakes_that_are_scattered_too_widely_average_to_a_perfect_score():
    rng = np.random.default_rng(0)
    real, fake = rng.normal(0, 1, (200, 30)), rng.normal(0, 2, (200, 30))
    both, on_real, on_fake = neighbor_accuracy(real, fake)
    assert on_real == 1.0 and on_fake < 0.15
    assert abs(both - (on_real + on_fake) / 2) < 1e-12
    assert abs(both - 0.5) < 0.08


def test_the_neighbor_is_another_image_and_its_label_decides():
    real, fake = np.array([[0.0], [1.0], [10.0]]), np.array([[1.2], [20.0], [21.0]])
    # neighbors: 0 -> 1, 1 -> 1.2, 10 -> 1.2 (8.8 away, 20 is 10 away), 1.2 -> 1, 20 and 21 each other
    np.testing.assert_allclose(neighbor_accuracy(real, fake), (0.5, 1 / 3, 2 / 3))


def test_the_most_probable_images_are_all_the_same():
    table = np.random.default_rng(1).dirichlet(np.ones(4), 6)

    def probs(x, i):
        return np.repeat(table[i : i + 1], len(x), axis=0)

    assert len(np.unique(most_probable_in_order(probs, 50, 6), axis=0)) == 1
    assert len(np.unique(sample_in_order(probs, 50, 6, np.random.default_rng(2)), axis=0)) > 20


def test_time_the_wrong_way_round_ends_away_from_the_data():
    data = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    noise = np.random.default_rng(0).standard_normal((200, 2))

    def velocity(x, t):
        return exact_velocity(x, t, data)

    right, wrong = (np.sqrt(squared_distances(walk(velocity, noise, 50), data).min(axis=1)).mean()
                    for walk in (follow, follow_at_wrong_times))
    assert right < 1e-6
    assert f"{wrong:.2f}" == "0.41"
