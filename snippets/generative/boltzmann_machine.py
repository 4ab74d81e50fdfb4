"""A restricted Boltzmann machine: exact likelihood by enumeration, and contrastive divergence.

Hinton, *Training products of experts by minimizing contrastive divergence*, 2002,
https://doi.org/10.1162/089976602760128018. Tieleman, *Training restricted Boltzmann machines
using approximations to the likelihood gradient*, 2008, https://doi.org/10.1145/1390156.1390290.
"""

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)) without overflow."""
    return np.exp(-np.logaddexp(0, -x))


# --8<-- [start:energy]
def free_energy(
    v: np.ndarray, weight: np.ndarray, bias_v: np.ndarray, bias_h: np.ndarray
) -> np.ndarray:
    """Free energy F(v): minus the log of the sum over h of exp(-E(v, h)).

    E(v, h) is -v @ weight @ h - v @ bias_v - h @ bias_h. The sum over all binary h
    is a product over hidden units of 1 + exp(input of the unit).

    Args:
        v: Visible states, (N, V), zeros and ones.
        weight: (V, H).
        bias_v: (V,).
        bias_h: (H,).

    Returns:
        (N,).

    >>> ones, zero = np.ones((1, 2)), np.zeros
    >>> free_energy(ones, np.log([[2.0], [2.0]]), zero(2), zero(1)).round(4)
    array([-1.6094])
    """
    # not -v @ bias_v: minus a uint8 1 is 255
    return -(v @ bias_v) - np.logaddexp(0, v @ weight + bias_h).sum(axis=1)
# --8<-- [end:energy]


# --8<-- [start:exact]
def all_states(count: int) -> np.ndarray:
    """All binary rows, (2**count, count) float64, counting upward in binary.

    >>> all_states(2)
    array([[0., 0.],
           [0., 1.],
           [1., 0.],
           [1., 1.]])
    """
    numbers = np.arange(2**count, dtype=np.int64)[:, None]
    return (numbers >> np.arange(count - 1, -1, -1) & 1).astype(np.float64)


def log_partition(
    weight: np.ndarray, bias_v: np.ndarray, bias_h: np.ndarray
) -> float:
    """log Z by enumeration of the visible states: for V up to about 20.

    >>> zero = np.zeros
    >>> round(np.exp(log_partition(np.log([[2.0], [2.0]]), zero(2), zero(1))))
    13
    """
    scores = -free_energy(all_states(len(bias_v)), weight, bias_v, bias_h)
    return float(scores.max() + np.log(np.exp(scores - scores.max()).sum()))


def exact_gradient(
    data: np.ndarray, weight: np.ndarray, bias_v: np.ndarray, bias_h: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradient of the mean log-likelihood of the rows of ``data``, by enumeration.

    Args:
        data: (N, V), zeros and ones.
        weight: (V, H).
        bias_v: (V,).
        bias_h: (H,).

    Returns:
        Gradients of weight (V, H), bias_v (V,) and bias_h (H,).

    Raises:
        ValueError: If ``data`` has no rows.
    """
    if len(data) == 0:
        raise ValueError(f"data must have at least one row, got {data.shape}")
    states = all_states(len(bias_v))
    log_z = log_partition(weight, bias_v, bias_h)
    probs = np.exp(-free_energy(states, weight, bias_v, bias_h) - log_z)
    means = []
    # positive phase under the data, negative phase under the model
    for v, p in [(data, np.full(len(data), 1 / len(data))), (states, probs)]:
        h = sigmoid(v @ weight + bias_h)
        means.append(((v * p[:, None]).T @ h, p @ v, p @ h))
    positive, negative = means
    return tuple(a - b for a, b in zip(positive, negative, strict=True))
# --8<-- [end:exact]


