"""Each wrong version fails where the page says, and the right one does not."""

import math

import numpy as np
import torch

from snippets.language_models.language_model_mistakes import better, unshifted_loss
from snippets.language_models.language_model_torch import next_token_loss, small_model, windows


def test_an_unshifted_loss_falls_below_the_entropy():
    generator, model = torch.Generator().manual_seed(0), small_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(25):
        loss = unshifted_loss(model, windows(8, 4, generator))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    floor = 10 / 12 * math.log(2)
    assert loss.item() < 0.5 < floor  # too good to be true
    with torch.no_grad():  # and useless: it predicts the token again
        assert next_token_loss(model, windows(8, 4, generator)).item() > math.log(14)


def test_finer_tokens_win_a_comparison_per_token_and_lose_the_text():
    # One text of 12 bytes: 3 tokens of 4 bits each, or 6 tokens of 3 bits each.
    coarse, fine = np.full(3, 4.0), np.full(6, 3.0)
    assert better(coarse, fine) == "b"
    assert coarse.sum() < fine.sum()
