"""LoRA: a frozen weight plus a trainable product of two thin matrices.

Hu and colleagues 2021, https://arxiv.org/abs/2106.09685.
"""

import numpy as np


# --8<-- [start:init]
def init_lora(in_features: int, out_features: int, r: int,
              rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A uniform in +-1 / sqrt(in_features), B zero: the model starts unchanged.

    Args:
        in_features: Width of the layer's input.
        out_features: Width of its output.
        r: Rank, from 1 to the smaller of the two widths.
        rng: Source of randomness.

    Returns:
        lora_A (r, in_features) and lora_B (out_features, r).

    Raises:
        ValueError: If ``r`` is below 1 or above the smaller width.
    """
    if not 1 <= r <= min(in_features, out_features):
        raise ValueError(
            f"r must be 1 to {min(in_features, out_features)}, got {r}")
    bound = 1 / np.sqrt(in_features)
    return rng.uniform(-bound, bound, (r, in_features)), np.zeros((out_features, r))
# --8<-- [end:init]


# --8<-- [start:forward]
def lora_forward(x: np.ndarray, weight: np.ndarray, lora_A: np.ndarray,
                 lora_B: np.ndarray, alpha: float) -> np.ndarray:
    """x @ weight.T + alpha / r * (x @ lora_A.T) @ lora_B.T, never forming B @ A.

    Args:
        x: Inputs (..., in_features).
        weight: Frozen, (out_features, in_features), as in ``torch.nn.Linear``.
        lora_A: (r, in_features).
        lora_B: (out_features, r).
        alpha: Scale; the product is multiplied by alpha / r.

    Returns:
        Outputs (..., out_features).

    Raises:
        ValueError: If the product of B and A has not the shape of ``weight``.
    """
    r = len(lora_A)
    if (len(lora_B), lora_A.shape[1]) != weight.shape or lora_B.shape[1] != r:
        raise ValueError(f"lora_B {lora_B.shape} @ lora_A {lora_A.shape} does not "
                         f"give weight's shape {weight.shape}")
    low = x @ lora_A.T  # (..., in) -> (..., r)
    return x @ weight.T + float(alpha / r) * (low @ lora_B.T)  # keeps float32
# --8<-- [end:forward]


# --8<-- [start:backward]
def lora_backward(grad: np.ndarray, x: np.ndarray, weight: np.ndarray,
                  lora_A: np.ndarray, lora_B: np.ndarray, alpha: float) -> tuple:
    """Gradients of x, lora_A and lora_B; the frozen weight gets none.

    Args:
        grad: Gradient of the loss by the output, (..., out_features).
        x: Inputs (..., in_features).
        weight: (out_features, in_features).
        lora_A: (r, in_features).
        lora_B: (out_features, r).
        alpha: Scale, as in ``lora_forward``.

    Returns:
        grad_x, grad_A and grad_B in the shapes of x, lora_A and lora_B.
    """
    scale = float(alpha / len(lora_A))
    flat_x = x.reshape(-1, x.shape[-1])  # (..., in) -> (N, in)
    flat_g = grad.reshape(-1, grad.shape[-1])  # (..., out) -> (N, out)
    grad_low = scale * (flat_g @ lora_B)  # (N, r)
    grad_A = grad_low.T @ flat_x
    grad_B = scale * flat_g.T @ (flat_x @ lora_A.T)
    grad_x = flat_g @ weight + grad_low @ lora_A
    return grad_x.reshape(x.shape), grad_A, grad_B
# --8<-- [end:backward]


# --8<-- [start:merge]
def merge(weight: np.ndarray, lora_A: np.ndarray, lora_B: np.ndarray,
          alpha: float) -> np.ndarray:
    """weight + alpha / r * lora_B @ lora_A for serving, in weight's dtype.

    Args:
        weight: (out_features, in_features); stays as it is.
        lora_A: (r, in_features).
        lora_B: (out_features, r).
        alpha: Scale, as in ``lora_forward``; -alpha takes the adapter out again.

    Returns:
        A new matrix of weight's shape and dtype.

    Raises:
        ValueError: If the product of B and A has not the shape of ``weight``.
    """
    if (len(lora_B), lora_A.shape[1]) != weight.shape:  # it would be broadcast
        raise ValueError(f"lora_B {lora_B.shape} @ lora_A {lora_A.shape} does not "
                         f"give weight's shape {weight.shape}")
    update = alpha / len(lora_A) * (lora_B @ lora_A)  # (out, r) @ (r, in)
    return (weight + update).astype(weight.dtype)
# --8<-- [end:merge]


# --8<-- [start:rank]
def best_rank_error(delta: np.ndarray, r: int) -> float:
    """Smallest Frobenius distance of any rank-r matrix to delta, relative to delta.

    By Eckart and Young it is the root of the squared singular values beyond the
    r-th over the root of all squared ones; 0 if delta is zero.

    Args:
        delta: A wanted change of a weight, (out_features, in_features).
        r: Rank, at least 0.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: If ``r`` is negative.
    """
    if r < 0:
        raise ValueError(f"r must be at least 0, got {r}")
    singular = np.linalg.svd(delta.astype(np.float64), compute_uv=False)
    if not singular.any():
        return 0.0
    singular = singular / singular[0]  # the largest first; squares cannot overflow
    return float(np.sqrt(np.sum(singular[r:] ** 2) / np.sum(singular**2)))


def count_lora(shapes: list[tuple[int, int]], r: int) -> int:
    """Trainable numbers of rank-r adapters: r * (out + in) for each matrix.

    Args:
        shapes: (out_features, in_features) of each adapted matrix.
        r: Rank.
    """
    return sum(r * (out + into) for out, into in shapes)
# --8<-- [end:rank]


if __name__ == "__main__":
    x, weight = np.array([[1.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    lora_A, lora_B = np.array([[1.0, -1.0]]), np.array([[0.0], [1.0], [2.0]])
    print("frozen", x @ weight.T, "with adapter", lora_forward(x, weight, lora_A, lora_B, 2.0))
    print("merged\n", merge(weight, lora_A, lora_B, 2.0))
    for name, one in zip("xAB", lora_backward(np.ones((1, 3)), x, weight, lora_A, lora_B, 2.0), strict=True):
        print("gradient of", name, one.ravel())
    d, ff = 4096, 11008  # Llama 7B: 32 layers, 6,738,415,616 parameters
    attention, block = [(d, d)] * 2, [(d, d)] * 4 + [(ff, d)] * 2 + [(d, ff)]
    for name, shapes, r in (("q, v", attention, 8), ("all", block, 8), ("all", block, 64)):
        count = count_lora(shapes * 32, r)
        print(f"7B, {name}, r={r}: {count:,} = {count / 6_738_415_616:.3%}")
    gpt3 = count_lora([(12288, 12288)] * 2 * 96, 4)
    print(f"GPT-3, q and v, r=4: {gpt3:,}, one in {175e9 / gpt3:,.0f}")
    full, frozen = 16 * 6_738_415_616, 2 * 6_738_415_616
    adapter = 16 * count_lora(block * 32, 8)
    print(f"GB: full {full / 1e9:.1f}, LoRA {(frozen + adapter) / 1e9:.1f}, "
          f"4-bit {(6_738_415_616 * (4 + 8 / 64 + 32 / 64 / 256) / 8 + adapter) / 1e9:.1f}")
