"""Each wrong softmax fails where the page says, and the right one does not."""

import numpy as np

from snippets.activations_and_losses.softmax import log_softmax, softmax
from snippets.activations_and_losses.softmax_mistakes import (
    log_of_softmax,
    loss_with_softmax_twice,
    softmax_over_the_batch,
    softmax_without_shift,
)


def test_without_the_shift_1000_overflows():
    logits = np.array([1000.0, 0.0])
    with np.errstate(over="ignore", invalid="ignore"):
        wrong = softmax_without_shift(logits)
    assert np.isnan(wrong[0])
    np.testing.assert_array_equal(softmax(logits), [1.0, 0.0])
    # float16 overflows above 11.09, float32 above 88.72, float64 above 709.78.
    for dtype, limit in ((np.float16, 11.09), (np.float32, 88.72), (np.float64, 709.78)):
        with np.errstate(over="ignore"):
            assert np.isinf(np.exp(dtype(limit + 0.02))) and np.isfinite(np.exp(dtype(limit - 0.02)))


def test_log_of_softmax_is_minus_infinity():
    logits = np.array([0.0, 1000.0])
    with np.errstate(divide="ignore"):
        assert log_of_softmax(logits)[0] == -np.inf
    assert log_softmax(logits)[0] == -1000.0
    # float32 gets there at a difference of 104.
    single = np.array([0.0, 104.0], dtype=np.float32)
    with np.errstate(divide="ignore", under="ignore"):
        assert log_of_softmax(single)[0] == -np.inf
    assert log_softmax(single)[0] == -104.0


def test_over_the_batch_columns_sum_to_one_instead_of_rows():
    logits = np.random.default_rng(0).standard_normal((3, 3))  # square: no shape gives it away
    wrong = softmax_over_the_batch(logits)
    np.testing.assert_allclose(wrong.sum(axis=0), np.ones(3))
    assert np.abs(wrong.sum(axis=1) - 1).max() > 0.1
    assert softmax_over_the_batch(logits[:1]).tolist() == [[1.0, 1.0, 1.0]]  # one example: all certain


def test_softmax_twice_cannot_reach_zero():
    for classes, floor in ((2, 0.313), (10, 1.461), (1000, 5.909)):
        np.testing.assert_allclose(loss_with_softmax_twice(np.eye(classes)[0], 0), floor, atol=5e-4)
        np.testing.assert_allclose(floor, np.log(np.e + classes - 1) - 1, atol=5e-4)
