"""A dense layer as three matrix products: forward, gradient of the weight, gradient of the input.

The matrix product is the level-3 routine GEMM of Dongarra, Du Croz, Duff and Hammarling, *A Set
of Level 3 Basic Linear Algebra Subprograms*, 1990, https://doi.org/10.1145/77626.79170.
"""

import itertools

import numpy as np


# --8<-- [start:loops]
def layer_loops(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, grad_out: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The index form, one multiplication and addition at a time.

    Args:
        x: Inputs, shape (N, D).
        weight: Shape (D, K).
        bias: Shape (K,).
        grad_out: Gradient of the loss with respect to the output, shape (N, K).

    Returns:
        The output ``x @ weight + bias`` of shape (N, K), then the gradients with
        respect to x, weight and bias, all in the arrays' common type. Sums, not
        means, over the N rows.
    """
    dtype = np.result_type(x, weight, bias, grad_out)
    out = np.zeros(grad_out.shape, dtype)
    grad_x, grad_weight = np.zeros(x.shape, dtype), np.zeros(weight.shape, dtype)
    grad_bias = np.zeros(bias.shape, dtype)
    for n, k in np.ndindex(*grad_out.shape):
        out[n, k] += bias[k]
        grad_bias[k] += grad_out[n, k]
        for d in range(x.shape[1]):
            out[n, k] += x[n, d] * weight[d, k]
            grad_weight[d, k] += x[n, d] * grad_out[n, k]
            grad_x[n, d] += grad_out[n, k] * weight[d, k]
    return out, grad_x, grad_weight, grad_bias
# --8<-- [end:loops]


# --8<-- [start:forward]
def layer_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> np.ndarray:
    """The output ``x @ weight + bias``.

    Args:
        x: Inputs, shape (N, D).
        weight: Shape (D, K).
        bias: Shape (K,).

    Returns:
        Shape (N, K).

    Raises:
        ValueError: If ``x`` is not (N, D), or ``bias`` is not (K,): a column
            (N, 1) or a matrix (N, K) would broadcast.
    """
    if x.ndim != 2 or x.shape[1] != weight.shape[0]:
        raise ValueError(f"x must be (N, {weight.shape[0]}), got {x.shape}")
    if bias.shape != weight.shape[1:]:
        raise ValueError(f"bias must be {weight.shape[1:]}, got {bias.shape}")
    return x @ weight + bias  # (N, D) @ (D, K) + (K,) -> (N, K)
# --8<-- [end:forward]


# --8<-- [start:backward]
def layer_backward(
    grad_out: np.ndarray,
    x: np.ndarray,
    weight: np.ndarray,
    input_needed: bool = True,
) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    """Gradients of ``layer_forward``, summed over the N rows.

    Args:
        grad_out: Gradient of the loss with respect to the output, shape (N, K).
        x: The inputs that the forward pass read, shape (N, D).
        weight: The weight that it used, shape (D, K).
        input_needed: False in the first layer: x is data.

    Returns:
        Gradients with respect to x (None if not needed), weight and bias.

    Raises:
        ValueError: If ``grad_out`` is not (N, K).
    """
    if grad_out.shape != (len(x), weight.shape[1]):
        raise ValueError(
            f"grad_out must be {(len(x), weight.shape[1])}, got {grad_out.shape}"
        )
    # (N, K) @ (K, D) -> (N, D)
    grad_x = grad_out @ weight.T if input_needed else None
    grad_weight = x.T @ grad_out  # (D, N) @ (N, K) -> (D, K)
    grad_bias = grad_out.sum(axis=0)  # a row of N ones times grad_out: (K,)
    return grad_x, grad_weight, grad_bias
# --8<-- [end:backward]


# --8<-- [start:step]
def train_step(
    x: np.ndarray,
    targets: np.ndarray,
    weights: list[np.ndarray],
    biases: list[np.ndarray],
    lr: float,
) -> float:
    """One step of gradient descent on a ReLU network, parameters changed in place.

    Every layer is ``layer_forward``; all but the last apply ReLU, whose slope at 0
    is taken as 0. The loss is the sum of squared errors divided by 2 N.

    Args:
        x: Inputs, shape (N, D_0), N >= 1.
        targets: Shape (N, D_L).
        weights: L arrays, the l-th of shape (D_{l-1}, D_l); overwritten.
        biases: L arrays, the l-th of shape (D_l,); overwritten.
        lr: Learning rate.

    Returns:
        The loss before the step.

    Raises:
        ValueError: If ``targets`` has not the shape of the output: (N,) and (N, 1)
            would broadcast to (N, N); or if weights and biases differ in number.
    """
    inputs = [x]  # what each layer reads
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        inputs.append(np.maximum(layer_forward(inputs[-1], weight, bias), 0))
    out = layer_forward(inputs[-1], weights[-1], biases[-1])
    if targets.shape != out.shape:
        raise ValueError(f"targets must be {out.shape}, got {targets.shape}")
    error = out - targets
    grad = error / len(x)  # the mean over the batch enters here, and only here
    for layer in reversed(range(len(weights))):
        grad_x, grad_weight, grad_bias = layer_backward(
            grad, inputs[layer], weights[layer], input_needed=layer > 0
        )  # reads the old weight, so the update comes after
        weights[layer] -= lr * grad_weight
        biases[layer] -= lr * grad_bias
        if layer > 0:
            grad = grad_x * (inputs[layer] > 0)  # ReLU: slope 1 where it is open
    return float(0.5 * np.sum(error * error) / len(x))
# --8<-- [end:step]


# --8<-- [start:cost]
def product_cost(
    N: int, D: int, K: int, itemsize: int = 4
) -> tuple[int, int, float]:
    """Work and least memory traffic of the product (N, D) @ (D, K).

    Args:
        N: Rows of the left matrix.
        D: Columns of the left, rows of the right matrix.
        K: Columns of the right matrix.
        itemsize: Bytes per number, 4 for float32.

    Returns:
        Operations 2 N D K; bytes if each of the three matrices crosses the memory
        bus once; and their ratio, the arithmetic intensity.

    >>> product_cost(1, 1024, 1024)[2] < 0.5 < product_cost(2, 1024, 1024)[2]
    True
    """
    operations = 2 * N * D * K
    traffic = itemsize * (N * D + D * K + N * K)
    return operations, traffic, operations / traffic


def step_cost(sizes: list[int], N: int) -> int:
    """Operations in the matrix products of one training step.

    Args:
        sizes: Widths D_0, ..., D_L.
        N: Rows in the batch.

    Returns:
        Three products of 2 N D_{l-1} D_l operations per layer; two in the first,
        whose input needs no gradient.

    >>> step_cost([784, 256, 10], N=1)
    818176
    """
    total = 0
    for layer, (rows, columns) in enumerate(itertools.pairwise(sizes)):
        products = 2 if layer == 0 else 3
        total += products * product_cost(N, rows, columns)[0]
    return total
# --8<-- [end:cost]


if __name__ == "__main__":
    x = np.array([[1.0, 2.0], [3.0, 0.0], [-1.0, 1.0]])
    weight = np.array([[1.0, 0.0], [2.0, -1.0]])
    bias, grad_out = np.array([0.5, 1.0]), np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]])
    print("output     ", layer_forward(x, weight, bias).tolist())
    names = ("grad x     ", "grad weight", "grad bias  ")
    for name, grad in zip(names, layer_backward(grad_out, x, weight), strict=True):
        print(name, grad.tolist())
    print("one step, 784-256-10, per example:", step_cost([784, 256, 10], 1))
    print("six per weight would be", 6 * (784 * 256 + 256 * 10))
    for N in (1, 8, 64, 256, 1024):
        operations, traffic, intensity = product_cost(N, 1024, 1024)
        print(f"N {N:4d}: {operations / 1e6:7.1f} M operations, {traffic / 1e6:5.2f} MB, "
              f"{intensity:6.2f} per byte")
    print("8192 x 8192, 128 examples, 2 bytes:", round(product_cost(128, 8192, 8192, 2)[2], 1))
