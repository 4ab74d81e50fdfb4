"""What clipping promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.backpropagation.gradient_clipping import (
    clip_by_norm,
    clip_by_value,
    cosine,
    global_norm,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_cosine_of_known_angles():
    assert abs(cosine(np.array([1.0, 0.0]), np.array([0.0, 2.0]))) < 1e-15
    assert abs(cosine(np.array([1.0, 0.0]), np.array([1.0, 1.0])) - 0.5**0.5) < 1e-12
    assert abs(cosine(np.array([[3.0, -4.0]]), np.array([[-6.0, 8.0]])) + 1) < 1e-12


def test_norm_keeps_the_direction_and_value_turns_it():
    step = np.array([3.0, 4.0, 0.1])
    (by_norm,), _ = clip_by_norm([step], 1.0)
    (by_value,) = clip_by_value([step], 1.0)
    assert abs(cosine(by_norm, step) - 1) < 1e-12
    assert round(cosine(by_value, step), 3) == 0.989
    np.testing.assert_allclose(by_norm, [0.6, 0.8, 0.02], atol=2e-4)
    np.testing.assert_array_equal(by_value, [1, 1, 0.1])


def test_the_norm_is_joint_over_all_parameters():
    # By hand: 2, 3, 6 have norm 7, so 3.5 halves everything.
    grads = [np.array([[2.0], [3.0]]), np.array([6.0])]
    assert global_norm(grads) == 7.0
    clipped, norm = clip_by_norm(grads, 3.5, 0.0)
    assert norm == 7.0
    np.testing.assert_allclose(clipped[0], [[1.0], [1.5]])
    np.testing.assert_allclose(clipped[1], [3.0])


def test_small_gradients_pass_unchanged():
    grads = [np.array([0.3, -0.4])]
    np.testing.assert_array_equal(clip_by_norm(grads, 1.0)[0][0], grads[0])
    np.testing.assert_array_equal(clip_by_value(grads, 1.0)[0], grads[0])


def test_clipping_does_not_revive_a_vanished_gradient():
    grads = [np.full(3, 1e-12), np.zeros((2, 5))]
    for mine, theirs in zip(clip_by_norm(grads, 1.0)[0], grads, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_eps_matters_only_for_tiny_thresholds():
    (usual,), _ = clip_by_norm([np.array([5.0])], 1.0)
    assert abs(usual[0] - 5 / 5.000001) < 1e-12
    (tiny,), _ = clip_by_norm([np.array([3e-7])], 1e-7)
    assert abs(tiny[0] - 3e-7 * 1e-7 / 1.3e-6) < 1e-18, "the factor is max_norm / (norm + eps)"


def test_large_numbers_do_not_overflow():
    half = [np.array([300.0, 400.0], dtype=np.float16)]
    assert global_norm(half) == 500.0, "square in float64, not in the gradient's own type"
    assert abs(global_norm([np.array([3e200, 4e200])]) / 5e200 - 1) < 1e-12
    many = [np.ones(70_000, dtype=np.float16)]
    assert abs(global_norm(many) - 70_000**0.5) < 1e-9, "add in float64, too"
    clipped, _ = clip_by_norm(half, 1.0)
    assert clipped[0].dtype == np.float16, "a gradient keeps its type"


def test_no_gradients_have_norm_zero():
    assert global_norm([]) == 0.0
    assert global_norm([np.zeros((0, 3))]) == 0.0
    assert clip_by_norm([], 1.0) == ([], 0.0)
    (zeros,), _ = clip_by_norm([np.zeros(3)], 1.0, 0.0)
    np.testing.assert_array_equal(zeros, [0, 0, 0])


def test_the_input_is_not_modified():
    step = np.array([30.0, 40.0])
    clip_by_norm([step], 1.0)
    clip_by_value([step], 1.0)
    np.testing.assert_array_equal(step, [30, 40])


def test_whole_numbers_are_not_cut_to_zero():
    clipped, norm = clip_by_norm([np.array([3, 4], dtype=np.int64)], 1.0)
    assert norm == 5.0
    np.testing.assert_allclose(clipped[0], [0.6, 0.8], rtol=1e-6)


def test_bad_input_is_named():
    assert "limit" in raises(clip_by_value, [np.ones(2)], 0.0)
    for max_norm in (0.0, -1.0):
        assert "max_norm" in raises(clip_by_norm, [np.ones(2)], max_norm)
    assert "nan" in raises(clip_by_norm, [np.array([1.0, np.nan])], 1.0)
    assert "inf" in raises(clip_by_norm, [np.array([np.inf, 1.0])], 1.0)


def test_a_gaussian_gradient_turns_towards_its_signs():
    # As the limit goes to 0: cosine E|g| = sqrt(2 / pi) = 0.798.
    gaussian = np.random.default_rng(0).standard_normal(200_000)
    for limit, expected in ((2.0, 0.995), (1.0, 0.950), (0.5, 0.890), (0.001, 0.798)):
        (cut,) = clip_by_value([gaussian], limit)
        assert abs(cosine(cut, gaussian) - expected) < 2.5e-3


def test_clipping_single_examples_can_reverse_the_mean():
    noisy = [10.0] + [-1.0] * 9
    clipped = [clip_by_norm([np.array([g])], 1.0, 0.0)[0][0][0] for g in noisy]
    assert abs(np.mean(noisy) - 0.1) < 1e-12 and abs(np.mean(clipped) + 0.8) < 1e-12
