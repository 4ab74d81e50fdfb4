"""What the arithmetic promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.language_models.fine_tuning import (
    break_even_requests,
    examples_needed,
    request_cost,
    training_flops,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_a_request_by_hand():
    # 3,000 repeated, 500 fresh, 200 out at 1 and 4 per million: 3,500 + 800 millionths.
    assert abs(request_cost(3000, 500, 200, 1.0, 4.0) - 0.0043) < 1e-15
    assert abs(request_cost(3000, 500, 200, 1.0, 4.0, 0.1) - 0.0016) < 1e-15
    assert abs(request_cost(3000, 500, 200, 1.0, 4.0, 0.0) - request_cost(0, 500, 200, 1.0, 4.0)) < 1e-15
    assert request_cost(0, 0, 0, 1.0, 4.0) == 0


def test_a_discount_is_a_share():
    for cached in (-0.1, 1.5):
        assert str(cached) in raises(request_cost, 1, 1, 1, 1.0, 1.0, cached)


def test_a_fixed_cost_is_earned_back():
    assert abs(break_even_requests(5000.0, 0.0043, 0.0013) - 5000 / 0.003) < 1e-6
    assert break_even_requests(0.0, 2.0, 1.0) == 0


def test_what_saves_nothing_never_pays():
    assert break_even_requests(1.0, 0.0016, 0.00195) == np.inf
    assert break_even_requests(1.0, 2.0, 2.0) == np.inf


def test_the_page_s_break_even_points():
    cached, same = request_cost(3000, 500, 200, 1.0, 4.0, 0.1), request_cost(0, 500, 200, 1.0, 4.0)
    small, dear = request_cost(0, 500, 200, 0.1, 0.4), request_cost(0, 500, 200, 1.5, 6.0)
    plain = request_cost(3000, 500, 200, 1.0, 4.0)
    found = [[break_even_requests(5000.0, start, end) / 1e6 for end in (same, dear, small)]
             for start in (plain, cached)]
    np.testing.assert_allclose(found, [[1.67, 2.13, 1.20], [16.7, np.inf, 3.40]], rtol=0.005)


def test_operations_of_training():
    assert training_flops(8e9, 3e6) == 1.44e17
    assert abs(training_flops(8e9, 3e6, True) / training_flops(8e9, 3e6) - 2 / 3) < 1e-12


def test_examples_by_hand():
    # z = 1.95996 + 0.84162; (0.16 + 0.1275) / 0.0025 = 115 times z squared = 902.6.
    assert examples_needed(0.80, 0.85) == 903 == examples_needed(0.85, 0.80)
    assert examples_needed(0.80, 0.90) == 197
    assert examples_needed(0.95, 0.96) == 6743
    assert examples_needed(0.80, 0.85, 0.01, 0.9) > 1.8 * 903
    assert examples_needed(1.0, 0.9) == examples_needed(0.0, 0.1) == 71  # 9 times z squared: 70.6


def test_impossible_accuracies_are_refused():
    assert "0.8" in raises(examples_needed, 0.8, 0.8)
    for pair in ((0.8, 1.2), (1.2, 0.8), (-0.1, 0.5), (0.5, -0.1)):
        assert f"{pair[0]} and {pair[1]}" in raises(examples_needed, *pair)


def test_certainty_needs_no_more_than_one_example_and_cannot_be_asked_for():
    assert examples_needed(0.0, 1.0) == examples_needed(1.0, 0.0) == 1
    for wrong in ((0.0, 0.8), (1.0, 0.8), (0.05, 0.0), (0.05, 1.0)):
        assert f"{wrong[0]} and {wrong[1]}" in raises(examples_needed, 0.8, 0.85, *wrong)
