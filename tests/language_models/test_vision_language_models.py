"""What the code for images and texts promises. NumPy and plain asserts only."""

import itertools

import numpy as np

from snippets.language_models.vision_language_models import (
    embeddings,
    image_tokens,
    merge_patches,
    normalize,
    paired_scores,
    resample,
    siglip_loss,
    zero_shot_probs,
    zero_shot_weights,
)

N, K, P, D = 5, 4, 3, 7


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def some(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def test_normalized_rows_have_length_one_and_keep_their_direction():
    x = some((2, 3, D))
    unit = normalize(x)
    np.testing.assert_allclose(np.linalg.norm(unit, axis=-1), 1, rtol=1e-12)
    np.testing.assert_allclose(unit * np.linalg.norm(x, axis=-1, keepdims=True), x, rtol=1e-12)


def test_every_prompt_counts_alike_however_long_its_vector():
    prompts = some((K, P, D))
    weights = zero_shot_weights(prompts)
    assert weights.shape == (K, D)
    np.testing.assert_allclose(np.linalg.norm(weights, axis=1), 1, rtol=1e-12)
    for k in range(K):
        mean = sum(prompts[k, p] / np.linalg.norm(prompts[k, p]) for p in range(P))
        np.testing.assert_allclose(weights[k], mean / np.linalg.norm(mean), rtol=1e-12)
    stretched = prompts * np.array([1.0, 50.0, 0.1])[:, None]
    np.testing.assert_allclose(zero_shot_weights(stretched), weights, rtol=1e-12)


def test_probabilities_are_a_softmax_of_scaled_cosines():
    image, weights = some((N, D)), normalize(some((K, D), 1))
    probs = zero_shot_probs(image, weights, 20.0)
    for i in range(N):
        e = np.exp(20 * weights @ image[i] / np.linalg.norm(image[i]))
        np.testing.assert_allclose(probs[i], e / e.sum(), rtol=1e-10)
    np.testing.assert_allclose(zero_shot_probs(9 * image, weights, 20.0), probs, rtol=1e-10)
    assert np.isfinite(zero_shot_probs(image, weights, 1e5)).all()
    e = np.exp(100 * normalize(image) @ weights.T)
    np.testing.assert_allclose(zero_shot_probs(image, weights), e / e.sum(1, keepdims=True), rtol=1e-9)


def test_the_temperature_changes_confidence_and_no_decision():
    image, weights = some((50, D)), normalize(some((K, D), 1))
    cold, warm = (zero_shot_probs(image, weights, scale) for scale in (100.0, 1.0))
    np.testing.assert_array_equal(cold.argmax(1), warm.argmax(1))
    assert cold.max(1).mean() > warm.max(1).mean() + 0.3


def test_siglip_s_loss_is_a_sum_over_pairs_divided_by_the_batch():
    image, text = some((N, D)), some((N, D), 1)
    total = 0.0
    for i in range(N):
        for j in range(N):
            cosine = image[i] @ text[j] / np.linalg.norm(image[i]) / np.linalg.norm(text[j])
            z = 3.0 * cosine - 2.0
            total += np.log1p(np.exp(-z if i == j else z))
    assert abs(siglip_loss(image, text, 3.0, -2.0)[0] - total / N) < 1e-12
    assert abs(siglip_loss(image, text)[0] - siglip_loss(image, text, 10.0, -10.0)[0]) < 1e-12


def test_every_gradient_of_siglip_equals_a_central_difference():
    p = {"image": some((3, 4)), "text": some((3, 4), 1), "scale": np.array(3.0), "bias": np.array(-2.0)}

    def loss():
        return siglip_loss(p["image"], p["text"], float(p["scale"]), float(p["bias"]))

    for grad, array in zip(loss()[1:], p.values(), strict=True):
        for index in np.ndindex(array.shape):
            old, values = float(array[index]), []
            for sign in (1, -1):
                array[index] = old + sign * 1e-5
                values.append(loss()[0])
            array[index] = old
            assert abs(np.asarray(grad)[index] - (values[0] - values[1]) / 2e-5) < 1e-8


def test_siglip_stands_huge_logits_and_keeps_float32():
    image, text = some((N, D)), some((N, D), 1)
    loss, grad_image, grad_text, _, _ = siglip_loss(image, text, 1e4, 0.0)
    assert np.isfinite(loss) and np.isfinite(grad_image).all() and np.isfinite(grad_text).all()
    small = siglip_loss(image.astype(np.float32), text.astype(np.float32))
    assert small[1].dtype == small[2].dtype == np.float32
    np.testing.assert_allclose(small[1], siglip_loss(image, text)[1], atol=1e-4)


def test_tokens_cover_the_image():
    assert image_tokens(224, 224, 14) == 256 and image_tokens(336, 336, 14) == 576
    assert image_tokens(30, 50, 7) == 5 * 8
    assert image_tokens(30, 50, 7, 2) == 3 * 4
    assert image_tokens(1, 1, 16, 2) == 1


def test_merging_puts_two_by_two_blocks_into_one_token():
    rows, cols, c = 4, 6, 3
    x = some((2, rows * cols, c))
    merged = merge_patches(x, rows, cols, 2)
    assert merged.shape == (2, 6, 12)
    grid = x.reshape(2, rows, cols, c)
    for r in range(2):
        for s in range(3):
            block = grid[:, 2 * r : 2 * r + 2, 2 * s : 2 * s + 2].reshape(2, 12)
            np.testing.assert_array_equal(merged[:, 3 * r + s], block)
    np.testing.assert_array_equal(merge_patches(x, rows, cols, 1), x)


def test_a_resampler_s_output_does_not_grow_with_the_image():
    queries, weight_k, weight_v = some((6, 4)), some((4, D), 1), some((3, D), 2)
    for tokens in (1, 9, 25):
        x = some((2, tokens, D), 3)
        out = resample(x, queries, weight_k, weight_v)
        assert out.shape == (2, 6, 3)
        for i, q in itertools.product(range(2), range(6)):
            e = np.exp(x[i] @ weight_k.T @ queries[q] / 2.0)
            np.testing.assert_allclose(out[i, q], e / e.sum() @ (x[i] @ weight_v.T), rtol=1e-9, atol=1e-12)
    shuffled = resample(x[:, ::-1], queries, weight_k, weight_v)  # and without positions no order
    np.testing.assert_allclose(shuffled, out, rtol=1e-9, atol=1e-12)


def test_paired_scores_over_all_orders_are_a_quarter_a_quarter_and_a_sixth():
    every = np.array(list(itertools.permutations(range(4))), np.float64).reshape(24, 2, 2)
    np.testing.assert_allclose(paired_scores(every), [1 / 4, 1 / 4, 1 / 6], rtol=1e-12)
    assert paired_scores(np.ones((3, 2, 2))) == (0.0, 0.0, 0.0)
    # Rows are captions: here each image has its caption, but caption 0 prefers image 1.
    assert paired_scores(np.array([[[2.0, 3.0], [1.0, 4.0]]])) == (1.0, 0.0, 0.0)


def test_a_single_tie_is_already_wrong():
    for ties, right in (([[1, 0], [1, 2]], (0, 1, 0)), ([[2, 1], [0, 1]], (0, 1, 0)),
                        ([[1, 1], [0, 2]], (1, 0, 0)), ([[2, 0], [1, 1]], (1, 0, 0))):
        assert paired_scores(np.array([ties], np.float64)) == right


def test_a_resampler_stands_huge_scores_that_differ_by_query():
    x = np.array([[[1.0, 0.0], [0.0, 1.0]]])
    out = resample(x, np.array([[3e4, 0.0], [0.0, -3e4]]), np.eye(2), np.eye(2))
    np.testing.assert_allclose(out, [[[1, 0], [1, 0]]], atol=1e-12)


def test_nothing_that_goes_in_is_modified():
    arrays = [some((N, D)), some((N, D), 1), some((K, P, D), 2)]
    before = [array.copy() for array in arrays]
    siglip_loss(*arrays[:2])
    zero_shot_probs(arrays[0], zero_shot_weights(arrays[2]))
    for array, old in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, old)


