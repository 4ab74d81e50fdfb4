"""What no docstring promises and a reader's code may leave open: narrow types."""

import numpy as np

from snippets.regularization.reduce_overfitting import power_law, strongest_within_one_error


def test_losses_of_whole_bytes_do_not_overflow():
    # Differences to the second setting -1, 1, 1, 0: mean 0.25, standard error 0.48.
    assert strongest_within_one_error(np.array([[0, 1, 1, 0], [1, 0, 0, 0]], np.uint8)) == 0


def test_a_power_law_of_bytes_has_all_its_digits():
    # log2 of sizes 0, 1, 2 and of errors 3, 3, 0: slope -1.5, mean 2
    for sizes, errors in ((np.uint8, np.float64), (np.int64, np.uint8)):  # bytes have logarithms of 16 bits
        a, b = power_law(np.array([1, 2, 4], sizes), np.array([8, 8, 1], errors))
        assert abs(b - 1.5) < 1e-12 and abs(a - 2 ** 3.5) < 1e-9
