"""What the stable formulas promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import math

import numpy as np

from snippets.activations_and_losses.numerical_stability import (
    binary_cross_entropy_with_logits,
    log1mexp,
    log_softmax,
    logsumexp,
    merge_moments,
    normalize,
    softplus,
    streaming_variance,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_log_sum_exp_of_ordinary_numbers():
    x = np.random.default_rng(0).standard_normal((3, 5, 2))
    for axis in (0, 1, -1):
        np.testing.assert_allclose(logsumexp(x, axis), np.log(np.exp(x).sum(axis)), rtol=1e-12)
    thin = x[:, :1]  # only the axis that is summed over goes, not the others of length 1
    np.testing.assert_allclose(logsumexp(thin), np.log(np.exp(thin).sum(-1)), rtol=1e-12)


def test_log_sum_exp_of_huge_numbers_does_not_overflow():
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        for dtype in (np.float32, np.float64):
            x = np.array([[1e4, 1e4], [-1e4, -1e4]], dtype)
            np.testing.assert_allclose(logsumexp(x), [1e4 + math.log(2), -1e4 + math.log(2)], rtol=1e-6)


def test_masked_entries_count_nothing_and_a_masked_row_is_minus_infinity():
    x = np.array([[0.0, -np.inf, 1.0], [-np.inf, -np.inf, -np.inf]])
    with np.errstate(divide="raise", invalid="raise"):  # minus infinity without the logarithm of 0
        np.testing.assert_allclose(logsumexp(x), [np.log(1 + np.e), -np.inf], rtol=1e-12)


def test_log_softmax_keeps_what_a_finished_softmax_rounds_to_zero():
    x = np.array([[100.0, 0.0, -10.0]], np.float32)
    np.testing.assert_allclose(log_softmax(x), [[0.0, -100.0, -110.0]], atol=1e-5)
    assert log_softmax(x).dtype == np.float32
    y = np.random.default_rng(1).standard_normal((2, 3, 7))
    np.testing.assert_allclose(np.exp(log_softmax(y, 1)).sum(1), 1, rtol=1e-12)


def test_log_softmax_is_exact_far_from_zero():
    x = np.array([1e6, 1e6 + 1, 1e6 + 2], np.float32)  # a shift of whole numbers is free
    np.testing.assert_allclose(log_softmax(x), log_softmax(np.arange(3, dtype=np.float32)), rtol=1e-6)
    far = np.array([-1e6, 0.0, 1.0], np.float32)  # shifted by the largest, not by the smallest
    np.testing.assert_allclose(log_softmax(far), [-1_000_001.3, -1.3132617, -0.3132617], rtol=1e-6)
    pair = np.array([[1e6, 1e6], [0.25, 0.125]], np.float32)  # each row by its own largest
    np.testing.assert_allclose(log_softmax(pair)[1], log_softmax(pair[1]), rtol=1e-6)


def test_softplus_keeps_small_values_and_does_not_overflow():
    x = np.array([-80.0, -20.0, 0.0, 20.0, 1000.0], np.float32)
    with np.errstate(over="raise"):
        expected = [math.exp(-80), 2.0611537e-9, math.log(2), 20.0, 1000.0]
        np.testing.assert_allclose(softplus(x), expected, rtol=1e-5)


def test_the_binary_loss_is_finite_and_right_on_both_sides():
    z = np.array([-200.0, -20.0, 0.0, 20.0, 200.0])
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        expected = [200, 20 + 2.0611536e-9, math.log(2), 2.0611536e-9, math.exp(-200)]
        np.testing.assert_allclose(binary_cross_entropy_with_logits(z, np.ones(5)), expected, rtol=1e-7)
        np.testing.assert_allclose(binary_cross_entropy_with_logits(z, np.zeros(5)),
                                   binary_cross_entropy_with_logits(-z, np.ones(5)), rtol=1e-7)
    soft = binary_cross_entropy_with_logits(np.array([0.5]), np.array([0.3]))
    p = 1 / (1 + math.exp(-0.5))
    np.testing.assert_allclose(soft, -0.3 * math.log(p) - 0.7 * math.log(1 - p), rtol=1e-12)


def test_one_minus_a_probability_is_exact_near_both_ends():
    x = np.array([-1e-20, -1e-5, -math.log(2), -1.0, -50.0])
    expected = [math.log(1e-20), math.log(-math.expm1(-1e-5)), -math.log(2), math.log1p(-math.exp(-1)),
                -math.exp(-50)]
    with np.errstate(divide="raise", invalid="raise"):  # each side only where its formula holds
        np.testing.assert_allclose(log1mexp(x), expected, rtol=1e-12)


def test_the_variance_of_the_page_s_pairs_is_one():
    for low in (0.0, 4096.0, 10_000.0, 13_500.0):
        mean, variance = streaming_variance(np.array([low, low + 2], np.float32))
        assert (mean, variance) == (low + 1, 1.0) and variance.dtype == np.float32
    np.testing.assert_allclose(streaming_variance(np.array([1e-20, 3e-20])), [2e-20, 1e-40], rtol=1e-12)


def test_one_pass_equals_two_and_parts_can_be_merged():
    x = 50 + np.random.default_rng(2).standard_normal((11, 3))
    mean, variance = streaming_variance(x)
    np.testing.assert_allclose([mean, variance], [x.mean(0), x.var(0)], rtol=1e-12)
    parts = [(len(one), one.mean(0), ((one - one.mean(0)) ** 2).sum(0)) for one in (x[:4], x[4:])]
    count, mean, deviations = merge_moments(*parts)
    assert count == 11
    np.testing.assert_allclose([mean, deviations / 11], [x.mean(0), x.var(0)], rtol=1e-12)
    nothing = (0, np.zeros(3), np.zeros(3))
    np.testing.assert_allclose(merge_moments(nothing, parts[0])[1], parts[0][1], rtol=1e-12)
    assert merge_moments(nothing, nothing)[0] == 0


def test_rows_get_unit_length_without_overflow_and_zero_stays_zero():
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        rows = normalize(np.array([[3e30, 4e30], [0.0, 0.0], [3.0, -4.0], [0.0, 4e34]], np.float32))
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0.0, 0.0], [0.6, -0.8], [0.0, 1.0]], atol=1e-6)
    assert rows.dtype == np.float32
    short = normalize(np.array([[1e-6, 0.0]]))
    np.testing.assert_allclose(short, [[1 / math.sqrt(2), 0.0]], rtol=1e-12)  # as long as eps: damped
    np.testing.assert_allclose(normalize(np.array([[2e-6, 0.0]])), [[2 / math.sqrt(5), 0.0]], rtol=1e-12)


def test_small_whole_numbers_do_not_wrap():
    for x in (np.array([0, 255, 254], np.uint8), np.array([-128, 127, 126], np.int8)):
        for function in (logsumexp, log_softmax, softplus):
            np.testing.assert_allclose(function(x), function(x.astype(np.float64)), rtol=1e-12)
        found = binary_cross_entropy_with_logits(x, np.ones(3))
        np.testing.assert_allclose(found, softplus(-x.astype(np.float64)), rtol=1e-12)


def test_wrong_input_is_named_and_nothing_is_modified():
    assert "axis 1" in raises(logsumexp, np.zeros((2, 0)), 1)
    assert raises(binary_cross_entropy_with_logits, np.zeros((3, 1)), np.zeros(3)) == (
        "targets must be (3, 1), got (3,)")
    assert raises(streaming_variance, np.zeros((0, 2))) == "x has no element"
    x = np.random.default_rng(3).standard_normal((2, 3))
    before = x.copy()
    for function in (logsumexp, log_softmax, softplus, normalize, streaming_variance):
        function(x)
    np.testing.assert_array_equal(x, before)
