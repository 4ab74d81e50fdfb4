"""Attention whose query heads share keys and values, and the latent form that caches neither.

Multi-query: Shazeer 2019, https://arxiv.org/abs/1911.02150. Grouped-query: Ainslie and others
2023, https://arxiv.org/abs/2305.13245. Latent, with a rotary part of its own: DeepSeek-AI 2024,
https://arxiv.org/abs/2405.04434.
"""

import numpy as np


def softmax(scores: np.ndarray) -> np.ndarray:
    """Softmax over the last axis."""
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return scores / scores.sum(axis=-1, keepdims=True)


# --8<-- [start:grouped]
def grouped_query_attention(query: np.ndarray, key: np.ndarray, value: np.ndarray,
                            is_causal: bool = False) -> np.ndarray:
    """Attention in which H / G consecutive query heads share a key and value head.

    G = H is multi-head, G = 1 multi-query. Keys and values are not repeated.

    Args:
        query: (N, H, T, D).
        key: (N, G, S, D).
        value: (N, G, S, E).
        is_causal: Whether a query may not see later keys. The last query stands at
            the last key, as in decoding with a cache.

    Returns:
        (N, H, T, E).

    Raises:
        ValueError: If G does not divide H, or there are more causal queries than
            keys.
    """
    N, H, T, D = query.shape
    G, S = key.shape[1:3]
    if G == 0 or H % G:
        raise ValueError(f"key has {G} heads, which must divide the {H} of query")
    if is_causal and T > S:
        raise ValueError(f"query has {T} causal steps, but key only {S}")
    grouped = query.reshape(N, G, H // G, T, D)  # head h reads group h // (H // G)
    scores = np.einsum("ngrtd,ngsd->ngrts", grouped, key) / D**0.5
    if is_causal:
        later = np.arange(S) > np.arange(S - T, S)[:, None]  # (T, S)
        scores = np.where(later, -np.inf, scores)
    out = np.einsum("ngrts,ngse->ngrte", softmax(scores), value)
    return out.reshape(N, H, T, value.shape[-1])
# --8<-- [end:grouped]


# --8<-- [start:convert]
def pool_heads(weight: np.ndarray, num_heads: int, num_groups: int) -> np.ndarray:
    """A multi-head key or value projection as a grouped one: each group's mean.

    Args:
        weight: (H D, C), the heads one after the other.
        num_heads: H.
        num_groups: G, which must divide H.

    Returns:
        (G D, C).

    Raises:
        ValueError: If ``num_groups`` does not divide ``num_heads``.
    """
    if num_heads % num_groups:
        raise ValueError(f"num_groups must divide {num_heads}, got {num_groups}")
    shape = num_groups, num_heads // num_groups, -1, weight.shape[1]
    return weight.reshape(shape).mean(axis=1).reshape(-1, weight.shape[1])
# --8<-- [end:convert]


# --8<-- [start:latent]
def latent_attention(query: np.ndarray, query_rope: np.ndarray, latent: np.ndarray,
                     key_rope: np.ndarray, up_key: np.ndarray, up_value: np.ndarray,
                     absorb: bool = True) -> np.ndarray:
    """Multi-head latent attention of one step over a cache of latents.

    Head h's key is ``up_key[h] @ latent[s]`` and then the shared ``key_rope[s]``,
    its value ``up_value[h] @ latent[s]``; scores are divided by sqrt(D + P).

    Args:
        query: The part without positions, (N, H, D).
        query_rope: The part with rotary positions, already rotated, (N, H, P).
        latent: Cached, (N, S, R).
        key_rope: Cached, already rotated, one for all heads, (N, S, P).
        up_key: (H, D, R).
        up_value: (H, E, R).
        absorb: Attend in the space of the latents, forming no key and no value.

    Returns:
        (N, H, E), the same for both values of ``absorb``.
    """
    scores = np.einsum("nhp,nsp->nhs", query_rope, key_rope)
    if absorb:
        inner = np.einsum("nhd,hdr->nhr", query, up_key)  # q' (W c) = (q' W) c
        scores = scores + np.einsum("nhr,nsr->nhs", inner, latent)
    else:
        key = np.einsum("hdr,nsr->nhsd", up_key, latent)
        scores = scores + np.einsum("nhd,nhsd->nhs", query, key)
    weights = softmax(scores / (query.shape[-1] + query_rope.shape[-1]) ** 0.5)
    if absorb:
        mixed = np.einsum("nhs,nsr->nhr", weights, latent)
        return np.einsum("nhr,her->nhe", mixed, up_value)
    value = np.einsum("her,nsr->nhse", up_value, latent)
    return np.einsum("nhs,nhse->nhe", weights, value)
# --8<-- [end:latent]


# --8<-- [start:cache]
def cached_numbers(num_layers: int, head_dim: int, num_groups: int) -> int:
    """Numbers a token leaves in the cache: a key and a value per group and layer.

    >>> cached_numbers(num_layers=80, head_dim=128, num_groups=8)
    163840
    """
    return num_layers * 2 * num_groups * head_dim


def cached_numbers_latent(num_layers: int, latent: int, rope: int) -> int:
    """The same for latent attention: the latent, and one rotary key for all heads.

    >>> cached_numbers_latent(num_layers=61, latent=512, rope=64)
    35136
    """
    return num_layers * (latent + rope)
# --8<-- [end:cache]


if __name__ == "__main__":
    def show(name, numbers):
        print(f"{name}: {numbers:,} numbers, {2 * numbers / 1e3:,.1f} kB a token in 16 bits, "
              f"{2 * numbers * 131072 / 1e9:.2f} GB for 131,072 tokens")

    for name, groups in (("multi-head", 64), ("8 groups", 8), ("multi-query", 1)):
        show(f"Llama 3 70B, {name}", cached_numbers(80, 128, groups))
    show("Llama 3.1 405B, 8 groups", cached_numbers(126, 128, 8))
    show("DeepSeek-V3, latent", cached_numbers_latent(61, 512, 64))
    show("DeepSeek-V3, if multi-head", cached_numbers(61, 128, 128))
    show("Llama 3 8B, 8 groups", cached_numbers(32, 128, 8))
    print("latent in groups of 128:", (512 + 64) / (2 * 128), "ratio to multi-head:", 2 * 128 * 128 / 576)
    print("multiply-adds a number, 8 of 64 heads, latent:", 64 / 8, round(128 * (2 * 512 + 64) / 576, 1))
    v2, dense = cached_numbers_latent(60, 512, 64), cached_numbers(95, 128, 8)  # DeepSeek-V2 and 67B
    print(f"DeepSeek-V2 against 67B: {100 - 100 * v2 / dense:.1f} % less at equal bits, "
          f"{100 - 100 * 6 * v2 / (16 * dense):.1f} % with 6 bits against 16")
    tokens = 70_553_706_496 / cached_numbers(80, 128, 8)
    print(f"cache as large as the weights of Llama 3 70B: {tokens:,.0f} tokens")
    per_token = 128 * (128 + 128) * 512
    print(f"forming keys and values of one token in one layer: {per_token:,} multiply-adds; "
          f"absorbing: {128 * 256 * 512:,} once a step")
