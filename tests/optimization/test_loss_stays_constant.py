"""What the checks promise. NumPy and plain asserts only."""

import numpy as np

from snippets.optimization.loss_stays_constant import (
    classes_per_batch,
    kind_of_flat,
    neighbor_agreement,
    stuck_share,
    telling_values,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_ten_equal_classes_have_the_values_worth_knowing_by_heart():
    values = telling_values(np.full(10, 7))
    assert abs(values["uniform"] - 2.302585) < 1e-6
    assert abs(values["base rate"] - values["uniform"]) < 1e-12
    assert abs(values["softmax twice"] - 1.461150) < 1e-6


def test_unequal_classes_lower_the_base_rate_and_not_the_uniform_value():
    values = telling_values(np.array([97, 3]))
    assert abs(values["uniform"] - np.log(2)) < 1e-12
    assert abs(values["base rate"] - (-0.97 * np.log(0.97) - 0.03 * np.log(0.03))) < 1e-12


def test_a_class_without_examples_counts_for_uniform_and_not_for_the_base_rate():
    values = telling_values(np.array([4, 0, 4]))
    assert abs(values["uniform"] - np.log(3)) < 1e-12
    assert abs(values["base rate"] - np.log(2)) < 1e-12


def test_a_class_with_one_example_counts():
    base_rate = telling_values(np.array([1, 3]))["base rate"]
    assert abs(base_rate - (np.log(4) / 4 + 3 / 4 * np.log(4 / 3))) < 1e-12


def test_softmax_twice_is_the_loss_of_a_certain_and_right_first_softmax():
    for classes in (2, 3, 7):
        logits = np.eye(classes)[0]  # the first softmax, at its best
        loss = -np.log(np.exp(logits)[0] / np.exp(logits).sum())
        assert abs(telling_values(np.ones(classes))["softmax twice"] - loss) < 1e-12


def test_counts_that_make_no_sense_are_named():
    for counts in ([5], [0, 0], [-1, 4]):
        assert "counts" in raises(telling_values, np.array(counts))


def test_equal_values_are_exactly_constant_and_a_last_bit_is_not():
    losses = np.full(8, 2.3026)
    assert kind_of_flat(losses) == "exactly constant"
    losses[5] = np.nextafter(losses[5], 3)
    assert kind_of_flat(losses) == "plateau"


def test_noise_around_a_level_is_a_plateau_and_a_drift_moves():
    wiggle = np.array([1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1]) * 0.004
    assert kind_of_flat(2.3 + wiggle) == "plateau"
    assert kind_of_flat(2.3 + wiggle - 0.01 * np.arange(12)) == "moves"
    assert kind_of_flat(2.3 + wiggle + 0.01 * np.arange(12)) == "moves"


def test_a_drop_in_the_first_quarter_does_not_hide_the_plateau_behind_it():
    assert kind_of_flat(np.array([9.0, 5.0, 2.3, 2.3, 2.301, 2.3, 2.299, 2.3])) == "plateau"


def test_the_tolerance_is_a_share_of_the_level():
    losses = np.array([2.0, 2.0, 2.0, 2.0, 1.9, 1.9, 1.9, 1.9])
    assert kind_of_flat(losses, 0.06) == "plateau" and kind_of_flat(losses, 0.04) == "moves"


def test_a_drift_of_exactly_the_tolerance_is_a_plateau():
    assert kind_of_flat(np.array([2.0, 2, 2, 2, 1, 1, 1, 1]), 0.5) == "plateau"


def test_nan_or_infinity_anywhere_is_not_finite():
    assert kind_of_flat(np.array([2.3, 2.3, np.nan, 2.3])) == "not finite"
    assert kind_of_flat(np.array([2.3, np.inf, 2.3, 2.3])) == "not finite"
    assert "losses" in raises(kind_of_flat, np.array([1.0, 2.0, 3.0]))


def test_neighbors_agree_until_the_labels_are_shuffled():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 5, size=300)
    x = np.eye(5)[labels] * 10 + rng.normal(size=(300, 5))
    assert neighbor_agreement(x, labels) > 0.99
    # 5 classes: 0.2 on average, standard error 0.023; neighbors are pairs, hence 6 of them
    assert abs(neighbor_agreement(x, rng.permutation(labels)) - 0.2) < 0.14


def test_an_example_is_not_its_own_neighbor():
    assert neighbor_agreement(np.array([[0.0], [1.0], [1.1]]), np.array([0, 1, 1])) == 2 / 3
    assert "labels" in raises(neighbor_agreement, np.ones((3, 2)), np.ones(2))


def test_the_nearest_neighbor_is_the_one_at_the_smallest_distance():
    # 9 and 10 are each other's; 13 and -32, alone in their classes, are nearest to them
    x = np.array([[9.0], [10.0], [13.0], [-32.0]])
    assert neighbor_agreement(x, np.array([0, 0, 1, 2])) == 0.5
    assert neighbor_agreement(x[:2], np.array([4, 4])) == 1.0  # two examples are enough


def test_a_large_common_offset_does_not_hide_the_neighbors():
    x = np.array([[0.0], [0.1], [5.0], [5.1]]) + 1e9
    assert neighbor_agreement(x, np.array([0, 0, 1, 1])) == 1.0
    assert neighbor_agreement(x, np.array([0, 1, 0, 1])) == 0.0
    both = np.hstack([x, x - 2e9])  # each feature has an offset of its own
    assert neighbor_agreement(both, np.array([0, 0, 1, 1])) == 1.0


def test_inputs_that_are_not_finite_are_named():
    assert "x" in raises(neighbor_agreement, np.array([[0.0], [np.nan], [1.0]]), np.ones(3))
    assert "x" in raises(neighbor_agreement, np.ones((3, 2, 2)), np.ones(3))


def test_sorted_labels_have_few_classes_in_a_batch():
    labels = np.repeat(np.arange(7), 12)
    in_order, expected = classes_per_batch(labels, 6)
    assert in_order == 1.0 and abs(expected - 7 * (1 - (6 / 7) ** 6)) < 1e-12
    shuffled, _ = classes_per_batch(np.random.default_rng(1).permutation(labels), 6)
    assert abs(shuffled - expected) < 0.8


def test_the_incomplete_batch_is_left_out():
    assert classes_per_batch(np.array([0, 0, 1, 1, 2]), 2)[0] == 1.0
    assert "batch" in raises(classes_per_batch, np.array([0, 1]), 3)


def test_a_batch_may_hold_one_example_or_all():
    assert classes_per_batch(np.array([0, 1]), 1) == (1.0, 1.0)
    found, expected = classes_per_batch(np.array([0, 1, 1]), 3)
    assert found == 2.0 and abs(expected - (1 - 8 / 27 + 1 - 1 / 27)) < 1e-12


def test_a_unit_is_stuck_only_if_no_example_moves_it():
    slopes = np.array([[0.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    assert stuck_share(slopes) == 0.5
    assert stuck_share(np.full((3, 2), 5e-4)) == 1.0
    assert stuck_share(np.array([[0.0], [0.0], [0.0019]])) == 0.0  # its mean is below 1e-3
    assert stuck_share(np.full((3, 2), 5e-4), 1e-4) == 0.0
    assert stuck_share(np.array([[0.0]])) == 1.0 and stuck_share(np.array([[1e-3]])) == 0.0
    assert "(0, 3)" in raises(stuck_share, np.zeros((0, 3)))


def test_a_negative_slope_is_a_slope():
    assert stuck_share(np.array([[-0.1, 0.0]])) == 0.5
    assert "slopes" in raises(stuck_share, np.ones(3))
