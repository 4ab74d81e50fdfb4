"""The wrong loss fails where the page says, and the right one does not."""

import numpy as np

from snippets.transformers.encoder_vs_decoder import mask_tokens
from snippets.transformers.encoder_vs_decoder_mistakes import loss_on_all


def test_a_model_that_only_copies_looks_good_when_all_tokens_count():
    tokens = np.random.default_rng(0).integers(0, 50, 20_000)
    inputs, targets = mask_tokens(tokens, 50, 50, np.random.default_rng(1))
    copy = np.full((len(tokens), 50), 0.01 / 49)  # 0.99 on what is in sight
    seen = inputs < 50
    copy[np.nonzero(seen)[0], inputs[seen]] = 0.99
    copy[~seen] = 1 / 50  # nothing in sight: an even guess
    assert loss_on_all(copy, tokens) < 0.7
    chosen = targets >= 0
    right = -np.log(copy[chosen, tokens[chosen]]).mean()
    assert right > np.log(50)  # worse than guessing: it trusts the random tokens
