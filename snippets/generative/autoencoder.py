"""Auto-encoders: the linear one is PCA's subspace, the denoising one points toward the data.

Baldi and Hornik, *Neural networks and principal component analysis*, 1989,
https://doi.org/10.1016/0893-6080(89)90014-2. Vincent, *A connection between score matching and
denoising autoencoders*, 2011, https://doi.org/10.1162/NECO_a_00142.
"""

import numpy as np


# --8<-- [start:pca]
def pca(x: np.ndarray, num_components: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean, principal directions, and the squared error that they leave.

    Args:
        x: Data, (N, D).
        num_components: K, from 0 to the smaller of N and D.

    Returns:
        The mean (D,); the K unit directions of largest variance as rows (K, D); and
        the mean over the N rows of the squared distance to their projections onto
        the affine subspace through the mean.

    Raises:
        ValueError: If ``x`` has no rows or ``num_components`` is outside its range.
    """
    if len(x) == 0:
        raise ValueError(f"x must have at least one row, got {x.shape}")
    if not 0 <= num_components <= min(x.shape):
        raise ValueError(
            f"num_components must be 0 to {min(x.shape)}, got {num_components}")
    mean = x.mean(axis=0)
    _, singular, directions = np.linalg.svd(x - mean, full_matrices=False)
    left_over = float(np.sum(singular[num_components:] ** 2) / len(x))
    return mean, directions[:num_components], left_over
# --8<-- [end:pca]


# --8<-- [start:linear]
def linear_loss_and_grads(
    x: np.ndarray, encoder: np.ndarray, decoder: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Loss of a linear auto-encoder without biases, and its gradients.

    The loss is the squared distance between a row of ``x`` and its reconstruction
    ``x @ encoder @ decoder``, averaged over the N rows.

    Args:
        x: Centered data, (N, D).
        encoder: (D, K).
        decoder: (K, D).

    Returns:
        The loss and its gradients, (D, K) and (K, D).

    Raises:
        ValueError: If ``x`` has no rows or ``decoder`` is not (K, D).
    """
    if len(x) == 0 or decoder.shape != encoder.shape[::-1]:
        raise ValueError(f"x {x.shape}, encoder {encoder.shape} and decoder "
                         f"{decoder.shape} must be (N, D), (D, K), (K, D)")
    code = x @ encoder  # (N, D) -> (N, K)
    grad_output = 2 * (code @ decoder - x) / len(x)  # (N, D)
    loss = float(np.sum((code @ decoder - x) ** 2) / len(x))
    return loss, x.T @ (grad_output @ decoder.T), code.T @ grad_output
# --8<-- [end:linear]


# --8<-- [start:network]
Layers = list[tuple[np.ndarray, np.ndarray]]  # pairs of weight and bias


def forward(x: np.ndarray, layers: Layers) -> list[np.ndarray]:
    """Values between the layers: tanh after each but the last, which is linear.

    Args:
        x: (N, D).
        layers: Pairs of weight (in, out) and bias (out,), at least one.

    Returns:
        ``len(layers) + 1`` arrays: ``x``, the hidden activations, the output.
    """
    values = [x]
    for weight, bias in layers[:-1]:
        values.append(np.tanh(values[-1] @ weight + bias))
    weight, bias = layers[-1]
    return [*values, values[-1] @ weight + bias]


def loss_and_grads(
    inputs: np.ndarray, targets: np.ndarray, layers: Layers
) -> tuple[float, Layers]:
    """Squared distance of output and target, averaged over rows, with gradients.

    In a plain auto-encoder ``inputs`` is ``targets``, in a denoising one a damaged
    copy of it.

    Args:
        inputs: What the network sees, (N, D).
        targets: What should come out, (N, D).
        layers: As for ``forward``.

    Returns:
        The loss, and for each layer the gradients of weight and bias.

    Raises:
        ValueError: If ``inputs`` and ``targets`` differ in shape or have no rows,
            or the output has another shape than ``targets``.
    """
    if inputs.shape != targets.shape or len(inputs) == 0:
        raise ValueError(f"inputs {inputs.shape} do not fit {targets.shape}")
    values = forward(inputs, layers)
    if values[-1].shape != targets.shape:  # (N, 1) would be broadcast
        raise ValueError(f"layers end in {values[-1].shape}, not {targets.shape}")
    loss = float(np.sum((values[-1] - targets) ** 2) / len(targets))
    grad = 2 * (values[-1] - targets) / len(targets)  # of the last layer's output
    grads = []
    for i in range(len(layers) - 1, -1, -1):
        grads.append((values[i].T @ grad, grad.sum(axis=0)))
        if i > 0:  # back through the layer and the tanh that fed it
            grad = grad @ layers[i][0].T * (1 - values[i] ** 2)
    return loss, grads[::-1]
# --8<-- [end:network]


# --8<-- [start:denoiser]
def best_denoiser(
    x: np.ndarray, data: np.ndarray, noise: float
) -> np.ndarray:
    """Mean of the clean points given a noisy one: the least squared error.

    A clean point is one of the rows of ``data``, all equally likely, and normal
    noise is added to each coordinate, independently. So each row counts by its
    probability given ``x``: a softmax of minus the squared distance over twice the
    variance of the noise.

    Args:
        x: Noisy points, (N, D).
        data: Clean points, (M, D).
        noise: Standard deviation of the noise, positive.

    Returns:
        (N, D).

    Raises:
        ValueError: If ``noise`` is not positive, or ``x`` and ``data`` differ in D.

    >>> data = np.array([[-1.0], [1.0]])
    >>> best_denoiser(np.array([[0.0], [0.5]]), data, 1.0).round(4)
    array([[0.    ],
           [0.4621]])
    """
    if not noise > 0:
        raise ValueError(f"noise must be positive, got {noise}")
    if x.shape[1:] != data.shape[1:]:
        raise ValueError(f"data {data.shape} does not fit x {x.shape}")
    distances = np.sum((x[:, None] - data) ** 2, axis=2)  # (N, M)
    scores = -distances / (2 * noise**2)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ data
# --8<-- [end:denoiser]


if __name__ == "__main__":
    t = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    parabola = np.stack([t, t**2], axis=1)
    mean, directions, left_over = pca(parabola, 1)
    print(f"parabola: direction {np.abs(directions[0]).round(4)}, left over {left_over:.4f} "
          f"of {pca(parabola, 0)[2]:.4f}")
    centered = parabola - mean
    for scale in (1.0, 5.0):
        encoder = directions.T * scale
        loss, *grads = linear_loss_and_grads(centered, encoder, directions / scale)
        print(f"encoder times {scale}: loss {loss:.4f}, gradient zero: "
              f"{max(np.abs(grad).max() for grad in grads) < 1e-12}")
    other = np.array([[1.0], [0.0]])
    print(f"the other direction, a saddle: {linear_loss_and_grads(centered, other, other.T)[0]:.4f}")
