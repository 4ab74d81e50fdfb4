"""How each mistake fails."""

import numpy as np

from snippets.language_models.bert_vs_gpt import causal_lm_loss, mask_tokens, mlm_loss
from snippets.language_models.bert_vs_gpt_mistakes import labels_of, loss_everywhere, unshifted_loss


def copier(inputs: np.ndarray, vocab: int) -> np.ndarray:
    """Logits of a model that repeats its input."""
    return 20.0 * (np.arange(vocab) == inputs[..., None])


def test_without_the_shift_a_model_that_copies_its_input_is_perfect():
    ids = np.random.default_rng(0).integers(0, 9, (3, 40))
    assert unshifted_loss(copier(ids, 9), ids)[0] < 1e-6
    assert causal_lm_loss(copier(ids, 9), ids)[0] > 15


def test_counted_everywhere_the_masked_loss_is_mostly_copying():
    ids = np.random.default_rng(1).integers(0, 9, (50, 60))
    inputs, labels = mask_tokens(ids, 9, 9, np.random.default_rng(2))
    everywhere, right = loss_everywhere(copier(inputs, 10), ids)[0], mlm_loss(copier(inputs, 10), labels)[0]
    assert everywhere < 0.2 * right


def test_in_one_byte_the_label_to_ignore_is_a_token():
    ids, chosen = np.array([3, 5, 7], dtype=np.uint8), np.array([True, False, False])
    assert labels_of(ids, chosen).tolist() == [3, 156, 156]
    assert labels_of(ids.astype(np.int64), chosen).tolist() == [3, -100, -100]
