"""What the contrastive losses promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.activations_and_losses.contrastive_loss import (
    clip_loss,
    gaussian_scores,
    info_nce,
    information_bound,
    mine_triplets,
    triplet_margin_loss,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def rows(seed, count, shape=(5, 3)):
    return np.random.default_rng(seed).standard_normal((count, *shape))


def check_gradients(function, inputs, grads, atol=1e-7):
    for which, grad in enumerate(grads):
        for index in np.ndindex(inputs[which].shape):
            values = []
            for step in (1e-6, -1e-6):
                moved = [value.copy() for value in inputs]
                moved[which][index] += step
                values.append(function(*moved))
            assert abs(grad[index] - (values[0] - values[1]) / 2e-6) < atol, (which, index)


def test_one_triplet_by_hand():
    a, p, n = np.array([[0.0, 0.0]]), np.array([[0.6, 0.8]]), np.array([[1.2, 0.0]])
    loss, grad_a, grad_p, grad_n = triplet_margin_loss(a, p, n, 0.5)
    np.testing.assert_allclose(loss, 1.0 - 1.2 + 0.5, atol=1e-5)
    np.testing.assert_allclose(grad_p, [[0.6, 0.8]], atol=1e-5)
    np.testing.assert_allclose(grad_n, [[-1.0, 0.0]], atol=1e-5)
    np.testing.assert_allclose(grad_a, -grad_p - grad_n, atol=1e-12)


def test_the_margin_is_one_and_the_temperature_a_tenth_if_nothing_is_said():
    a, p, n = rows(6, 3)
    assert triplet_margin_loss(a, p, n)[0] == triplet_margin_loss(a, p, n, 1.0, 1e-6)[0] > 0
    assert info_nce(a, p)[0] == info_nce(a, p, 0.1)[0]
    assert clip_loss(a, p)[0] == clip_loss(a, p, 1 / 0.07)[0]


def test_the_best_critic_has_pairs_of_ten_coordinates_if_nothing_is_said():
    default, ten = (gaussian_scores(4, 2.0, np.random.default_rng(0), *more) for more in ((), (10,)))
    np.testing.assert_array_equal(default, ten)


def test_small_whole_numbers_do_not_wrap():
    a, p, n = (np.array([value], np.uint8) for value in ([0, 9], [255, 0], [4, 250]))
    real = triplet_margin_loss(*(v.astype(np.float64) for v in (a, p, n)))
    whole = triplet_margin_loss(a, p, n)
    for found, expected in zip(whole, real, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    line, labels = np.array([[0], [9], [250], [60]], np.uint8), np.array([0, 0, 1, 1])
    np.testing.assert_array_equal(mine_triplets(line, labels, 1.0, "hard"),
                                  mine_triplets(line.astype(np.float64), labels, 1.0, "hard"))


def test_a_satisfied_triplet_teaches_nothing():
    a = np.zeros((1, 2))
    loss, *grads = triplet_margin_loss(a, a + 0.1, a + 5.0, 1.0)
    assert loss == 0 and not any(grad.any() for grad in grads)
    near, far = np.array([[1.0, 0.0]]), np.array([[2.0, 0.0]])
    _, *grads = triplet_margin_loss(a, near, far, 1.0, 0.0)  # by exactly the margin
    assert not any(grad.any() for grad in grads)


def test_triplet_gradients_match_central_differences():
    a, p, n = rows(0, 3)
    _, *grads = triplet_margin_loss(a, p, n, 2.0)
    check_gradients(lambda *x: triplet_margin_loss(*x, 2.0)[0], [a, p, n], grads)


def test_a_collapsed_embedding_costs_the_margin():
    same = np.zeros((5, 3))
    loss, *grads = triplet_margin_loss(same, same, same, 0.7)
    np.testing.assert_allclose(loss, 0.7, rtol=1e-12)
    np.testing.assert_allclose(grads[0], 0, atol=1e-12)  # anchors are pulled and pushed alike


def test_mining_takes_the_nearest_or_the_nearest_beyond_the_positive():
    line = np.array([[0.0], [1.0], [0.5], [1.3], [9.0]])
    labels = np.array([0, 0, 1, 1, 2])
    hard = mine_triplets(line, labels, 1.0, "hard")
    assert hard[0].tolist() == [0, 1, 2] and len(hard) == 4
    semi = mine_triplets(line, labels, 1.0, "semi-hard")
    assert semi[0].tolist() == [0, 1, 3]  # 0.5 is nearer than the positive, 9 beyond the margin
    none = mine_triplets(line[[0, 1, 4]], labels[[0, 1, 4]], 1.0)
    assert none.shape == (0, 3) and none.dtype.kind == "i"  # still indices
    friend = np.array([[0.0], [1.0], [1.3], [1.5]])  # 1.3 would do, but is of the anchor's class
    assert mine_triplets(friend, np.array([0, 0, 0, 1]), 1.0)[0].tolist() == [0, 1, 3]
    ties = np.array([[0.0], [1.0], [2.0]])  # as far as the positive, and farther by exactly the margin
    assert mine_triplets(ties, np.array([0, 0, 1]), 1.0).shape == (0, 3)


def test_mining_finds_what_a_search_over_all_triplets_finds():
    grid = np.random.default_rng(7).integers(0, 4, (12, 3)).astype(np.float64)  # whole numbers: many ties
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3])
    d = np.array([[np.linalg.norm(one - other) for other in grid] for one in grid])
    for kind, margin in (("hard", 1.0), ("semi-hard", 1.0), ("semi-hard", 0.5)):
        expected = {}
        for a, p, n in np.ndindex(12, 12, 12):
            fits = kind == "hard" or d[a, p] < d[a, n] < d[a, p] + margin
            if a != p and labels[a] == labels[p] != labels[n] and fits:
                expected[a, p] = min(expected.get((a, p), np.inf), d[a, n])
        mined = mine_triplets(grid, labels, margin, kind)
        assert {(a, p) for a, p, _ in mined.tolist()} == set(expected)
        assert all(d[a, n] == expected[a, p] and labels[a] != labels[n] for a, p, n in mined.tolist())


def test_info_nce_is_cross_entropy_with_the_partner_as_the_class():
    q, k = rows(1, 2)
    logits = q @ k.T / 0.5
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(info_nce(q, k, 0.5)[0], -np.log(np.diagonal(probs)).mean(), rtol=1e-12)


def test_info_nce_gradients_match_central_differences():
    q, k = rows(2, 2)
    _, *grads = info_nce(q, k, 0.3)
    check_gradients(lambda *x: info_nce(*x, 0.3)[0], [q, k], grads)


def test_without_information_the_loss_is_the_logarithm_of_the_batch():
    for size in (1, 4, 7):
        same = np.ones((size, 3))
        np.testing.assert_allclose(info_nce(same, same)[0], np.log(size), atol=1e-12)


def test_a_low_temperature_leaves_only_the_hardest_negative():
    similarity = np.array([[0.9, 0.7, 0.1, 0.0]])  # of query 0 with four keys, the first its own
    queries = np.vstack([np.ones((1, 1)), np.zeros((3, 1))])
    shares = []
    for temperature in (1.0, 0.1, 0.07):
        grad_keys = info_nce(queries, similarity.T, temperature)[2][:, 0] * 4
        shares.append(grad_keys[1] / grad_keys[1:].sum())
    np.testing.assert_allclose(shares, [0.489, 0.997, 1.0], atol=2e-3)


def test_huge_scores_do_not_overflow():
    with np.errstate(over="raise", invalid="raise"):
        loss, grad, _ = info_nce(np.eye(3) * 1e3, np.eye(3), 1e-3)
        np.testing.assert_allclose(information_bound(1e4 * np.eye(3)), np.log(3), rtol=1e-12)
    assert loss == 0 and not grad.any()


def test_a_row_of_scores_far_below_the_others_counts_as_much():
    queries, keys = np.array([[1e3], [-1e3]]), np.ones((2, 1))
    np.testing.assert_allclose(info_nce(queries, keys, 1.0)[0], np.log(2), rtol=1e-12)
    np.testing.assert_allclose(information_bound(queries @ keys.T), 0, atol=1e-12)


def test_clip_gradients_match_central_differences():
    image, text = rows(3, 2)
    _, grad_image, grad_text, grad_scale = clip_loss(image, text, 5.0)
    check_gradients(lambda *x: clip_loss(*x, 5.0)[0], [image, text], [grad_image, grad_text])
    numeric = (clip_loss(image, text, 5.0 + 1e-5)[0] - clip_loss(image, text, 5.0 - 1e-5)[0]) / 2e-5
    assert abs(grad_scale - numeric) < 1e-8


def test_clip_does_not_see_lengths_and_is_symmetric():
    image, text = rows(4, 2)
    loss = clip_loss(image, text)[0]
    np.testing.assert_allclose(clip_loss(3 * image, 0.2 * text)[0], loss, rtol=1e-12)
    np.testing.assert_allclose(clip_loss(text, image)[0], loss, rtol=1e-12)


def test_the_bound_stays_below_ln_n_and_near_the_information():
    rng = np.random.default_rng(0)
    large = [information_bound(gaussian_scores(64, 10.0, rng)) for _ in range(7)]
    assert max(large) <= np.log(64) and np.mean(large) > np.log(64) - 0.1
    small = [information_bound(gaussian_scores(256, 2.0, rng)) for _ in range(10)]
    # Log ratios of pairs scatter by sqrt(D) r = 1.8, over 2,560 pairs by 0.036.
    assert 1.93 - 5 * 0.036 < np.mean(small) < 2.0 + 5 * 0.036


def test_the_critic_s_mean_on_pairs_is_the_information():
    scores = gaussian_scores(1000, 3.0, np.random.default_rng(1))
    pairs = np.diagonal(scores)
    assert abs(pairs.mean() - 3.0) < 5 * pairs.std() / np.sqrt(1000)
    assert abs(np.exp(scores[0, 1:]).mean() - 1) < 1.5  # a density ratio has mean 1 off the pairs


def test_float32_stays_float32_and_wrong_input_is_named():
    q, k = rows(5, 2).astype(np.float32)
    for grad in (*info_nce(q, k)[1:], *clip_loss(q, k)[1:3], *triplet_margin_loss(q, k, k[::-1])[1:]):
        assert grad.dtype == np.float32
    assert raises(info_nce, q, k[:4]) == "keys must be (5, 3), got (4, 3)"
    assert "temperature" in raises(info_nce, q, k, 0.0)
    assert "negative" in raises(triplet_margin_loss, q, k, k[:1])
    assert "anchor" in raises(triplet_margin_loss, q[:0], k[:0], k[:0])
    assert raises(information_bound, np.zeros((2, 3))) == "scores must be (N, N), got (2, 3)"
    assert raises(mine_triplets, q, np.zeros(5), 1.0, "easy") == "kind must be hard or semi-hard, got easy"
