"""The gradient on its way down: a product of weights and activation slopes.

Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural
networks*, https://arxiv.org/abs/1211.5063; Glorot and Bengio, *Understanding the
difficulty of training deep feedforward neural networks*,
https://proceedings.mlr.press/v9/glorot10a.html.
"""

import numpy as np


# --8<-- [start:forward]
def forward(
    x: np.ndarray, weights: list, biases: list, activation: str
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Hidden layers a_l = phi(a_(l-1) W_l + b_l), and the slopes phi'(z_l).

    Args:
        x: Inputs, (N, D_0).
        weights: L arrays, (D_(l-1), D_l).
        biases: L arrays, (D_l,).
        activation: ``sigmoid``, ``tanh`` or ``relu``; relu has slope 0 at 0.

    Returns:
        The L + 1 layers a_0 = x, ..., a_L and the L slopes, each (N, D_l), in the
        precision of the arguments.

    Raises:
        ValueError: If ``activation`` is another name or the lists differ in length.
    """
    layers, slopes = [x], []
    for weight, bias in zip(weights, biases, strict=True):
        z = layers[-1] @ weight + bias  # (N, D_(l-1)) -> (N, D_l)
        if activation == "sigmoid":
            a = 0.5 * (1 + np.tanh(z / 2))  # never overflows
            slope = a * (1 - a)
        elif activation == "tanh":
            a = np.tanh(z)
            slope = 1 - a * a
        elif activation == "relu":
            a = np.maximum(0.0, z)
            slope = (z > 0).astype(z.dtype)
        else:
            raise ValueError(f"activation {activation!r}: not sigmoid, tanh, relu")
        layers.append(a)
        slopes.append(slope)
    return layers, slopes
# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(grad: np.ndarray, weights: list, slopes: list) -> list[np.ndarray]:
    """Gradients of the loss at every layer, from the one at the top.

    Args:
        grad: dloss/da_L, (N, D_L).
        weights: L arrays, (D_(l-1), D_l).
        slopes: L arrays phi'(z_l), (N, D_l).

    Returns:
        The L + 1 gradients at a_0, ..., a_L, in this order.

    Raises:
        ValueError: If the lists differ in length.
    """
    grads = [grad]
    for weight, slope in zip(reversed(weights), reversed(slopes), strict=True):
        grads.append((grads[-1] * slope) @ weight.T)  # (N, D_l) -> (N, D_(l-1))
    return grads[::-1]
# --8<-- [end:backward]


# --8<-- [start:factor]
def expected_factor(slope: np.ndarray, variance: float, width: int) -> float:
    """What one layer does to the gradient's norm when its weights are random.

    The root of width * variance * mean of the squared slopes.

    Args:
        slope: Slopes phi'(z), any shape.
        variance: Variance of the independent weights, which have mean 0.
        width: Units per layer.

    Returns:
        Below 1 the gradient vanishes with depth, above 1 it explodes.
    """
    return float(np.sqrt(width * variance * np.mean(slope**2)))
# --8<-- [end:factor]


# --8<-- [start:twin]
def sigmoid_twin(weights: list, biases: list) -> tuple[list, list]:
    """Weights and biases of the sigmoid network whose layers are (1 + tanh) / 2.

    From tanh(u) = 2 sigmoid(2u) - 1: every layer after the first takes four times
    the weights, and its bias takes the mean 1/2 of its inputs away again.

    Args:
        weights: Those of a tanh network, L arrays (D_(l-1), D_l).
        biases: L arrays (D_l,).

    Returns:
        The sigmoid network's weights and biases, of the same shapes.

    Raises:
        ValueError: If the lists differ in length.
    """
    new_weights, new_biases = [2 * weights[0]], [2 * biases[0]]
    for weight, bias in zip(weights[1:], biases[1:], strict=True):
        new_weights.append(4 * weight)
        new_biases.append(2 * bias - 2 * weight.sum(axis=0))
    return new_weights, new_biases
# --8<-- [end:twin]


# --8<-- [start:window]
def gain_window(weight: float) -> float:
    """Length of the interval of inputs a with |w| sigmoid'(w a + b) >= 1, any b.

    Solve sigmoid'(z) = 1 / (4 cosh(z / 2)**2) = 1 / |w| for z and divide by |w|.

    Args:
        weight: The weight w of a unit with one input.

    Returns:
        4 / |w| * arccosh(sqrt(|w|) / 2), and 0 up to |w| = 4.

    >>> gain_window(4.0)
    0.0
    """
    w = abs(weight)
    return float(4 / w * np.arccosh(np.sqrt(w) / 2)) if w > 4 else 0.0
# --8<-- [end:window]


if __name__ == "__main__":
    for w in (1.0, 4.0, 8.0):  # ten units in a row, each centered: z = w (a - 1/2)
        for start in (0.5, 0.6, 1.0):
            ten = [np.array([[w]])] * 10, [np.array([-w / 2])] * 10
            layers, slopes = forward(np.array([[start]]), *ten, "sigmoid")
            gradient = backward(np.ones((1, 1)), ten[0], slopes)[0].item()
            print(f"w {w:.0f}, a_0 {start}: gradient {gradient:.2e}, a_10 {layers[-1].item():.3f}")
    grid = np.arange(4.01, 20, 0.01)
    widest = max(grid, key=gain_window)
    print(f"widest window {gain_window(widest):.3f} at w = {widest:.1f}, "
          f"at w = 20: {gain_window(20):.3f}")

    rng = np.random.default_rng(0)
    D, L = 64, 20
    x = rng.standard_normal((200, D))
    weights = [rng.standard_normal((D, D)) / np.sqrt(D) for _ in range(L)]
    biases = [np.zeros(D)] * L
    layers, slopes = forward(x, weights, biases, "tanh")
    twin = sigmoid_twin(weights, biases)
    twin_layers, twin_slopes = forward(x, *twin, "sigmoid")
    gap = np.max(np.abs(2 * twin_layers[-1] - 1 - layers[-1]))
    top = rng.standard_normal((200, D))
    norms = [np.linalg.norm(g) for g in backward(top, weights, slopes)]
    twin_norms = [np.linalg.norm(g) for g in backward(top, twin[0], twin_slopes)]
    print(f"twin differs by {gap:.0e}; first layer over last: tanh {norms[1] / norms[-1]:.4f}, "
          f"sigmoid {twin_norms[1] / twin_norms[-1]:.4f}")
    for name, slope in (("sigmoid", 0.25), ("tanh", 1.0)):
        print(f"nn.Linear's start, {name}: factor at most "
              f"{expected_factor(np.array([slope]), 1 / (3 * D), D):.3f}")
    half = np.array([0.0, 1.0])
    print(f"relu: nn.Linear's start {expected_factor(half, 1 / (3 * D), D):.3f}, "
          f"2 / D {expected_factor(half, 2 / D, D):.3f}, 8 / D {expected_factor(half, 8 / D, D):.3f}")
    z = np.random.default_rng(0).standard_normal(1_000_000)
    s = 0.5 * (1 + np.tanh(z / 2))
    print(f"sigmoid of N(0, 1): mean square {np.mean(s**2):.3f}, variance {np.var(s):.4f}, "
          f"mean squared slope {np.mean((s * (1 - s)) ** 2):.4f}")