# --8<-- [start:cd]
def gibbs_step(
    v: np.ndarray, weight: np.ndarray, bias_v: np.ndarray, bias_h: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """One sweep: sample all hidden units given v, then all visible ones given h.

    A unit is 1 with the sigmoid of its input. Uniform draws of shape (N, H) come
    first, then of shape (N, V); a unit is 1 if its draw is below its probability.

    Returns:
        New visible states, (N, V), zeros and ones.
    """
    probs_h = sigmoid(v @ weight + bias_h)  # (N, H)
    h = (rng.uniform(size=probs_h.shape) < probs_h).astype(np.float64)
    probs_v = sigmoid(h @ weight.T + bias_v)  # (N, V)
    return (rng.uniform(size=probs_v.shape) < probs_v).astype(np.float64)


def cd_gradient(
    data: np.ndarray, weight: np.ndarray, bias_v: np.ndarray, bias_h: np.ndarray,
    steps: int, rng: np.random.Generator, chains: np.ndarray | None = None,
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """Contrastive divergence: the negative phase after a few Gibbs steps.

    The chains start at the data, or where they stood if they are persistent (PCD).
    Statistics use the probabilities of the hidden units, not samples.

    Args:
        data: (N, V), zeros and ones.
        weight: (V, H).
        bias_v: (V,).
        bias_h: (H,).
        steps: Number of Gibbs steps, at least 1.
        rng: Draws the states.
        chains: States from the last call, (M, V), or None to start at the data.

    Returns:
        Approximate gradients of the mean log-likelihood, as from
        ``exact_gradient``, and the final states of the chains.

    Raises:
        ValueError: If ``steps`` is less than 1, or ``data`` or ``chains`` is empty.
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")
    v = data if chains is None else chains
    if len(data) == 0 or len(v) == 0:
        raise ValueError(f"data and chains need rows, got {len(data)} and {len(v)}")
    for _ in range(steps):
        v = gibbs_step(v, weight, bias_v, bias_h, rng)
    h_data, h_model = sigmoid(data @ weight + bias_h), sigmoid(v @ weight + bias_h)
    grads = (
        data.T @ h_data / len(data) - v.T @ h_model / len(v),
        data.mean(axis=0) - v.mean(axis=0),
        h_data.mean(axis=0) - h_model.mean(axis=0),
    )
    return grads, v
# --8<-- [end:cd]


# --8<-- [start:expected]
def expected_cd(
    data: np.ndarray, weight: np.ndarray, bias_v: np.ndarray, bias_h: np.ndarray,
    steps: int,
) -> np.ndarray:
    """Mean of CD's weight gradient over all its random draws, by enumeration.

    The distribution of the chains starts at the data and is multiplied ``steps``
    times by the matrix of probabilities from each visible state to each other.

    Args:
        data: (N, V), zeros and ones.
        weight: (V, H).
        bias_v: (V,).
        bias_h: (H,).
        steps: Number of Gibbs steps, at least 0.

    Returns:
        (V, H).
    """
    states, hidden = all_states(len(bias_v)), all_states(len(bias_h))

    def table(inputs, outputs):  # P(output row | input), (inputs, outputs)
        log_norm = np.logaddexp(0, inputs).sum(axis=1)[:, None]
        return np.exp(inputs @ outputs.T - log_norm)

    up = table(states @ weight + bias_h, hidden)  # (2^V, 2^H)
    transition = up @ table(hidden @ weight.T + bias_v, states)  # (2^V, 2^V)
    powers = 2 ** np.arange(len(bias_v) - 1, -1, -1)
    rows = (data @ powers).astype(np.int64)
    probs = np.bincount(rows, minlength=len(states)) / len(data)
    for _ in range(steps):
        probs = probs @ transition
    h_data = sigmoid(data @ weight + bias_h)
    h_model = sigmoid(states @ weight + bias_h)
    return data.T @ h_data / len(data) - (states * probs[:, None]).T @ h_model
# --8<-- [end:expected]


if __name__ == "__main__":
    weight, bias_v, bias_h = np.log([[2.0], [2.0]]), np.zeros(2), np.zeros(1)
    states = all_states(2)
    log_z = log_partition(weight, bias_v, bias_h)
    probs = np.exp(-free_energy(states, weight, bias_v, bias_h) - log_z)
    print(f"Z {np.exp(log_z):.4f}, 13 p(v) {(13 * probs).round(4)}")
    data = np.ones((1, 2))
    print("exact", exact_gradient(data, weight, bias_v, bias_h)[0][:, 0].round(4))
    for k in (1, 2, 5, 20):
        print(f"CD-{k} expected", expected_cd(data, weight, bias_v, bias_h, k)[:, 0].round(4))
    # Two equal modes, 0000 and 1111; the data knows one of them.
    for size in (2.0, 4.0, 8.0):
        weight, bias_v, bias_h = np.full((4, 1), size), np.full(4, -size / 2), np.array([-2 * size])
        exact = exact_gradient(np.ones((1, 4)), weight, bias_v, bias_h)[0][0, 0]
        found = [expected_cd(np.ones((1, 4)), weight, bias_v, bias_h, k)[0, 0] for k in (1, 10, 100)]
        print(f"weight {size}: exact {exact:.3f}, CD-1, 10, 100: {np.round(found, 3)}")
