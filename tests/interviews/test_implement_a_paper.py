"""What the summary of a results table promises."""

import numpy as np

from snippets.interviews.implement_a_paper import paired_difference, sign_flip_p


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_mean_and_standard_error_by_hand():
    # differences 1, 2, 6: mean 3, squares 4 + 1 + 9 = 14, variance 7, error sqrt(7 / 3)
    mean, error = paired_difference(np.array([11.0, 22.0, 36.0]), np.array([10.0, 20.0, 30.0]))
    assert mean == 3.0
    np.testing.assert_allclose(error, np.sqrt(7 / 3))
    # two seeds are enough: 1 and 5 are 2 from their mean, variance 8, error sqrt(8 / 2)
    assert paired_difference(np.array([4.0, 9.0]), np.array([3.0, 4.0])) == (3.0, 2.0)


def test_what_both_methods_share_with_a_seed_cancels():
    luck = np.array([0.0, 50.0, -30.0, 7.0])
    mean, error = paired_difference(luck + np.array([1.0, 2.0, 1.0, 2.0]), luck)
    np.testing.assert_allclose([mean, error], [1.5, np.sqrt(1 / 3) / 2], atol=1e-12)


def test_order_of_the_arguments_is_the_sign():
    a, b = np.array([3.0, 5.0, 4.0]), np.array([1.0, 2.0, 4.0])
    assert paired_difference(a, b)[0] == -paired_difference(b, a)[0] > 0


def test_p_by_hand():
    # of the sums +-1 +-2 +-3, only +6 and -6 are as far from 0 as 6
    assert sign_flip_p(np.array([1.0, 2.0, 3.0])) == 0.25
    # -1 + 2 + 3 = 4: reached by 6, 4 and their negatives
    assert sign_flip_p(np.array([-1.0, 2.0, 3.0])) == 0.5
    assert sign_flip_p(np.array([5.0])) == 1.0


def test_five_seeds_cannot_fall_below_five_percent_and_six_can():
    assert sign_flip_p(np.array([9.0, 8.0, 9.5, 10.0, 9.9])) == 2 / 32
    assert sign_flip_p(np.array([9.0, 8.0, 9.5, 10.0, 9.9, 9.1])) == 2 / 64


def test_twenty_seeds_are_the_most():
    assert sign_flip_p(np.ones(20)) == 2 / 2**20


def test_ties_count_as_far_and_zeros_prove_nothing():
    assert sign_flip_p(np.zeros(4)) == 1.0
    assert sign_flip_p(np.array([0.1, 0.2, -0.3])) == 1.0  # sum is 0 up to rounding
    assert sign_flip_p(np.array([0.3, 0.1, 0.2, 0.0])) == sign_flip_p(np.array([0.3, 0.1, 0.2]))


def test_ties_count_in_decimals_as_in_whole_numbers():
    whole = np.array([3.0, -1.0, -2.0, 7.0])  # 3 - 1 - 2 + 7 = 7 = -3 + 1 + 2 + 7: a tie
    for scale in (0.1, 0.7, 1e-3, 1e-12, 1e9):
        for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]):
            assert sign_flip_p(scale * whole[order]) == sign_flip_p(whole) == 0.625, scale
    small = 1e-12 * np.array([1.0, 2.0, 3.0])
    assert sign_flip_p(small) == 0.25


def test_sign_and_scale_of_the_differences_do_not_matter():
    d = np.array([0.4, -0.1, 0.7, 0.2, 0.5])
    assert sign_flip_p(d) == sign_flip_p(-d) == sign_flip_p(1e6 * d)


def test_bad_input_is_named():
    refused = "ours and baseline must both be (N,) with N >= 2, got "
    assert raises(paired_difference, np.ones(3), np.ones(2)) == refused + "(3,) and (2,)"
    assert raises(paired_difference, np.ones(1), np.ones(1)) == refused + "(1,) and (1,)"
    for shape in ((0,), (2, 2), (21,)):
        refused = f"difference must be (N,) with 1 <= N <= 20, got {shape}"
        assert raises(sign_flip_p, np.ones(shape)) == refused


def test_a_run_that_diverged_is_an_error_and_not_a_small_p():
    assert "finite" in raises(sign_flip_p, np.array([np.nan, 1.0, 2.0]))
    assert "finite" in raises(sign_flip_p, np.array([-np.inf, 1.0, 2.0]))
