"""A diagonal state-space layer three ways: recurrence, convolution, scan; then a selective one.

Gu, Goel and Ré 2021 (S4), https://arxiv.org/abs/2111.00396; Gu and Dao 2023 (Mamba),
https://arxiv.org/abs/2312.00752.
"""

import numpy as np


# --8<-- [start:discretize]
def discretize(a: np.ndarray, b: np.ndarray,
               delta: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Zero-order hold: the input stands still for ``delta``, the state is exact.

    a_bar = exp(delta * a) and b_bar = (a_bar - 1) / a * b, which is delta * b where
    a is 0.

    Args:
        a: Diagonal of the state matrix, (S,).
        b: Input weights (S,).
        delta: Step; a number, or anything that broadcasts against (S,).
    """
    z = delta * a
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(z == 0, 1.0, np.expm1(z) / z)  # also for small z
    dtype = np.result_type(z, b, np.float32)  # of integers too, never an integer
    return np.exp(z).astype(dtype), (ratio * delta * b).astype(dtype)
# --8<-- [end:discretize]


# --8<-- [start:recurrence]
def ssm_recurrence(x: np.ndarray, a_bar: np.ndarray, b_bar: np.ndarray,
                   c: np.ndarray) -> np.ndarray:
    """Outputs (N, T), step by step from h = 0.

    h = a_bar * h + b_bar * x[:, t], then y[:, t] = h . c.

    Args:
        x: Inputs of one channel, (N, T).
        a_bar: (S,).
        b_bar: (S,).
        c: (S,).
    """
    dtype = np.result_type(x, a_bar, b_bar, c)  # x may be integers
    h = np.zeros((len(x), len(a_bar)), dtype)
    y = np.empty(x.shape, dtype)
    for t in range(x.shape[1]):
        h = a_bar * h + b_bar * x[:, t, None]  # (N, S)
        y[:, t] = h @ c
    return y
# --8<-- [end:recurrence]


# --8<-- [start:convolution]
def ssm_kernel(a_bar: np.ndarray, b_bar: np.ndarray, c: np.ndarray,
               length: int) -> np.ndarray:
    """The response to an impulse: K[k] = sum of c * a_bar**k * b_bar, (length,)."""
    powers = a_bar ** np.arange(length, dtype=a_bar.dtype)[:, None]  # (length, S)
    return powers @ (c * b_bar)


def causal_convolution(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """y[:, t] = sum over k of kernel[k] * x[:, t - k], by FFT in O(T log T).

    Args:
        x: (N, T).
        kernel: (T,); what is longer cannot be reached, what is missing is 0.
    """
    steps = x.shape[1]
    size = 2 * steps  # zeros behind, or the end would wrap around to the start
    product = np.fft.rfft(x, size) * np.fft.rfft(kernel[:steps], size)
    y = np.fft.irfft(product, size)[:, :steps]
    return y.astype(np.result_type(x, kernel, np.float32))
# --8<-- [end:convolution]


# --8<-- [start:scan]
def parallel_scan(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """All h[t] = a[t] * h[t - 1] + b[t] from 0, in ceil(log2 T) parallel steps.

    Two steps in a row are one step of the same form: (a2 * a1, a2 * b1 + b2). After
    round k, each entry stands for its last 2**k steps.

    Args:
        a: Factors (T, ...), the same shape as b.
        b: What is added, (T, ...).

    Raises:
        ValueError: If the shapes differ.
    """
    if a.shape != b.shape:
        raise ValueError(f"a must have b's shape {b.shape}, got {a.shape}")
    shift = 1
    while shift < len(a):
        b = np.concatenate([b[:shift], a[shift:] * b[:-shift] + b[shift:]])
        a = np.concatenate([a[:shift], a[shift:] * a[:-shift]])
        shift *= 2
    return b.copy()
# --8<-- [end:scan]


# --8<-- [start:selective]
def selective_scan(x: np.ndarray, delta: np.ndarray, a: np.ndarray, b: np.ndarray,
                   c: np.ndarray) -> np.ndarray:
    """Mamba's core: step, input and output weights depend on the token.

    h[t] = exp(delta[t] * a) * h[t - 1] + delta[t] * b[t] * x[t], for each of D
    channels with S states, and y[t] = h[t] . c[t].

    Args:
        x: Inputs (N, T, D).
        delta: Positive steps (N, T, D).
        a: Negative numbers (D, S).
        b: (N, T, S), shared by the channels.
        c: (N, T, S).

    Returns:
        y (N, T, D).
    """
    factor = np.exp(delta[..., None] * a)  # (N, T, D, S)
    added = (delta * x)[..., None] * b[:, :, None]
    h = parallel_scan(factor.swapaxes(0, 1), added.swapaxes(0, 1))  # (T, N, D, S)
    return np.einsum("tnds,nts->ntd", h, c)
# --8<-- [end:selective]


# --8<-- [start:memory]
def cache_bytes(tokens: int, kv_heads: int, head_size: int, width: int = 2) -> int:
    """Keys and values of one attention layer for one sequence."""
    return 2 * tokens * kv_heads * head_size * width


def state_bytes(channels: int, states: int, width: int = 2) -> int:
    """State of one state-space layer for one sequence of any length."""
    return channels * states * width
# --8<-- [end:memory]


if __name__ == "__main__":
    a_bar, b_bar = discretize(np.array([-1.0]), np.array([1.0]), np.log(2))
    x, c = np.array([[1.0, 0.0, 0.0, 2.0]]), np.array([1.0])
    print("a_bar", a_bar, "b_bar", b_bar, "kernel", ssm_kernel(a_bar, b_bar, c, 4))
    print("recurrence", ssm_recurrence(x, a_bar, b_bar, c))
    print("convolution", causal_convolution(x, ssm_kernel(a_bar, b_bar, c, 4)).round(12))
    print("scan", parallel_scan(np.full((4, 1), a_bar[0]), b_bar * x.T)[:, 0])
    state, token = state_bytes(8192, 128), cache_bytes(1, 8, 128)
    print(f"state {state / 2**20} MiB, cache {token / 2**10} KiB a token: equal at {state // token} tokens")
    for tokens in (4096, 131072, 2**20):
        print(tokens, "tokens:", cache_bytes(tokens, 8, 128) / 2**20, "MiB a layer")
