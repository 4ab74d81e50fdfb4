"""What the reading of curves promises. NumPy and plain asserts only."""

import numpy as np

from snippets.optimization.accuracy_curves import gap_in_errors, symptom

EPOCHS = np.arange(1, 51)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def rise(end: float, start: float = 0.1) -> np.ndarray:
    """A curve from start to end that has settled long before its last fifth."""
    return end - (end - start) * 0.5 ** (EPOCHS - 1)


def look(train, validation) -> str:
    return symptom(train, validation, 0.1, 0.95)


def test_the_gap_is_measured_in_standard_errors():
    # sqrt(0.9 * 0.1 / 1000 + 0.85 * 0.15 / 100) = 0.03694
    assert abs(gap_in_errors(0.9, 0.85, 1000, 100) - 0.05 / 0.0369459) < 1e-3
    assert abs(gap_in_errors(0.5, 0.6, 100, 50) + 0.1 / np.sqrt(0.0025 + 0.0048)) < 1e-9


def test_four_times_the_examples_double_the_number_of_errors():
    small, large = gap_in_errors(0.8, 0.7, 70, 30), gap_in_errors(0.8, 0.7, 280, 120)
    assert abs(large / small - 2) < 1e-9


def test_equal_accuracies_have_no_gap_even_without_error():
    assert gap_in_errors(1.0, 1.0, 10, 10) == 0.0
    assert gap_in_errors(0.7, 0.7, 10, 10) == 0.0
    assert gap_in_errors(1.0, 0.0, 10, 10) == np.inf
    assert gap_in_errors(0.0, 1.0, 10, 10) == -np.inf


def test_bad_accuracies_and_sizes_are_named():
    assert raises(gap_in_errors, 1.1, 0.5, 10, 10).startswith("train must be between 0 and 1")
    assert raises(gap_in_errors, 0.5, -0.1, 10, 10).startswith("validation must be between 0 and 1")
    assert raises(gap_in_errors, 0.5, 0.5, 0, 10).startswith("train_size must be at least 1")
    assert raises(gap_in_errors, 0.5, 0.5, 10, 0).startswith("validation_size must be at least 1")
    assert gap_in_errors(1.0, 0.5, 1, 1) == 1.0  # half an accuracy, and an error of sqrt(1 / 4)


def test_a_training_curve_that_collapses_falls():
    curve = np.concatenate([rise(0.8)[:25], np.full(25, 0.3)])
    assert look(curve, curve) == "falls"


def test_a_flat_curve_at_chance_learns_nothing():
    assert look(np.full(50, 0.1), np.full(50, 0.1)) == "learns nothing"
    assert look(np.full(50, 0.16), np.full(50, 0.3)) != "learns nothing"


def test_training_that_learns_beside_validation_at_chance():
    assert look(rise(0.99), np.full(50, 0.11)) == "validation at chance"


def test_a_slow_curve_is_still_rising():
    slow = 0.1 + 0.008 * EPOCHS
    assert look(slow, slow) == "still rising"


def test_training_that_rises_while_validation_falls_is_not_too_early_to_judge():
    slow = 0.3 + 0.012 * EPOCHS
    assert look(slow, np.linspace(0.6, 0.4, 50)) == "validation falls"


def test_a_curve_above_the_target_may_rise():
    train = 0.7 + 0.006 * EPOCHS
    assert symptom(train, train, 0.1, 0.9) == "both high"


def test_validation_that_peaks_early_falls():
    validation = np.concatenate([rise(0.6)[:10], np.linspace(0.6, 0.4, 40)])
    assert look(rise(0.97), validation) == "validation falls"


def test_validation_that_falls_together_with_training_is_no_gap():
    both = np.concatenate([rise(0.85)[:10], np.linspace(0.85, 0.75, 40)])
    assert look(both, both) == "both low"


def test_a_steady_distance_is_a_gap():
    assert look(rise(1.0), rise(0.94)) == "gap"
    assert look(rise(1.0), rise(0.96)) == "both high"


def test_validation_may_lie_above_training():
    assert look(rise(0.93), rise(0.96)) == "validation above"
    assert look(rise(0.98), rise(0.99)) == "both high"
    slow = 0.1 + 0.012 * EPOCHS
    assert look(slow, slow + 0.1) == "validation above"


