"""The two objectives: masked language modeling (BERT) and next-token prediction (GPT).

Devlin and others 2018, https://arxiv.org/abs/1810.04805; Brown and others 2020,
https://arxiv.org/abs/2005.14165.
"""

import numpy as np

IGNORE = -100  # PyTorch's ignore_index: positions with this label have no loss


# --8<-- [start:mask]
def mask_tokens(ids: np.ndarray, mask_id: int, vocab_size: int,
                rng: np.random.Generator, rate: float = 0.15,
                special: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """BERT's corruption: of chosen positions 80% [MASK], 10% random, 10% unchanged.

    Args:
        ids: Tokens (..., T), integers.
        mask_id: Id of [MASK].
        vocab_size: Random ids are below this.
        rng: Source of randomness.
        rate: Probability with which a position is chosen.
        special: True or 1, same shape: positions never chosen ([CLS], padding).

    Returns:
        inputs and labels, int64; a label is the original id where a position was
        chosen and ``IGNORE`` elsewhere.

    Raises:
        ValueError: If ``rate`` is not in [0, 1].
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate must be in [0, 1], got {rate}")
    ids = np.asarray(ids, dtype=np.int64)  # IGNORE would wrap around in uint8
    chosen = rng.random(ids.shape) < rate
    if special is not None:
        chosen &= ~np.asarray(special, dtype=bool)  # tokenizers give 0 and 1
    dice = rng.random(ids.shape)
    inputs = np.where(chosen & (dice < 0.8), mask_id, ids)
    swap = chosen & (dice >= 0.8) & (dice < 0.9)
    other = rng.integers(0, vocab_size, ids.shape, dtype=np.int64)
    return np.where(swap, other, inputs), np.where(chosen, ids, IGNORE)
# --8<-- [end:mask]


# --8<-- [start:losses]
def mlm_loss(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy over the positions that have a label, and its gradient.

    Args:
        logits: (..., T, V).
        labels: (..., T), ``IGNORE`` where there is no loss.

    Returns:
        Loss in nats, and the gradient by ``logits``, 0 where there is no loss.

    Raises:
        ValueError: If shapes do not fit, no position has a label, or a label is
            neither ``IGNORE`` nor a token.
    """
    if logits.shape[:-1] != labels.shape:
        raise ValueError(f"labels must be {logits.shape[:-1]}, got {labels.shape}")
    counted = labels != IGNORE
    if not counted.any():
        raise ValueError(f"labels must not all be {IGNORE}")
    index = np.where(counted, labels, 0)[..., None]
    wrong = (index < 0) | (index >= logits.shape[-1])
    if wrong.any():  # -1 would silently be the last token
        raise ValueError(f"labels must be tokens or {IGNORE}, got "
                         f"{index[wrong][0]}")
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_probs, index, axis=-1)[..., 0]  # (..., T)
    grad = np.exp(log_probs) - (np.arange(logits.shape[-1]) == index)
    grad = grad * counted[..., None] / int(counted.sum())
    return float(-picked[counted].mean()), grad


def causal_lm_loss(logits: np.ndarray, ids: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of each next token, and its gradient by ``logits``.

    Args:
        logits: (..., T, V); position t predicts token t + 1, the last one nothing.
        ids: Tokens (..., T).
    """
    ids = np.asarray(ids, dtype=np.int64)
    labels = np.full(ids.shape, IGNORE, dtype=np.int64)
    labels[..., :-1] = ids[..., 1:]
    return mlm_loss(logits, labels)


def attention_mask(steps: int, causal: bool) -> np.ndarray:
    """Boolean (T, T): may position t (row) see position s (column)?"""
    every = np.ones((steps, steps), dtype=bool)
    return np.tril(every) if causal else every
# --8<-- [end:losses]


# --8<-- [start:entropy]
def entropies(transition: np.ndarray) -> tuple[float, float]:
    """What a perfect model still pays per token of a Markov chain, in bits.

    Args:
        transition: (K, K), rows sum to 1; state k is reached from every state.

    Returns:
        The entropy of a token given all tokens before it, and given all others.
    """
    values, vectors = np.linalg.eig(transition.T)
    start = np.real(vectors[:, np.argmax(np.real(values))])
    start = start / start.sum()  # (K,), how often each state occurs

    def bits(joint: np.ndarray, axis: int) -> float:
        """Entropy of one axis of a joint distribution given the other axes."""
        given = joint.sum(axis=axis, keepdims=True)
        ratio = np.where(joint > 0, joint / np.where(given > 0, given, 1), 1)
        return float((joint * np.log2(1 / ratio)).sum())

    pair = start[:, None] * transition  # (before, token)
    triple = pair[:, :, None] * transition[None]  # (before, token, after)
    return bits(pair, 1), bits(triple, 1)
# --8<-- [end:entropy]


if __name__ == "__main__":
    chain = np.array([[0.9, 0.1], [0.1, 0.9]])
    past, both = entropies(chain)
    print(f"given the past {past:.3f} bits, given both sides {both:.3f}")
    print(f"perplexity {2**past:.2f} and {2**both:.2f}")
    chosen, steps, vocab = 0.15, 512, 30_522
    print(f"positions with loss, of {steps}: {chosen * steps:.1f} and {steps - 1},"
          f" ratio {(steps - 1) / (chosen * steps):.2f}")
    print("masked, random, kept:", [round(part * chosen * steps, 1) for part in (0.8, 0.1, 0.1)])
    right = (0.1 + 0.1 / vocab) / 0.2
    print(f"a visible token at a chosen position is right with {right:.4f}")
    pairs = np.array([[0.5, 0.0], [0.0, 0.5]])  # San Francisco, New York
    product = pairs.sum(1)[:, None] * pairs.sum(0)
    print(f"mass on pairs that do not exist: {product[pairs == 0].sum():.2f}")
    print(f"8 billion weights over 149 million: {8e9 / 149e6:.0f}")
