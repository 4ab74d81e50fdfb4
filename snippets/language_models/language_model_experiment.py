"""N-grams and a small transformer on sentences of known entropy, on one batch and on a short text.

Writes language_model_experiment.json.
"""

import json
import math
import platform
import sys
import time
from pathlib import Path

import numpy as np
import torch

from snippets.language_models.language_model import count_ngrams, ngram_probability
from snippets.language_models.language_model_torch import (
    PASSAGE,
    WORDS,
    continue_text,
    next_token_loss,
    sentences,
    small_model,
    train,
    train_on_text,
    windows,
)

FLOOR = 10 / 12 * math.log(2)  # nats per token


def ngram_loss(order: int, train_tokens: np.ndarray, test_tokens: np.ndarray) -> float:
    """Mean loss of the discounted n-gram model on the test tokens, in nats."""
    counts = count_ngrams(train_tokens, order)
    tokens = [int(token) for token in test_tokens]
    known: dict[tuple, float] = {}
    losses = []
    for t in range(order - 1, len(tokens)):
        key = tuple(tokens[t - order + 1:t + 1])
        if key not in known:
            known[key] = -math.log(ngram_probability(counts, key[:-1], key[-1], len(WORDS)))
        losses.append(known[key])
    return sum(losses) / len(losses)


def memorize(seeds: int = 3, steps: int = 400) -> dict:
    """Nine tenths of the passage to train, the rest never seen: nats per character."""
    cut = 9 * len(PASSAGE) // 10
    seen, rest = PASSAGE[:cut], PASSAGE[cut:]
    first, last, new, copied, seconds = [], [], [], [], []
    for seed in range(seeds):
        start = time.process_time()
        model, alphabet, losses = train_on_text(seen, steps, seed=seed)
        seconds.append(round(time.process_time() - start, 1))
        tokens = torch.tensor([alphabet.index(character) for character in rest])
        with torch.no_grad():
            loss = next_token_loss(model, tokens.unfold(0, model.context + 1, 1))
        out = continue_text(model, alphabet, seen[:24], len(seen) - 24)
        same = [ours == right for ours, right in zip(out, seen, strict=True)]
        copied.append([*same, False].index(False))  # characters before the first wrong one
        first.append(round(losses[0], 4))
        last.append(round(sum(losses[-10:]) / 10, 4))
        new.append(round(loss.item(), 4))
    return {"characters": len(seen), "alphabet": len(set(seen)), "steps": steps, "first": first,
            "last": last, "new": new, "copied": copied, "seconds": seconds}


def run(steps: int = 400, seeds: int = 5, orders=(1, 2, 3, 4, 9, 10)) -> dict:
    """Losses in nats per token on new sentences; one core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    start = time.process_time()
    # As many tokens as the transformer sees: 32 windows of 48 for each step.
    generator = torch.Generator().manual_seed(1)
    text, test = sentences(4 * 32 * steps, generator).numpy(), sentences(2000, generator).numpy()
    ngrams = {str(order): round(ngram_loss(order, text, test), 4) for order in orders}
    print(ngrams, f"{time.process_time() - start:.0f} s", file=sys.stderr)
    transformer, first, curve = [], [], None
    for seed in range(seeds):
        model = small_model(seed)
        batches = (windows(32, 4, generator) for _ in range(steps))
        losses = train(model, batches)
        print(seed, losses[0], losses[-1], f"{time.process_time() - start:.0f} s", file=sys.stderr)
        first.append(round(losses[0], 4))
        curve = curve or [round(sum(losses[i:i + 10]) / 10, 4) for i in range(0, steps, 10)]
        with torch.no_grad():
            loss = next_token_loss(model, windows(500, 4, torch.Generator().manual_seed(99)))
        transformer.append(round(loss.item(), 4))
    one = windows(4, 4, torch.Generator().manual_seed(5))
    model = small_model()
    overfit = train(model, (one for _ in range(200)))
    batches = (windows(32, 4, generator) for _ in range(steps if seeds else 0))
    fast = train(small_model(), batches, lr=6e-3)[-10:]  # four times the rate
    text_run = memorize(min(seeds, 3))
    print(transformer, overfit[-1], text_run, f"{time.process_time() - start:.0f} s", file=sys.stderr)
    torch.set_num_threads(threads)
    return {"tokens": len(text), "steps": steps, "floor": round(FLOOR, 4), "ngrams": ngrams,
            "transformer": transformer, "first": first, "curve": curve,
            "overfit": [round(loss, 4) for loss in overfit[::10] + overfit[-1:]],
            "four times the rate": [round(loss, 4) for loss in fast], "text": text_run,
            "parameters": sum(p.numel() for p in model.parameters()),
            "python": platform.python_version(), "torch": torch.__version__, "cores": 1,
            "seconds": round(time.process_time() - start, 1)}


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
