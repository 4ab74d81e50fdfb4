"""What a language model assigns, how it is scored, an n-gram baseline, and what training costs.

Interpolated absolute discounting, compared with other smoothing by Chen and Goodman 1999,
https://doi.org/10.1006/csla.1999.0128. Six operations per weight and token: Kaplan and others
2020, https://arxiv.org/abs/2001.08361.
"""

from collections import Counter

import numpy as np


# --8<-- [start:score]
def token_losses(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """-ln p of each target token, in nats.

    Args:
        logits: (..., T, V), at position t for the token that comes next.
        targets: Those tokens (..., T), 0 to V - 1.

    Returns:
        (..., T).

    Raises:
        ValueError: If the shapes do not fit or a target is outside 0..V-1.
    """
    if logits.shape[:-1] != targets.shape:
        raise ValueError(
            f"targets must be {logits.shape[:-1]}, got {targets.shape}")
    if targets.size and not 0 <= targets.min() <= targets.max() < logits.shape[-1]:
        raise ValueError(f"targets must be in 0..{logits.shape[-1] - 1}, got "
                         f"{targets.min()}..{targets.max()}")
    top = logits.max(axis=-1, keepdims=True)
    log_sum = top[..., 0] + np.log(np.exp(logits - top).sum(axis=-1))
    index = targets[..., None].astype(np.int64)
    chosen = np.take_along_axis(logits, index, axis=-1)
    return log_sum - chosen[..., 0]


def perplexity(losses: np.ndarray) -> float:
    """exp of the mean loss in nats over all tokens; ValueError if there is none."""
    if losses.size == 0:
        raise ValueError(f"losses must not be empty, got shape {losses.shape}")
    return float(np.exp(losses.mean()))


def bits_per_byte(losses: np.ndarray, num_bytes: int) -> float:
    """The sum of the losses in bits, divided by the bytes of the same text."""
    if num_bytes < 1:
        raise ValueError(f"num_bytes must be positive, got {num_bytes}")
    return float(losses.sum() / np.log(2) / num_bytes)
# --8<-- [end:score]


# --8<-- [start:ngram]
def count_ngrams(tokens: np.ndarray, order: int) -> dict[tuple, Counter]:
    """For every context of 0 to order - 1 tokens, how often each token followed."""
    counts: dict[tuple, Counter] = {}
    tokens = [int(token) for token in tokens]
    for t, token in enumerate(tokens):
        for length in range(min(order - 1, t) + 1):
            counts.setdefault(tuple(tokens[t - length:t]), Counter())[token] += 1
    return counts


def ngram_probability(counts: dict[tuple, Counter], context: tuple, token: int,
                      vocab_size: int, discount: float = 0.75) -> float:
    """p(token | context), every count lowered by ``discount``.

    What that frees goes to the context without its first token, at last to 1 / V.
    An unseen context hands over everything.

    Args:
        counts: From ``count_ngrams``.
        context: Tokens before, at most order - 1.
        token: The token.
        vocab_size: V.
        discount: Between 0 and 1.

    Returns:
        The probability; over all tokens they add up to 1.
    """
    shorter = (1 / vocab_size if not context else
               ngram_probability(counts, context[1:], token, vocab_size, discount))
    followers = counts.get(context)
    if followers is None:
        return shorter
    total = sum(followers.values())
    freed = discount * len(followers) / total
    return max(followers[token] - discount, 0) / total + freed * shorter
# --8<-- [end:ngram]


# --8<-- [start:cost]
def transformer_parameters(vocab_size: int, hidden: int, num_layers: int,
                           feed_forward: int, num_heads: int, num_groups: int = 0,
                           head_dim: int = 0, gated: bool = False,
                           bias: bool = True, tied: bool = True,
                           positions: int = 0) -> dict[str, int]:
    """Parameters of a decoder-only transformer, by kind.

    Args:
        vocab_size: V.
        hidden: D.
        num_layers: Blocks.
        feed_forward: Width of the feed-forward layer.
        num_heads: Query heads.
        num_groups: Heads of keys and values; 0 for as many as query heads.
        head_dim: Size of a head; 0 for D / num_heads.
        gated: Three feed-forward matrices instead of two.
        bias: Whether matrices and norms have a bias; False also means RMS norms.
        tied: Whether input and output embedding are one matrix.
        positions: Rows of a table of learned positions.

    Returns:
        embedding, attention, feed_forward and norm.
    """
    head_dim = head_dim or hidden // num_heads
    groups = num_groups or num_heads
    wide, narrow = num_heads * head_dim, groups * head_dim
    attention = hidden * 2 * (wide + narrow) + bias * (wide + 2 * narrow + hidden)
    matrices = 3 if gated else 2
    forward = matrices * hidden * feed_forward
    forward += bias * ((matrices - 1) * feed_forward + hidden)
    return {"embedding": (vocab_size * (1 if tied else 2) + positions) * hidden,
            "attention": num_layers * attention,
            "feed_forward": num_layers * forward,
            "norm": (2 * num_layers + 1) * hidden * (2 if bias else 1)}


def training_flops_per_token(weights: int, num_layers: int, wide: int,
                             context: int) -> int:
    """Forward and backward: 6 per weight of a product, 12 L T D for attention.

    Args:
        weights: Weights in matrix products, the output embedding included.
        num_layers: L.
        wide: Heads times their size.
        context: T; every score is counted, also those that a causal mask discards.
    """
    return 6 * weights + 12 * num_layers * context * wide


def training_bytes(parameters: int) -> dict[str, int]:
    """Adam in mixed precision: 16 bytes for each parameter, without activations.

    Returns:
        2 bytes a parameter each for "weights, 16 bits" and "gradients, 16 bits",
        4 each for "weights, 32 bits", "first moment" and "second moment".
    """
    return {"weights, 16 bits": 2 * parameters,
            "gradients, 16 bits": 2 * parameters,
            "weights, 32 bits": 4 * parameters,
            "first moment": 4 * parameters, "second moment": 4 * parameters}
# --8<-- [end:cost]


MODELS = {
    "GPT-2 small": {"vocab_size": 50257, "hidden": 768, "num_layers": 12, "feed_forward": 3072,
                        "num_heads": 12, "positions": 1024},
    "Llama 3 8B": {"vocab_size": 128256, "hidden": 4096, "num_layers": 32, "feed_forward": 14336,
                       "num_heads": 32, "num_groups": 8, "gated": True, "bias": False, "tied": False},
    "Llama 3 70B": {"vocab_size": 128256, "hidden": 8192, "num_layers": 80, "feed_forward": 28672,
                        "num_heads": 64, "num_groups": 8, "gated": True, "bias": False, "tied": False},
    "Llama 3.1 405B": {"vocab_size": 128256, "hidden": 16384, "num_layers": 126, "feed_forward": 53248,
                           "num_heads": 128, "num_groups": 8, "gated": True, "bias": False, "tied": False},
}

if __name__ == "__main__":
    p = np.array([1 / 2, 1 / 4, 1 / 8])
    losses = -np.log(p)
    print("losses", losses.round(3), "perplexity", round(perplexity(losses), 4),
          "bits", -np.log2(p), "for 9 bytes", round(bits_per_byte(losses, 9), 4))
    counts = count_ngrams(np.array([0, 1, 0, 1, 0, 2]), 2)
    print("after 0:", dict(counts[0,]), [round(ngram_probability(counts, (0,), w, 4), 4) for w in range(4)])
    print("alone:", [round(ngram_probability(counts, (), w, 4), 4) for w in range(4)])
    for name, sizes in MODELS.items():
        kinds = transformer_parameters(**sizes)
        total = sum(kinds.values())
        shares = {kind: f"{100 * n / total:.1f} %" for kind, n in kinds.items()}
        print(f"{name}: {total:,} {shares}; {sum(training_bytes(total).values()) / 1e9:,.1f} GB")
    sizes = MODELS["Llama 3 8B"]
    kinds = transformer_parameters(**sizes)
    weights = kinds["attention"] + kinds["feed_forward"] + sizes["vocab_size"] * sizes["hidden"]
    for context in (2048, 8192, 131072):
        flops = training_flops_per_token(weights, 32, 4096, context)
        print(f"8B, context {context}: {flops / 1e9:.1f} GFLOP a token, attention "
              f"{100 * (1 - 6 * weights / flops):.0f} %")
