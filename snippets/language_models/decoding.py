"""From logits to the next token: temperature, top-k, top-p, min-p and a repetition penalty.

Top-p: Holtzman and others 2020, https://arxiv.org/abs/1904.09751; min-p: Nguyen and others 2024,
https://arxiv.org/abs/2407.01082; the penalty: Keskar and others 2019, https://arxiv.org/abs/1909.05858.
"""

import numpy as np

# --8<-- [start:filters]
SLACK = 1e-6  # rounding must not decide about a token that lies on the bound


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities over the last axis; a logit of -inf has probability 0."""
    exp = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exp / exp.sum(axis=-1, keepdims=True)


def top_k(logits: np.ndarray, k: int) -> np.ndarray:
    """Keep the k largest logits and all that tie with the k-th; -inf elsewhere.

    Args:
        logits: (..., V).
        k: At least 1; k >= V keeps everything.

    Raises:
        ValueError: If ``k`` is below 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    if k >= logits.shape[-1]:
        return logits.copy()
    kth = np.sort(logits, axis=-1)[..., -k, None]
    return np.where(logits < kth, -np.inf, logits)


def top_p(logits: np.ndarray, p: float) -> np.ndarray:
    """Keep the smallest set of most probable tokens whose mass reaches p.

    A mass within ``SLACK`` of p reaches it.

    Args:
        logits: (..., V).
        p: In [0, 1]. However small, the most probable token stays; 1 keeps all. Of
            equal logits the lower index comes first.

    Raises:
        ValueError: If ``p`` is not in [0, 1].
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p must be in [0, 1], got {p}")
    if p == 1:  # a sum that rounds to 1 too early must not cut the tail
        return logits.copy()
    order = np.argsort(-logits, axis=-1, kind="stable")
    probs = np.take_along_axis(softmax(logits), order, axis=-1)
    # Mass of the more probable tokens; a sum of 100,000 in float32 is off by 0.001.
    before = np.cumsum(probs, axis=-1, dtype=np.float64) - probs
    stays = before < p - SLACK
    stays[..., :1] = True
    keep = np.empty_like(stays)
    np.put_along_axis(keep, order, stays, axis=-1)  # back in the order of ids
    return np.where(keep, logits, -np.inf)


def min_p(logits: np.ndarray, ratio: float) -> np.ndarray:
    """Keep tokens whose probability is at least ``ratio`` times the largest one.

    A logit within ``SLACK`` of the bound stays.

    Args:
        logits: (..., V).
        ratio: In [0, 1]; 0 keeps all, 1 the most probable token and its ties.

    Raises:
        ValueError: If ``ratio`` is not in [0, 1].
    """
    if not 0 <= ratio <= 1:
        raise ValueError(f"ratio must be in [0, 1], got {ratio}")
    if ratio == 0:
        return logits.copy()
    bound = logits.max(axis=-1, keepdims=True) + np.log(ratio)  # no softmax needed
    return np.where(logits < bound - SLACK, -np.inf, logits)
# --8<-- [end:filters]


# --8<-- [start:penalty]
def repetition_penalty(logits: np.ndarray, previous: np.ndarray,
                       penalty: float) -> np.ndarray:
    """Divide positive logits of earlier tokens by the penalty, multiply negative.

    Args:
        logits: (..., V).
        previous: Ids of earlier tokens, (..., T) as integers; how often each occurs
            does not matter.
        penalty: Above 1 makes repetition rarer, 1 changes nothing.

    Raises:
        ValueError: If ``penalty`` is not positive.
    """
    if penalty <= 0:
        raise ValueError(f"penalty must be positive, got {penalty}")
    out = logits * 1.0  # a copy, and integers become floats
    seen = np.take_along_axis(out, previous, axis=-1)  # (..., T)
    seen = np.where(seen > 0, seen / penalty, seen * penalty)
    np.put_along_axis(out, previous, seen, axis=-1)
    return out
# --8<-- [end:penalty]


# --8<-- [start:sample]
def next_token_probs(logits: np.ndarray, temperature: float = 1.0, k: int = 0,
                     p: float = 1.0, ratio: float = 0.0) -> np.ndarray:
    """Distribution of the next token: temperature, then top-k, top-p and min-p.

    Args:
        logits: (..., V).
        temperature: Divides the logits; 0 puts all mass on the first largest logit.
        k: For ``top_k``; 0 leaves it out.
        p: For ``top_p``.
        ratio: For ``min_p``.

    Returns:
        Probabilities (..., V).

    Raises:
        ValueError: If ``temperature`` is negative, or every token is masked.
    """
    if not temperature >= 0:
        raise ValueError(f"temperature must not be negative, got {temperature}")
    if not np.isfinite(logits.max(axis=-1)).all():
        raise ValueError("logits need a finite maximum in each row")
    logits = logits * 1.0  # integers become floats
    if temperature == 0:
        best = logits.argmax(axis=-1)[..., None]
        return (np.arange(logits.shape[-1]) == best).astype(logits.dtype)
    # With the largest at 0, a tiny temperature can only give -inf, which is right.
    temperature = max(temperature, np.finfo(logits.dtype).tiny)  # 1e-50 in float32
    with np.errstate(over="ignore"):
        scaled = (logits - logits.max(axis=-1, keepdims=True)) / temperature
    if k:
        scaled = top_k(scaled, k)
    return softmax(min_p(top_p(scaled, p), ratio))


def sample(probs: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One id per row of ``probs`` (..., V): where a uniform draw falls."""
    sums = np.cumsum(probs, axis=-1, dtype=np.float64)
    u = rng.random((*probs.shape[:-1], 1)) * sums[..., -1:]  # they may end below 1
    return (sums <= u).sum(axis=-1)
