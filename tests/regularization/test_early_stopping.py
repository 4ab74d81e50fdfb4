"""What the snippet promises. Runs wherever it runs: NumPy and plain asserts only."""

import numpy as np

from snippets.regularization.early_stopping import EarlyStopping, l2_factor, stopped_factor


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{args}: no ValueError was raised")


def epochs(stopper: EarlyStopping, losses: list[float]) -> int:
    """Number of evaluations until it says stop, or all."""
    for count, loss in enumerate(losses, 1):
        if stopper.update(loss, [np.array([float(count)])]):
            return count
    return len(losses)


def test_it_stops_after_patience_evaluations_without_improvement():
    for patience in (1, 2, 3):
        stopper = EarlyStopping(patience)
        count = epochs(stopper, [3.0, 1.0, 2.0, 2.0, 2.0, 2.0])
        assert count == 2 + patience, f"patience {patience}: stopped after {count} evaluations"
        assert stopper.best_epoch == 1 and stopper.best_score == 1.0


def test_an_improvement_starts_the_count_anew():
    stopper = EarlyStopping(2)
    assert epochs(stopper, [3.0, 4.0, 2.0, 4.0, 1.0, 5.0, 5.0, 5.0]) == 7
    assert stopper.best_epoch == 4


def test_patience_counts_from_the_best_epoch_and_not_from_the_one_before():
    rising = [1.0 + 0.1 * epoch - 0.15 * (epoch % 2) for epoch in range(100)]
    assert epochs(EarlyStopping(3), rising) == 5  # best at the second


def test_an_equal_score_is_no_improvement():
    stopper = EarlyStopping(2)
    assert epochs(stopper, [1.0, 1.0, 1.0, 1.0]) == 3
    assert stopper.best_epoch == 0


def test_min_delta_ignores_small_gains_but_not_their_sum():
    stopper = EarlyStopping(2, min_delta=0.1)
    assert epochs(stopper, [1.0, 0.95, 0.93, 0.5]) == 3
    stopper = EarlyStopping(2, min_delta=0.1)
    # 0.94 is too close to 1.0; 0.88 is far enough from it, though close to 0.94
    assert epochs(stopper, [1.0, 0.94, 0.88, 0.87, 0.86]) == 5
    assert stopper.best_epoch == 2 and stopper.best_score == 0.88


def test_the_best_weights_are_copies():
    stopper = EarlyStopping(5)
    weights = [np.array([1.0, 2.0]), np.array([[3.0]])]
    stopper.update(1.0, weights)
    for w in weights:
        w += 10.0
    stopper.update(2.0, weights)
    np.testing.assert_array_equal(stopper.best_weights[0], [1.0, 2.0])
    np.testing.assert_array_equal(stopper.best_weights[1], [[3.0]])


def test_nothing_is_known_before_the_first_score():
    stopper = EarlyStopping(3)
    assert stopper.best_epoch == -1 and stopper.best_weights is None
    assert stopper.best_score == float("inf")


def test_nan_is_never_an_improvement():
    stopper = EarlyStopping(2)
    assert epochs(stopper, [1.0, float("nan"), float("nan"), 0.5]) == 3
    assert stopper.best_score == 1.0


def test_bad_settings_are_named():
    assert "patience" in raises(EarlyStopping, 0)
    assert "min_delta" in raises(EarlyStopping, 3, -0.1)


def test_stopped_factor_is_what_gradient_descent_does():
    eigenvalues, best = np.array([2.0, 0.5, 0.01]), np.array([1.0, -3.0, 5.0])
    w = np.zeros(3)
    for _ in range(17):
        w -= 0.3 * eigenvalues * (w - best)
    np.testing.assert_allclose(w, stopped_factor(eigenvalues, 0.3, 17) * best)
    np.testing.assert_array_equal(stopped_factor(eigenvalues, 0.3, 0), np.zeros(3))


def test_l2_factor_is_the_penalized_minimum():
    eigenvalues, best, alpha = np.array([2.0, 0.5, 0.01]), np.array([1.0, -3.0, 5.0]), 0.2
    w = l2_factor(eigenvalues, alpha) * best
    np.testing.assert_allclose(eigenvalues * (w - best) + alpha * w, 0, atol=1e-12)


def test_the_two_agree_in_flat_directions_when_steps_times_lr_is_one_over_alpha():
    eigenvalues = np.array([1e-2, 1e-3, 1e-4])
    stopped, penalized = stopped_factor(eigenvalues, 0.01, 100), l2_factor(eigenvalues, 1.0)
    np.testing.assert_allclose(stopped, penalized, rtol=0.01)


def test_they_differ_by_at_most_thirty_percent_for_small_steps():
    eigenvalues = np.geomspace(1e-3, 1e3, 2001)
    ratio = stopped_factor(eigenvalues, 1e-5, 100_000) / l2_factor(eigenvalues, 1.0)
    assert ratio.min() > 0.999 and 1.29 < ratio.max() < 1.30, (ratio.min(), ratio.max())