def test_bad_input_is_named():
    assert "got (3, 0, 2)" in raises(zero_shot_weights, np.zeros((3, 0, 2)))
    assert "got (3, 2)" in raises(zero_shot_weights, np.zeros((3, 2)))
    assert "(2, 3)" in raises(siglip_loss, np.ones((2, 3)), np.ones((3, 3)))
    assert "not empty" in raises(siglip_loss, np.ones((0, 3)), np.ones((0, 3)))
    assert "(0, 5, 7, 1)" in raises(image_tokens, 0, 5, 7)
    assert raises(merge_patches, np.ones((1, 12, 2)), 3, 4, 2) == "12 patches are not 3 x 4 in blocks of 2"
    assert "11 patches" in raises(merge_patches, np.ones((1, 11, 2)), 3, 4, 1)


def test_scores_without_examples_and_merges_of_nothing_are_refused():
    assert "(0, 2, 2)" in raises(paired_scores, np.zeros((0, 2, 2)))
    assert "(2, 2)" in raises(paired_scores, np.zeros((2, 2)))
    for sizes in ((0, 2, 1, 1), (2, 0, 1, 1), (2, 2, 0, 1), (2, 2, 1, 0)):
        assert str(sizes) in raises(image_tokens, *sizes)
    assert "blocks of 0" in raises(merge_patches, np.zeros((1, 16, 3)), 4, 4, 0)


