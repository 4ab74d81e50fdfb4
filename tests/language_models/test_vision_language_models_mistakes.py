"""How each mistake fails."""

import numpy as np

from snippets.language_models.vision_language_models import (
    embeddings,
    merge_patches,
    normalize,
    paired_scores,
)
from snippets.language_models.vision_language_models_mistakes import encode_words, merge_four, search


def test_in_one_ranking_unrelated_texts_come_before_the_right_images():
    image, labels, prompts = embeddings(np.random.default_rng(0), 50, 1.5)
    images, texts = normalize(image), normalize(prompts)
    order = search(texts[3, 0], images, np.delete(texts[:, 1], 3, axis=0))
    assert (order[:18] >= len(images)).all()  # 18 of 19 texts of other classes come first
    alone = np.argsort(-images @ texts[3, 0])
    assert (labels[alone[:10]] == 3).mean() >= 0.8


def test_four_in_reading_order_are_a_strip():
    x = np.arange(16.0).reshape(1, 16, 1)
    assert merge_four(x)[0, 0].tolist() == [0, 1, 2, 3]
    assert merge_patches(x, 4, 4, 2)[0, 0].tolist() == [0, 1, 4, 5]


def test_a_sum_of_words_cannot_tell_who_bit_whom():
    rng = np.random.default_rng(0)
    vectors = {word: rng.standard_normal(8) for word in ("dog", "bites", "man")}
    captions = np.stack([encode_words(one, vectors) for one in ("dog bites man", "man bites dog")])
    images = rng.standard_normal((2, 8))
    np.testing.assert_allclose(captions[0], captions[1])
    s = np.repeat((captions[:1] @ images.T)[None], 2, axis=1)
    assert paired_scores(s) == (0.0, 0.0, 0.0)
