"""Causal dilated convolution: all steps at once for training, one step at a time for a stream.

WaveNet: van den Oord and others 2016, https://arxiv.org/abs/1609.03499; the buffers: Paine
and others 2016, https://arxiv.org/abs/1611.09482.
"""

import numpy as np


# --8<-- [start:field]
def receptive_field(kernel_size: int, layers: int, convolutions: int = 1) -> int:
    """Steps that an output sees, with dilation 1, 2, 4, ... at layers 1, 2, 3, ...

    Args:
        kernel_size: K.
        layers: How often the dilation takes a value.
        convolutions: How many convolutions of each dilation; 2 in a TCN block.

    >>> receptive_field(2, 10), receptive_field(3, 8, convolutions=2)
    (1024, 1021)

    Raises:
        ValueError: If ``kernel_size`` is below 1 or ``layers`` negative.
    """
    if kernel_size < 1:
        raise ValueError(f"kernel_size must be at least 1, got {kernel_size}")
    if layers < 0:
        raise ValueError(f"layers must not be negative, got {layers}")
    return 1 + convolutions * (kernel_size - 1) * (2**layers - 1)
# --8<-- [end:field]


# --8<-- [start:forward]
def causal_conv1d(x: np.ndarray, weight: np.ndarray, bias: np.ndarray,
                  dilation: int = 1) -> np.ndarray:
    """Outputs (N, O, T); the one at t sees x at t, t - dilation, and so on back.

    weight[:, :, K - 1] multiplies the present, weight[:, :, 0] the oldest. Before
    the start x is 0.

    Args:
        x: Inputs (N, C, T).
        weight: (O, C, K).
        bias: (O,).
        dilation: Distance between taps.

    Raises:
        ValueError: If ``dilation`` is below 1, or ``weight`` has not C channels.
    """
    if dilation < 1:
        raise ValueError(f"dilation must be at least 1, got {dilation}")
    if weight.shape[1] != x.shape[1]:
        raise ValueError(
            f"weight must have {x.shape[1]} channels, got {weight.shape[1]}")
    steps, taps = x.shape[2], weight.shape[2]
    past = (taps - 1) * dilation
    padded = np.pad(x, ((0, 0), (0, 0), (past, 0)))  # on the left only
    y = np.zeros((len(x), len(weight), steps), np.result_type(x, weight, bias))
    y += bias[:, None]
    for k in range(taps):
        y += weight[:, :, k] @ padded[:, :, k * dilation : k * dilation + steps]
    return y
# --8<-- [end:forward]


# --8<-- [start:backward]
def causal_conv1d_backward(x: np.ndarray, weight: np.ndarray, dilation: int,
                           grad: np.ndarray) -> tuple:
    """Gradients (x, weight, bias) from the one at the output, (N, O, T)."""
    steps, taps = x.shape[2], weight.shape[2]
    past = (taps - 1) * dilation
    padded = np.pad(x, ((0, 0), (0, 0), (past, 0)))
    # not the inputs' own types: integers would cut the gradients off
    grad_padded = np.zeros(padded.shape, np.result_type(weight, grad))
    grad_weight = np.empty(weight.shape, np.result_type(x, grad))
    for k in range(taps):
        window = slice(k * dilation, k * dilation + steps)
        grad_padded[:, :, window] += weight[:, :, k].T @ grad
        grad_weight[:, :, k] = np.einsum("not,nct->oc", grad, padded[:, :, window])
    return grad_padded[:, :, past:], grad_weight, grad.sum(axis=(0, 2))
# --8<-- [end:backward]


# --8<-- [start:stream]
def stream_step(x_t: np.ndarray, buffer: np.ndarray, weight: np.ndarray,
                bias: np.ndarray, dilation: int = 1) -> tuple:
    """One step of ``causal_conv1d``: output (N, O) and the next buffer.

    Args:
        x_t: The new input, (N, C).
        buffer: The last (K - 1) * dilation inputs, oldest first, (N, C, that many);
            zeros at the start.
        weight: (O, C, K).
        bias: (O,).
        dilation: Distance between taps.

    Raises:
        ValueError: If ``buffer`` has another shape.
    """
    shape = (len(x_t), weight.shape[1], (weight.shape[2] - 1) * dilation)
    if buffer.shape != shape:  # one too long, and the present is not read
        raise ValueError(f"buffer must be {shape}, got {buffer.shape}")
    seen = np.concatenate([buffer, x_t[:, :, None]], axis=2)
    taps = seen[:, :, ::dilation]  # (N, C, K): t - (K - 1) * dilation, ..., t
    return np.einsum("nck,ock->no", taps, weight) + bias, seen[:, :, 1:]
# --8<-- [end:stream]


if __name__ == "__main__":
    x = np.array([[[1.0, 2.0, 3.0, 4.0, 5.0]]])
    weight, bias = np.array([[[10.0, 1.0]]]), np.zeros(1)
    print("dilation 2:", causal_conv1d(x, weight, bias, 2)[0, 0])
    buffer, out = np.zeros((1, 1, 2)), []
    for t in range(5):
        y_t, buffer = stream_step(x[:, :, t], buffer, weight, bias, 2)
        out.append(y_t.item())
    print("streamed:  ", out)
    print("fields", [receptive_field(2, n) for n in (4, 5, 10)], "two per block", receptive_field(3, 8, 2))
    channels, layers, hidden = 16, 5, 28
    products = 6 * channels + layers * 2 * channels**2  # six inputs into the channels first
    print("per step: products", products, "against", 3 * hidden * (hidden + 6),
          "numbers kept", sum(2**k for k in range(layers)) * channels, "against", hidden)