def test_the_synthetic_set_has_its_shapes_and_its_gap():
    image, labels, prompts = embeddings(np.random.default_rng(1), 3, 2.0, classes=K, prompts=P, dim=400)
    assert image.shape == (12, 400) and prompts.shape == (K, P, 400)
    assert labels.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    # Offsets of length 2 in random directions: 2.8 apart, the rest nearly averages out.
    assert 2.4 < np.linalg.norm(image.mean(0) - prompts.mean((0, 1))) < 3.3
    image, labels, prompts = embeddings(np.random.default_rng(1), 30, 0.0, dim=400)
    guess = zero_shot_probs(image, zero_shot_weights(prompts)).argmax(1)
    assert (guess == labels).mean() > 0.99


def test_the_page_s_numbers():
    found = {}
    for gap in (0.0, 1.5):
        image, labels, prompts = embeddings(np.random.default_rng(0), 50, gap)
        guesses = [zero_shot_probs(image, zero_shot_weights(prompts[:, :p])).argmax(1) for p in (1, 8)]
        found[gap] = [round(100 * float((guess == labels).mean()), 1) for guess in guesses]
    assert found == {0.0: [96.5, 100.0], 1.5: [85.4, 98.7]}
    weights = zero_shot_weights(prompts)
    sure = [zero_shot_probs(image, weights, scale).max(1).mean() for scale in (1.0, 10.0, 100.0)]
    assert [round(float(one), 2) for one in sure] == [0.06, 0.38, 0.99]
    unit, texts = normalize(image), normalize(prompts)
    assert round(float((unit @ texts[:, 0].T)[np.arange(1000), labels].mean()), 2) == 0.19
    assert round(float((unit @ unit.T)[np.triu_indices(1000, 1)].mean()), 2) == 0.48
    assert round(float(np.linalg.norm(unit.mean(0) - texts[:, 0].mean(0))), 2) == 1.03
    centered = zero_shot_weights(texts - texts.mean(axis=(0, 1)))
    guess = zero_shot_probs(unit - unit.mean(axis=0), centered).argmax(1)
    assert (guess == labels).all()
    query = texts[:, 0]
    best = np.stack([(query @ unit.T)[k, labels == k].max() for k in range(20)])
    assert ((query @ texts[:, 1].T - 2 * np.eye(20)).max(axis=1) > best).all()
    bias = [np.logaddexp(0, -b) + 32_767 * np.logaddexp(0, b) for b in (0.0, -10.0)]
    assert [round(float(one), 1) for one in bias] == [22713.0, 11.5]
    assert (image_tokens(1024, 1024, 16, 2), image_tokens(1080, 1920, 16, 2), 5 * 576) == (1024, 2040, 2880)
    assert round(2040 * 131_072 / 1e6) == 267