def test_together_and_below_the_target_is_both_low():
    assert look(rise(0.7), rise(0.69)) == "both low"


def test_a_single_bad_epoch_at_the_end_changes_nothing():
    train = rise(1.0)
    train[-1] = 0.9
    assert look(train, rise(0.98)) == "both high"


def test_short_or_unequal_curves_are_refused():
    assert "10" in raises(symptom, np.ones(9), np.ones(9), 0.1, 0.9)
    assert raises(symptom, np.ones(12), np.ones(11), 0.1, 0.9) == (
        "train and validation need one length of at least 10: (12,), (11,)")


def test_percent_and_nan_are_refused():
    good = np.full(12, 0.5)
    for bad in (np.full(12, 97.0), np.full(12, 1.5), np.full(12, np.nan), np.full(12, -0.1)):
        assert raises(symptom, bad, good, 0.1, 0.9).startswith("train must lie between 0 and 1")
        assert raises(symptom, good, bad, 0.1, 0.9).startswith("validation must lie between 0 and 1")
    assert symptom(np.zeros(10), np.zeros(10), 0.1, 0.9) == "learns nothing"  # 0, 1 and ten epochs will do
    assert symptom(np.ones(10), np.ones(10), 0.1, 0.9) == "both high"


def test_the_named_thresholds_decide():
    for below, name in [(0.19, "falls"), (0.11, "both low")]:
        curve = np.concatenate([rise(0.8)[:25], np.full(25, 0.8 - below)])
        assert look(curve, curve) == name, f"{below} below the maximum"
    for drop, name in [(0.08, "validation falls"), (0.03, "gap")]:
        validation = np.concatenate([rise(0.8)[:25], np.full(25, 0.8 - drop)])
        assert look(rise(0.97), validation) == name, f"{drop} below the maximum"
    for slope, name in [(0.004, "still rising"), (0.001, "both low")]:
        curve = 0.3 + slope * EPOCHS  # from one fifth to the next: ten times the slope
        assert look(curve, curve) == name, f"{slope} per epoch"


def fifths(*values: float) -> np.ndarray:
    """Fifteen epochs from the means of their last fifths; what came before is like the first of them."""
    return np.repeat(values, [15 - 3 * (len(values) - 1)] + [3] * (len(values) - 1))


def test_the_end_is_a_fifth_and_is_compared_with_the_fifth_before():
    bad_last = np.append(np.ones(9), 0.75)  # the last two of ten: 0.125 below the maximum
    assert look(bad_last, bad_last) == "both low"
    # What rose before the last two fifths rises no more, in training or in validation.
    assert look(fifths(0.3, 0.5, 0.5), fifths(0.3, 0.48, 0.5)) == "both low"
    assert look(fifths(0.3, 0.4, 0.5), fifths(0.3, 0.5, 0.49)) == "both low"
    assert look(fifths(0.3, 0.4, 0.5), fifths(0.3, 0.5, 0.5)) == "both low"
    assert look(fifths(0.3, 0.4, 0.5), fifths(0.3, 0.49, 0.5)) == "still rising"


def test_a_curve_exactly_at_a_threshold_has_not_passed_it():
    def at(train, validation, target=0.95):
        return symptom(np.array(train), np.array(validation), 0.0, target)

    assert at([0.15] * 8 + [0.0] * 2, [0.5] * 10) == "learns nothing"  # 0.15 below the maximum is no fall
    assert at([0.05] * 10, [0.5] * 10) == "learns nothing"  # at most 0.05 above chance
    assert at([1.0] * 10, [0.05] * 10) == "validation at chance"
    assert at([0.25] * 8 + [0.5] * 2, [0.25] * 8 + [0.5] * 2, target=0.5) == "both high"
    assert at([0.16] * 10, [0.11] * 10) == "both low"  # in floats, too, 0.16 - 0.11 is 0.05
    assert at([0.9] * 10, [0.16] * 8 + [0.11] * 2) == "gap"
    low = [0.051 - 0.02] * 8 + [0.051] * 2
    assert at(low, low) == "both low"  # 0.02 in a fifth is no rise
