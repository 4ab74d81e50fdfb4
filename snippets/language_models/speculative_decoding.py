"""Speculative decoding: verify drafted tokens so that the target's distribution stays exact.

Leviathan, Kalman and Matias 2023, https://arxiv.org/abs/2211.17192; Chen and others 2023,
https://arxiv.org/abs/2302.01318. p is the target's distribution, q the draft model's.
"""

from collections.abc import Callable, Sequence

import numpy as np


# --8<-- [start:verify]
def acceptance_rate(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Probability that a draft from q is kept: sum of min(p, q), for (..., V)."""
    return np.minimum(p, q).sum(axis=-1)


def residual(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """What to draw from after a rejection: max(p - q, 0), normalized.

    Args:
        p: Target's probabilities (..., V).
        q: Draft's probabilities (..., V).

    Returns:
        (..., V); where p equals q nothing is ever rejected, and p comes back.
    """
    rest = np.maximum(p - q, 0)
    total = rest.sum(axis=-1, keepdims=True)
    return np.where(total > 0, rest / np.where(total > 0, total, 1), p)


def draw(probs: np.ndarray, rng: np.random.Generator) -> int:
    """An index with probabilities ``probs`` (V,), by one ``rng.random()``.

    Raises:
        ValueError: If the probabilities do not have a positive sum.
    """
    sums = np.cumsum(probs, dtype=np.float64)  # float32 could round up to the end
    if not sums[-1] > 0:
        raise ValueError(f"probs must have a positive sum, got {sums[-1]}")
    return int(np.searchsorted(sums, rng.random() * sums[-1], side="right"))


def verify(p: np.ndarray, q: np.ndarray, drafts: Sequence[int],
           rng: np.random.Generator) -> list[int]:
    """Tokens of one round: accepted drafts, then one token of the target's own.

    Draft i is kept with probability min(1, p[i] / q[i]) at its token. The first one
    that is not is replaced by a draw from ``residual``, and what follows it is
    dropped. If all are kept, one more token is drawn from the last row of p.

    Args:
        p: Target's probabilities after 0, ..., gamma drafts, (gamma + 1, V).
        q: Probabilities that the drafts were drawn from, (gamma, V).
        drafts: gamma tokens.
        rng: Asked for ``random()`` only: once per draft checked, once for the draw.

    Returns:
        1 to gamma + 1 tokens.

    Raises:
        ValueError: If shapes do not fit, a draft is no token, or q gives it
            probability 0.
    """
    gamma = len(drafts)
    # In float32 a random number next to 1 rounds to 1 and rejects a perfect draft.
    p, q = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    if p.shape != (gamma + 1, *q.shape[1:]) or len(q) != gamma:
        raise ValueError(f"p needs {gamma + 1} rows and q {gamma} of one length, "
                         f"got {p.shape} and {q.shape}")
    for i, token in enumerate(drafts):
        if not 0 <= token < p.shape[1]:
            raise ValueError(f"drafts[{i}] must be below {p.shape[1]}, got {token}")
        if q[i, token] <= 0:
            raise ValueError(f"drafts[{i}] = {token} has probability 0 under q")
        if rng.random() * q[i, token] >= p[i, token]:  # with 1 - min(1, p / q)
            return [*drafts[:i], draw(residual(p[i], q[i]), rng)]
    return [*drafts, draw(p[-1], rng)]
# --8<-- [end:verify]


# --8<-- [start:step]
def speculative_step(target: Callable, draft: Callable, prefix: list[int],
                     gamma: int, rng: np.random.Generator) -> list[int]:
    """One round: draft ``gamma`` tokens one by one, score them at once, verify.

    Args:
        target: From a list of tokens to the next one's probabilities (V,).
        draft: The same, cheaper.
        prefix: Tokens so far.
        gamma: At least 1.
        rng: Source of randomness.

    Returns:
        1 to gamma + 1 new tokens.

    Raises:
        ValueError: If ``gamma`` is below 1.
    """
    if gamma < 1:
        raise ValueError(f"gamma must be at least 1, got {gamma}")
    drafts: list[int] = []
    q = []
    for _ in range(gamma):
        q.append(draft([*prefix, *drafts]))
        drafts.append(draw(q[-1], rng))
    # A transformer gives all gamma + 1 rows in one forward pass.
    p = [target([*prefix, *drafts[:i]]) for i in range(gamma + 1)]
    return verify(np.stack(p), np.stack(q), drafts, rng)
# --8<-- [end:step]


# --8<-- [start:gain]
def output_distribution(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Distribution of one verified token, by total probability; it is p."""
    kept = q * np.minimum(1, p / np.where(q > 0, q, 1))
    rejected = 1 - kept.sum(axis=-1, keepdims=True)
    return kept + rejected * residual(p, q)


def expected_tokens(alpha: float, gamma: int) -> float:
    """Tokens per round at a constant rate: 1 + alpha + ... + alpha**gamma."""
    return float(sum(alpha**i for i in range(gamma + 1)))


def speedup(alpha: float, gamma: int, cost: float,
            verify_cost: float = 1.0) -> float:
    """Tokens per time, relative to decoding one by one.

    Args:
        alpha: Acceptance rate.
        gamma: Drafts per round.
        cost: Time of one draft step, in units of one target step.
        verify_cost: Time of the target's pass over gamma + 1 tokens, same units.
    """
    return expected_tokens(alpha, gamma) / (gamma * cost + verify_cost)
# --8<-- [end:gain]


if __name__ == "__main__":
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.5, 0.3])
    alpha = acceptance_rate(p, q)
    print("alpha", alpha, "residual", residual(p, q), "output", output_distribution(p, q))
    print("resampling from p instead:", np.minimum(p, q) + (1 - alpha) * p)
    print(f"drawing from p and comparing: kept with {p @ q:.2f}, with q = p {p @ p:.2f}")
    print(f"0.8, gamma 4: {expected_tokens(0.8, 4):.4f} tokens, speedup {speedup(0.8, 4, 0.05):.2f}")
    for cost in (0.02, 0.05, 0.2):
        for alpha in (0.5, 0.7, 0.8, 0.9):
            gains = [speedup(alpha, gamma, cost) for gamma in range(1, 40)]
            print(f"cost {cost} alpha {alpha}: best gamma {int(np.argmax(gains)) + 1}, {max(gains):.2f}")
    mixed = (expected_tokens(0.95, 4) + expected_tokens(0.5, 4)) / 2
    print(f"half the text at 0.95, half at 0.5: {mixed:.2f}, at their mean {expected_tokens(0.725, 4):.2f}")
    for batch in (1, 60, 120, 190, 300):
        passes = [max(1, batch * n / 300) for n in (1, 5)]
        print(f"batch {batch}: {speedup(0.8, 4, 0.05, passes[1] / passes[0]):.2f}")