# --8<-- [end:sample]


if __name__ == "__main__":
    logits, seen = np.array([2.0, 1.0, 0.0, -1.0]), np.array([0, 1])
    shown = {f"temperature {t}": next_token_probs(logits, t) for t in (0.0, 0.5, 1.0, 2.0)}
    shown["top-k 2"] = next_token_probs(logits, k=2)
    shown["top-p 0.85"] = next_token_probs(logits, p=0.85)
    shown["min-p 0.1"] = next_token_probs(logits, ratio=0.1)
    shown["temperature 2, then top-p 0.85"] = next_token_probs(logits, 2.0, p=0.85)
    shown["top-p 0.85, then temperature 2"] = softmax(top_p(logits, 0.85) / 2)
    shown["temperature 2, then min-p 0.1"] = next_token_probs(logits, 2.0, ratio=0.1)
    shown["min-p 0.1, then temperature 2"] = softmax(min_p(logits, 0.1) / 2)
    shown["top-k 3, then top-p 0.9"] = next_token_probs(logits, k=3, p=0.9)
    shown["top-p 0.9, then top-k 3"] = softmax(top_k(top_p(logits, 0.9), 3))
    shown["penalty 1.2 on the first two"] = softmax(repetition_penalty(logits, seen, 1.2))
    shown["the same, all logits minus 3"] = softmax(repetition_penalty(logits - 3, seen, 1.2))
    for name, probs in shown.items():
        print(f"{name:32}", probs.round(4))
    rank = np.arange(1, 50_001)
    flat, steep = -1.0 * np.log(rank), -2.0 * np.log(rank)
    for name, tail in (("1 / rank", flat), ("1 / rank^2", steep)):
        counts = [int((next_token_probs(tail, **one) > 0).sum())
                  for one in ({"k": 50}, {"p": 0.9}, {"ratio": 0.05})]
        mass = softmax(tail)[50:].sum()
        print(name, "kept by top-k 50, top-p 0.9, min-p 0.05:", counts, f"mass past 50: {mass:.3f}")
    print(f"a tail token in 200 steps at 1.2%: {1 - 0.988**200:.2f}")
    print(f"greedy sequence {0.6 * 0.5:.2f}, best {0.4 * 0.9:.2f}")
