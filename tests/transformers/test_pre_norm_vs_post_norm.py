"""What the four places promise. NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.pre_norm_vs_post_norm import (
    output_norm,
    post_norm,
    pre_norm,
    qk_norm_scores,
    rms_norm,
    sandwich_norm,
)

N, T, D = 2, 3, 5
PLACES = (pre_norm, post_norm, output_norm, sandwich_norm)


def norm(x):
    """By loops, independent of the snippet."""
    out = np.empty(x.shape)
    for index in np.ndindex(x.shape[:-1]):
        out[index] = x[index] / np.sqrt(np.dot(x[index], x[index]) / x.shape[-1] + 1e-6)
    return out


def problem():
    """A stream and two different branches; the second is not homogeneous."""
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, D, D))
    return rng.standard_normal((N, T, D)), [lambda x: x @ a, lambda x: np.tanh(x @ b) + 0.3]


def test_the_norm_gives_every_position_the_size_one():
    x = 7 * np.random.default_rng(0).standard_normal((N, T, D))
    np.testing.assert_allclose(rms_norm(x), norm(x), rtol=1e-12)
    np.testing.assert_allclose((rms_norm(x) ** 2).mean(axis=-1), 1, rtol=1e-5)
    np.testing.assert_array_equal(rms_norm(0 * x), 0 * x)
    np.testing.assert_allclose(rms_norm(np.array([1.0, -1.0]), 3.0), [0.5, -0.5], rtol=1e-12)


def test_each_place_by_hand():
    x, (f, g) = problem()
    first = x + f(norm(x))
    np.testing.assert_allclose(pre_norm(x, [f, g]), norm(first + g(norm(first))), rtol=1e-9)
    first = norm(x + f(x))
    np.testing.assert_allclose(post_norm(x, [f, g]), norm(first + g(first)), rtol=1e-9)
    first = x + norm(f(x))
    np.testing.assert_allclose(output_norm(x, [f, g]), norm(first + norm(g(first))), rtol=1e-9)
    first = x + norm(f(norm(x)))
    np.testing.assert_allclose(sandwich_norm(x, [f, g]), norm(first + norm(g(norm(first)))), rtol=1e-9)


def test_the_page_s_example():
    x, move = np.array([3.0, 4.0]), [lambda x: np.stack([x[..., 1], 0 * x[..., 1]], axis=-1)]
    assert pre_norm(x, move).round(3).tolist() == [1.016, 0.984]
    assert post_norm(x, move).round(3).tolist() == [1.228, 0.702]
    assert output_norm(x, move).round(3).tolist() == [1.048, 0.95]
    assert sandwich_norm(x, move).round(3).tolist() == [1.048, 0.95]
    assert pre_norm(10 * x, move).round(3).tolist() == [0.869, 1.116]
    assert post_norm(10 * x, move).round(3).tolist() == [1.228, 0.702]


def test_no_branch_or_silent_branches_leave_the_norm_of_the_input():
    x, _ = problem()
    for place in (pre_norm, output_norm, sandwich_norm):
        np.testing.assert_allclose(place(x, []), norm(x), rtol=1e-9)
    np.testing.assert_array_equal(post_norm(x, []), x)
    for place in PLACES:
        np.testing.assert_allclose(place(x, [lambda x: 0 * x] * 2), norm(x), rtol=1e-5)


def test_only_a_norm_after_the_branch_hides_how_loud_it_is():
    x, (f, g) = problem()
    loud = [lambda x: 100 * f(x), lambda x: 100 * g(x)]
    for place in (output_norm, sandwich_norm):
        np.testing.assert_allclose(place(x, loud), place(x, [f, g]), rtol=1e-2, atol=1e-3)
    for place in (pre_norm, post_norm):
        assert np.abs(place(x, loud) - place(x, [f, g])).max() > 0.1


def test_for_a_branch_that_scales_with_its_input_the_norm_before_it_is_idle():
    x, (f, _) = problem()
    relu = [f, lambda x: np.maximum(f(x), 0)]
    np.testing.assert_allclose(output_norm(x, relu), sandwich_norm(x, relu), rtol=1e-4, atol=1e-5)
    curved = [lambda x: np.tanh(f(x))]
    assert np.abs(output_norm(9 * x, curved) - sandwich_norm(9 * x, curved)).max() > 0.02


def test_normalized_queries_and_keys_bound_the_scores():
    rng = np.random.default_rng(0)
    q, k = 50 * rng.standard_normal((N, T, D)), 50 * rng.standard_normal((N, 4, D))
    scores = qk_norm_scores(q, k)
    assert scores.shape == (N, T, 4) and np.abs(scores).max() <= np.sqrt(D)
    np.testing.assert_allclose(scores, norm(q) @ norm(k).transpose(0, 2, 1) / np.sqrt(D), rtol=1e-9)
    np.testing.assert_allclose(qk_norm_scores(1000 * q, k), scores, rtol=1e-6)
    assert abs(qk_norm_scores(np.ones((1, 64)), np.ones((1, 64))).item() - 8) < 1e-4


def test_float32_stays_float32_and_nothing_is_modified():
    x, _ = problem()
    small = x.astype(np.float32)
    before = small.copy()
    for place in PLACES:
        assert place(small, [np.tanh]).dtype == np.float32
    assert qk_norm_scores(small, small).dtype == np.float32
    np.testing.assert_array_equal(small, before)
