"""What LoRA promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.language_models.lora import (
    best_rank_error,
    count_lora,
    init_lora,
    lora_backward,
    lora_forward,
    merge,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def problem():
    rng = np.random.default_rng(0)
    shapes = {"x": (2, 7, 5), "weight": (3, 5), "lora_A": (2, 5), "lora_B": (3, 2)}
    return {key: rng.standard_normal(shape) for key, shape in shapes.items()}


def test_the_model_starts_unchanged():
    rng = np.random.default_rng(1)
    lora_A, lora_B = init_lora(5, 3, 2, rng)
    assert lora_A.shape == (2, 5) and lora_B.shape == (3, 2)
    assert not lora_B.any() and np.all(lora_A != 0) and np.abs(lora_A).max() <= 5**-0.5
    wide, _ = init_lora(400, 300, 50, rng)  # uniform in +-0.05: deviation 0.05 / sqrt(3)
    assert abs(wide.std() / (0.05 / 3**0.5) - 1) < 0.05
    p = problem()
    np.testing.assert_array_equal(
        lora_forward(p["x"], p["weight"], lora_A, lora_B, 16.0), p["x"] @ p["weight"].T)


def test_one_output_by_hand():
    # A x = 1 - 2 = -1; times alpha / r = 2 and B = (0, 1, 2): (0, -2, -4) on top of (1, 2, 3).
    x, weight = np.array([[1.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    lora_A, lora_B = np.array([[1.0, -1.0]]), np.array([[0.0], [1.0], [2.0]])
    np.testing.assert_array_equal(lora_forward(x, weight, lora_A, lora_B, 2.0), [[1, 0, -1]])
    grad_x, grad_A, grad_B = lora_backward(np.ones((1, 3)), x, weight, lora_A, lora_B, 2.0)
    np.testing.assert_array_equal(grad_x, [[8, -4]])
    np.testing.assert_array_equal(grad_A, [[6, 12]])
    np.testing.assert_array_equal(grad_B, [[-2], [-2], [-2]])


def test_the_scale_is_alpha_over_the_rank():
    p = problem()
    base = p["x"] @ p["weight"].T
    one = lora_forward(**p, alpha=3.0) - base
    np.testing.assert_allclose(lora_forward(**p, alpha=6.0) - base, 2 * one)
    np.testing.assert_allclose(one, 1.5 * p["x"] @ (p["lora_B"] @ p["lora_A"]).T)
    # The same adapter written with twice the rank, padded with zeros, is halved.
    double = {"lora_A": np.vstack([p["lora_A"]] + 2 * [np.zeros((1, 5))]),
              "lora_B": np.hstack([p["lora_B"]] + 2 * [np.zeros((3, 1))])}
    np.testing.assert_allclose(lora_forward(**(p | double), alpha=3.0) - base, one / 2)


def test_gradients_match_central_differences():
    p = problem()
    grad = np.random.default_rng(2).standard_normal((2, 7, 3))
    found = dict(zip(("x", "lora_A", "lora_B"), lora_backward(grad, **p, alpha=3.0), strict=True))
    for key, value in found.items():
        assert value.shape == p[key].shape
        for index in [(0,) * value.ndim, tuple(n - 1 for n in value.shape)]:
            ends = []
            for step in (1e-6, -1e-6):
                moved = {name: one.copy() for name, one in p.items()}
                moved[key][index] += step
                ends.append(np.sum(grad * lora_forward(**moved, alpha=3.0)))
            assert abs((ends[0] - ends[1]) / 2e-6 - value[index]) < 1e-6, key


def test_merged_and_separate_agree_and_the_adapter_comes_out_again():
    p = problem()
    kept = p["weight"].copy()
    merged = merge(p["weight"], p["lora_A"], p["lora_B"], 3.0)
    np.testing.assert_allclose(p["x"] @ merged.T, lora_forward(**p, alpha=3.0), atol=1e-13)
    np.testing.assert_array_equal(p["weight"], kept)
    back = merge(merged, p["lora_A"], p["lora_B"], -3.0)
    np.testing.assert_allclose(back, kept, atol=1e-14)  # a rounding apart, not always equal


def test_the_weight_keeps_its_dtype():
    p = {key: value.astype(np.float32) for key, value in problem().items()}
    assert lora_forward(**p, alpha=3.0).dtype == np.float32
    alpha = 16 * np.sqrt(2)  # a float64 of NumPy's, as the scale alpha / sqrt(r) needs
    assert lora_forward(**p, alpha=alpha).dtype == np.float32
    grads = lora_backward(np.ones((2, 7, 3), np.float32), **p, alpha=alpha)
    assert all(one.dtype == np.float32 for one in grads)
    adapter = problem()["lora_A"], problem()["lora_B"]
    assert merge(p["weight"].astype(np.float16), *adapter, 3.0).dtype == np.float16


def test_the_best_rank_r_error_by_hand():
    # Singular values 3, 2, 1: with one kept, sqrt((4 + 1) / 14) of the norm is left.
    delta = np.zeros((3, 5))
    delta[0, 4], delta[1, 0], delta[2, 2] = 3.0, -2.0, 1.0
    found = [best_rank_error(delta, r) for r in range(4)]
    np.testing.assert_allclose(found, [1, (5 / 14) ** 0.5, (1 / 14) ** 0.5, 0], atol=1e-12)
    assert best_rank_error(np.zeros((3, 5)), 1) == 0
    assert [best_rank_error(np.array([[1.0, 2.0, 2.0]]), r) for r in (0, 1)] == [1, 0]  # one singular value
    for size in (1e-200, 1e200):  # the share does not depend on the scale
        assert abs(best_rank_error(size * delta, 1) - (5 / 14) ** 0.5) < 1e-12
    assert best_rank_error(np.eye(2, dtype=np.float16), 1) == 0.5**0.5
    assert "-1" in raises(best_rank_error, delta, -1)


def test_no_product_of_that_rank_beats_it():
    rng = np.random.default_rng(3)
    delta = rng.standard_normal((7, 5))
    for _ in range(50):  # least squares for a random A: the best B for it
        lora_A = rng.standard_normal((2, 5))
        lora_B = np.linalg.lstsq(lora_A.T, delta.T, rcond=None)[0].T
        error = np.linalg.norm(delta - lora_B @ lora_A) / np.linalg.norm(delta)
        assert error >= best_rank_error(delta, 2)


def test_published_parameter_counts():
    assert count_lora([(12288, 12288)] * 2 * 96, 4) == 18_874_368  # GPT-3, q and v
    block = [(4096, 4096)] * 4 + [(11008, 4096)] * 2 + [(4096, 11008)]
    assert count_lora(block * 32, 8) == 19_988_480  # every matrix of a 7B Llama
    assert count_lora([], 8) == 0


def test_impossible_shapes_are_refused():
    p = problem()
    assert "lora_B" in raises(lora_forward, p["x"], p["weight"], p["lora_A"], p["lora_B"].T, 1.0)
    assert "weight" in raises(lora_forward, p["x"], p["weight"].T, p["lora_A"], p["lora_B"], 1.0)
    # One row of B would be broadcast over all outputs.
    assert "(1, 2)" in raises(merge, p["weight"], p["lora_A"], p["lora_B"][:1], 1.0)
    assert "(2, 1)" in raises(merge, p["weight"], p["lora_A"][:, :1], p["lora_B"], 1.0)
    rng = np.random.default_rng(0)
    for r in (0, 4):
        assert f"1 to 3, got {r}" in raises(init_lora, 5, 3, r, rng)
    for r in (1, 3):
        assert init_lora(5, 3, r, rng)[1].shape == (3, r)


def test_one_row_and_an_empty_batch_have_gradients_of_the_right_shape():
    p = problem()
    for batch in ((), (0,), (0, 7)):
        x, grad = np.ones((*batch, 5)), np.ones((*batch, 3))
        grad_x, grad_A, grad_B = lora_backward(
            grad, x, p["weight"], p["lora_A"], p["lora_B"], 3.0)
        assert grad_x.shape == x.shape and grad_A.shape == (2, 5) and grad_B.shape == (3, 2)
        assert bool(grad_A.any()) == (batch == ())


def test_the_product_moves_by_the_full_gradient_from_both_sides():
    # One small step of SGD on A and B: W + s B A changes by -lr s^2 (G A^T A + B B^T G).
    p, lr, s = problem(), 1e-6, 1.5
    grad = np.random.default_rng(4).standard_normal((2, 7, 3))
    _, grad_A, grad_B = lora_backward(grad, **p, alpha=3.0)
    before, after = (merge(p["weight"], p["lora_A"] - step * grad_A, p["lora_B"] - step * grad_B, 3.0)
                     for step in (0.0, lr))
    full = grad.reshape(-1, 3).T @ p["x"].reshape(-1, 5)
    expected = full @ p["lora_A"].T @ p["lora_A"] + p["lora_B"] @ p["lora_B"].T @ full
    np.testing.assert_allclose((before - after) / lr, s**2 * expected, rtol=1e-3, atol=1e-3)
