"""Gradient checkpointing on a chain of layers: fewer stored activations, one more forward pass.

Chen, Xu, Zhang and Guestrin, https://arxiv.org/abs/1604.06174. Every activation that is
stored and every layer that is run is counted.
"""

import numpy as np


# --8<-- [start:layer]
def layer_forward(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """One residual layer x + tanh(x @ weight): (N, D) and (D, D) -> (N, D)."""
    return x + np.tanh(x @ weight)


def layer_backward(grad: np.ndarray, x: np.ndarray, weight: np.ndarray
                   ) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of a layer's input and weight, from its stored input alone.

    Args:
        grad: Gradient of the layer's output (N, D).
        x: The layer's input (N, D).
        weight: (D, D).

    Returns:
        Gradients with respect to x and weight.
    """
    grad_z = grad * (1 - np.tanh(x @ weight) ** 2)
    return grad + grad_z @ weight.T, x.T @ grad_z
# --8<-- [end:layer]


# --8<-- [start:checkpointed]
def checkpointed_gradients(x: np.ndarray, weights: list[np.ndarray],
                           grad: np.ndarray, segment: int
                           ) -> tuple[np.ndarray, list[np.ndarray], dict]:
    """Gradients of a chain that keeps the input of every ``segment``-th layer only.

    Forward: keep the inputs of layers 0, segment, 2 * segment, ... Backward, from
    the last segment to the first: run it again from its input to get the inputs of
    its other layers (not the output of its last), go back through it, drop them.

    Args:
        x: Input of the first layer (N, D).
        weights: One (D, D) matrix for each layer.
        grad: Gradient of the last layer's output (N, D).
        segment: Layers per segment, 1 to the number of layers; 1 keeps everything.

    Returns:
        The gradient of x, those of the weights in the order of the layers, and
        counts: "peak", the most inputs held at once, and "forwards", how often
        a layer was run forward, recomputation included.

    Raises:
        ValueError: If ``segment`` is not from 1 to the number of layers.
    """
    depth = len(weights)
    if not 1 <= segment <= depth:
        raise ValueError(f"segment must be 1 to {depth}, got {segment}")
    kept, peak, forwards = {}, 0, 0
    for n, weight in enumerate(weights):
        if n % segment == 0:
            kept[n] = x
        x = layer_forward(x, weight)
        forwards += 1
    grads: list = [None] * depth
    for start in reversed(range(0, depth, segment)):
        end = min(start + segment, depth)
        inputs = [kept.pop(start)]
        for n in range(start, end - 1):
            inputs.append(layer_forward(inputs[-1], weights[n]))
            forwards += 1
        peak = max(peak, len(kept) + len(inputs))
        for n in reversed(range(start, end)):
            grad, grads[n] = layer_backward(grad, inputs.pop(), weights[n])
    return grad, grads, {"peak": peak, "forwards": forwards}
# --8<-- [end:checkpointed]


# --8<-- [start:counts]
def schedule(depth: int, segment: int) -> tuple[int, int]:
    """Layer inputs held at once, and layers run forward, without running anything.

    Args:
        depth: Number of layers.
        segment: Layers per segment, 1 to ``depth``.

    Returns:
        The peak and the forward runs of ``checkpointed_gradients``.

    >>> schedule(100, 10)
    (19, 190)
    """
    segments = -(-depth // segment)
    last = depth - (segments - 1) * segment
    # The last segment is the smaller one, but beside it all other inputs are held.
    peak = max(segments - 1 + last, segments - 2 + segment if segments > 1 else 0)
    return peak, 2 * depth - segments
# --8<-- [end:counts]


# --8<-- [start:binomial]
def least_forwards(depth: int, slots: int) -> int:
    """Least number of layer runs to go back through a chain with few stored inputs.

    One slot holds the chain's input, so slots = 1 starts over for each layer. The
    one input in use counts as no slot, so slots + 1 are held at once.
    Best split k: run k layers, store that input, go back through the right
    part, free the slot, go back through the left part. A layer's own backward step
    needs its input only and counts nothing here.

    Args:
        depth: Number of layers.
        slots: Inputs that can be stored, at least 1.

    Returns:
        Layers run forward in all, the first pass without the last layer included.

    Raises:
        ValueError: If ``slots`` is below 1.
    """
    if slots < 1:
        raise ValueError(f"slots must be at least 1, got {slots}")
    table = [[0] * (depth + 1) for _ in range(slots + 1)]
    for length in range(2, depth + 1):
        table[1][length] = length * (length - 1) // 2
        for s in range(2, slots + 1):
            table[s][length] = min(k + table[s - 1][length - k] + table[s][k]
                                   for k in range(1, length))
    return table[slots][depth]
# --8<-- [end:binomial]


if __name__ == "__main__":
    for depth in (100, 1000):
        print(f"{depth} layers:")
        for segment in (1, 2, 5, 10, 20, 32, 50, depth):
            peak, forwards = schedule(depth, segment)
            print(f"  segment {segment}: peak {peak}, forwards {forwards}, "
                  f"compute {(forwards + 2 * depth) / (3 * depth):.3f}")
    for slots in (1, 2, 3, 6, 9, 18):
        runs = least_forwards(100, slots)
        print(f"100 layers, {slots} slots: {runs} forward, "
              f"compute {(runs + 1 + 200) / 300:.2f}")
