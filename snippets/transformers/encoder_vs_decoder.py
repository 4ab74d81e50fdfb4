"""Who may see whom in three kinds of transformer, cross-attention, and masked-token targets.

Encoder and decoder: Vaswani and others 2017, https://arxiv.org/abs/1706.03762. Masked tokens:
Devlin and others 2018, https://arxiv.org/abs/1810.04805.
"""

import numpy as np


# --8<-- [start:masks]
def visible(kind: str, source: int, target: int) -> np.ndarray:
    """Which position (row) may see which (column): source first, then target.

    Args:
        kind: "encoder" (all see all), "decoder" (nothing later), "prefix" (the
            source sees itself whole, the target nothing later) or
            "encoder-decoder" (the same pairs: cross-attention to the source).
        source: S.
        target: T.

    Returns:
        Boolean (S + T, S + T).

    Raises:
        ValueError: If ``kind`` is none of these.
    """
    mask = np.tri(source + target, dtype=bool)
    if kind == "encoder":
        mask[:] = True
    elif kind in ("prefix", "encoder-decoder"):
        mask[:source, :source] = True
    elif kind != "decoder":
        raise ValueError(f"kind must name one of four masks, got {kind!r}")
    return mask
# --8<-- [end:masks]


# --8<-- [start:cross]
def cross_attention(x: np.ndarray, memory: np.ndarray, w_query: np.ndarray,
                    w_key: np.ndarray, w_value: np.ndarray) -> np.ndarray:
    """One head: queries from the decoder, keys and values from the encoder.

    Args:
        x: Decoder states (N, T, D).
        memory: Encoder output (N, S, C); nothing in it is hidden.
        w_query: (D, K).
        w_key: (C, K).
        w_value: (C, V).

    Returns:
        (N, T, V).
    """
    query, key, value = x @ w_query, memory @ w_key, memory @ w_value
    scores = query @ key.swapaxes(1, 2) / w_query.shape[1] ** 0.5  # (N, T, S)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True) @ value
# --8<-- [end:cross]


# --8<-- [start:mask]
def mask_tokens(tokens: np.ndarray, mask_id: int, vocab_size: int,
                rng: np.random.Generator, rate: float = 0.15) -> tuple:
    """Inputs and targets for masked language modeling.

    Of the chosen tokens 80 % become ``mask_id``, 10 % a random token, 10 % stay.

    Args:
        tokens: Integers of any shape.
        mask_id: The mask token.
        vocab_size: Random tokens come from 0..vocab_size - 1.
        rng: Source of randomness.
        rate: Share of tokens to be predicted.

    Returns:
        inputs, and targets that are -100 wherever nothing is to be predicted.
    """
    tokens = tokens.astype(np.int64)  # 8 bits would have no room for -100
    chosen = rng.random(tokens.shape) < rate
    kind = rng.random(tokens.shape)
    other = rng.integers(0, vocab_size, tokens.shape)
    inputs = np.where(chosen & (kind < 0.8), mask_id, tokens)
    inputs = np.where(chosen & (kind >= 0.8) & (kind < 0.9), other, inputs)
    return inputs, np.where(chosen, tokens, -100)
# --8<-- [end:mask]


if __name__ == "__main__":
    for source, target in ((1000, 100), (100, 1000), (512, 512)):
        counts = {kind: int(visible(kind, source, target).sum())
                  for kind in ("encoder", "decoder", "prefix")}
        print(source, target, {kind: f"{count:,}" for kind, count in counts.items()})
    inputs, targets = mask_tokens(np.arange(100_000) % 50, 50, 50, np.random.default_rng(0))
    print("predicted", (targets >= 0).mean().round(4), "masked", (inputs == 50).mean().round(4))
