"""What the bookkeeping of a comparison promises. NumPy and plain asserts only."""

import numpy as np

from snippets.regularization.reduce_overfitting import (
    examples_for,
    paired_gain,
    power_law,
    strongest_within_one_error,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_a_gain_is_positive_when_the_error_falls():
    gain, error, wins = paired_gain(np.array([5.0, 9.0, 7.0]), np.array([4.0, 6.0, 8.0]))
    assert abs(gain - 1.0) < 1e-12  # differences 1, 3, -1
    assert abs(error - 2 / np.sqrt(3)) < 1e-12
    assert wins == 2


def test_what_a_split_makes_hard_for_both_cancels():
    hard = np.array([0.0, 30.0, 10.0, 50.0])
    before, after = np.array([5.0, 6.0, 5.0, 6.0]), np.array([4.0, 4.0, 4.0, 4.0])
    plain, shifted = paired_gain(before, after), paired_gain(before + hard, after + hard)
    assert np.allclose(plain, shifted)


def test_a_tie_is_no_win():
    assert paired_gain(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == (0.0, 0.0, 0)
    assert "baseline" in raises(paired_gain, np.ones(3), np.ones(2))
    assert "baseline" in raises(paired_gain, np.ones(1), np.ones(1))


def test_a_clearly_worse_setting_is_not_chosen_though_it_is_stronger():
    base = np.random.default_rng(1).exponential(size=50)
    wiggle = np.random.default_rng(2).normal(size=50) * 0.01
    assert strongest_within_one_error(np.stack([base + 0.5 + wiggle, base + 0.1 + wiggle, base])) == 2


def test_a_setting_within_the_noise_of_the_best_is_chosen():
    # differences to the best: mean 0.5 and standard error 1 / sqrt(2)
    losses = np.array([[4.0, 4.0], [1.0, 2.0], [1.0, 1.0], [3.0, 3.0]])
    losses[1] = [1.0 - 0.2, 1.0 + 1.2]
    assert strongest_within_one_error(losses) == 1


def test_the_differences_are_paired():
    base = np.array([0.0, 100.0, 200.0, 300.0])  # the examples differ far more than the settings
    assert strongest_within_one_error(np.stack([base + 1, base])) == 1


def test_each_setting_is_judged_by_its_own_standard_error():
    best = np.zeros(4)
    # Mean 1 and standard error 0: told from the best. Mean 1 and standard error 4.6: not.
    steady, noisy = np.ones(4), np.array([9.0, -7.0, 9.0, -7.0])
    assert strongest_within_one_error(np.stack([steady, noisy, best])) == 1
    # Mean 1, standard deviation sqrt(4 / 3), which over 4 examples is a standard error of 0.58.
    assert strongest_within_one_error(np.array([[0.0, 0.0, 2.0, 2.0], best])) == 1
    # Mean 1.05, squared deviations 11.63: 0.98 with N - 1 = 3, though 1.21 with 2 and 0.85 with 4.
    assert strongest_within_one_error(np.array([[0.2, 0.0, 0.0, 4.0], best])) == 1


def test_one_setting_is_chosen_and_one_example_or_no_setting_is_refused():
    assert strongest_within_one_error(np.array([[1.0, 2.0, 4.0]])) == 0
    assert "losses" in raises(strongest_within_one_error, np.ones((3, 1)))
    assert "losses" in raises(strongest_within_one_error, np.ones((0, 5)))


def test_the_first_of_equal_settings_is_chosen():
    assert strongest_within_one_error(np.ones((3, 5))) == 0
    assert "losses" in raises(strongest_within_one_error, np.ones(5))
    message = raises(strongest_within_one_error, np.array([[1.0, np.nan], [1.0, 2.0]]))
    assert message == "losses must be finite, got NaN or infinity"


def test_a_power_law_is_recovered():
    sizes = np.array([50, 120, 700])
    a, b = power_law(sizes, 3.0 * sizes ** -0.35)
    assert abs(a - 3.0) < 1e-9 and abs(b - 0.35) < 1e-12


def test_the_fit_is_on_logarithms_with_all_points():
    # by hand: log2 of sizes 0, 1, 2 and of errors 3, 3, 0, slope -1.5, mean 2
    a, b = power_law(np.array([1, 2, 4]), np.array([8.0, 8.0, 1.0]))
    assert abs(b - 1.5) < 1e-12 and abs(a - 2 ** 3.5) < 1e-9


def test_two_sizes_are_enough():
    # by hand: four times the data halve the error, so b = 1/2 and a = 8 * sqrt(100)
    a, b = power_law(np.array([100, 400]), np.array([8.0, 4.0]))
    assert abs(b - 0.5) < 1e-12 and abs(a - 80) < 1e-9


def test_sizes_that_do_not_differ_are_named():
    assert "sizes" in raises(power_law, np.array([5, 5]), np.array([1.0, 2.0]))
    assert "errors" in raises(power_law, np.array([5, 6]), np.array([1.0, 0.0]))
    assert "errors" in raises(power_law, np.array([5, 6]), np.array([np.nan, 1.0]))
    assert "sizes" in raises(power_law, np.array([5, 6]), np.array([1.0]))
    assert "sizes" in raises(power_law, np.array([]), np.array([]))
    assert "sizes" in raises(power_law, np.array([0, 6]), np.array([1.0, 2.0]))


def test_examples_for_inverts_the_power_law():
    n = examples_for(0.7, 12.0, 0.4)
    assert abs(12.0 * n ** -0.4 - 0.7) < 1e-12
    assert abs(examples_for(0.1, 0.5, 0.5) - 25) < 1e-12  # (0.5 / 0.1) ** 2
    for name, values in (("a", (0.7, 0.0, 0.4)), ("b", (0.7, 12.0, 0.0))):
        assert name in raises(examples_for, *values)
    assert "error" in raises(examples_for, 0.0, 1.0, 0.5)
    assert "b" in raises(examples_for, 1.0, 1.0, -0.1)
    assert "a" in raises(examples_for, 1.0, -1.0, 0.5)
