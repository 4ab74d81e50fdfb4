"""Prompt, retrieve or fine-tune: what a request costs, when training pays, what can be seen.

No paper; the arithmetic of prices per token and the normal approximation for two shares.
"""

from statistics import NormalDist

import numpy as np


# --8<-- [start:cost]
def request_cost(prefix: int, fresh: int, output: int, price_in: float,
                 price_out: float, cached: float = 1.0) -> float:
    """Price of one request in the currency of the prices.

    Args:
        prefix: Tokens that every request repeats: instructions, examples.
        fresh: Tokens that differ: the question, retrieved passages.
        output: Generated tokens.
        price_in: For a million input tokens.
        price_out: For a million output tokens.
        cached: What a repeated token costs, as a share of price_in.

    Raises:
        ValueError: If ``cached`` is not within 0 and 1.
    """
    if not 0 <= cached <= 1:
        raise ValueError(f"cached must be from 0 to 1, got {cached}")
    return ((cached * prefix + fresh) * price_in + output * price_out) / 1e6


def break_even_requests(fixed: float, before: float, after: float) -> float:
    """Requests that earn a fixed cost back; infinite if nothing is saved.

    Args:
        fixed: Paid once: labels, training, evaluation, at least 0.
        before: Cost of a request without it.
        after: Cost of a request with it.
    """
    return fixed / (before - after) if after < before else np.inf
# --8<-- [end:cost]


# --8<-- [start:training]
def training_flops(params: float, tokens: float, frozen: bool = False) -> float:
    """Floating-point operations: 2 per parameter and token forward, 4 backward.

    Args:
        params: Parameters that a token meets.
        tokens: Tokens of the data times epochs.
        frozen: True for LoRA: no gradients of the base weights, so 2 backward.
    """
    return (4 if frozen else 6) * params * tokens
# --8<-- [end:training]


# --8<-- [start:sample]
def examples_needed(before: float, after: float, alpha: float = 0.05,
                    power: float = 0.8) -> int:
    """Test examples per variant to see a change of accuracy, two-sided.

    (z_alpha + z_power)^2 (p1 q1 + p2 q2) / (p1 - p2)^2 for independent test sets;
    one set for both variants needs fewer, since they agree on most of it.

    Args:
        before: Accuracy of one variant, between 0 and 1.
        after: Accuracy of the other.
        alpha: Chance of seeing a change that is none.
        power: Chance of seeing this one.

    Raises:
        ValueError: If the accuracies are equal or not within 0 and 1, or if
            ``alpha`` or ``power`` is not between 0 and 1.
    """
    if not (0 < alpha < 1 and 0 < power < 1):
        raise ValueError(f"alpha and power must lie between 0 and 1, "
                         f"got {alpha} and {power}")
    if before == after or not (0 <= before <= 1 and 0 <= after <= 1):
        raise ValueError(f"before and after must differ and lie in 0 to 1, "
                         f"got {before} and {after}")
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    spread = before * (1 - before) + after * (1 - after)
    return max(1, int(np.ceil(z**2 * spread / (before - after) ** 2)))
# --8<-- [end:sample]


if __name__ == "__main__":
    fixed, requests = 5000.0, {
        "prompt": request_cost(3000, 500, 200, 1.0, 4.0),
        "prompt, prefix cached at 10 %": request_cost(3000, 500, 200, 1.0, 4.0, 0.1),
        "tuned, same price": request_cost(0, 500, 200, 1.0, 4.0),
        "tuned, 1.5 times the price": request_cost(0, 500, 200, 1.5, 6.0),
        "tuned, a tenth of the price": request_cost(0, 500, 200, 0.1, 0.4)}
    for name, cost in requests.items():
        print(f"{name}: {1000 * cost:.3f} per 1,000")
    for start in list(requests)[:2]:
        for end in list(requests)[2:]:
            print(start, "->", end, f"{break_even_requests(fixed, requests[start], requests[end]):,.0f}")
    flops = training_flops(8e9, 3e6, frozen=True)
    print(f"8B, 3 million tokens, LoRA: {flops:.2g} operations, {flops / 4e14 / 60:.0f} minutes")
    for pair in ((0.80, 0.85), (0.80, 0.90), (0.95, 0.96)):
        print(pair, examples_needed(*pair))
