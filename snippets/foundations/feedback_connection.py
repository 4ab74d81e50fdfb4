"""A connection from layer 4 back to layer 2: unrolled in time, and solved for the fixed point.

Werbos, *Backpropagation through time*, https://doi.org/10.1109/5.58337; Bai, Kolter
and Koltun, *Deep Equilibrium Models*, https://arxiv.org/abs/1909.01377.
"""

import numpy as np


# --8<-- [start:pass]
def loop_pass(
    drive: np.ndarray, state: np.ndarray, weights: list[np.ndarray]
) -> list[np.ndarray]:
    """Go once through layers 2, 3 and 4, each with tanh.

    Args:
        drive: What layer 1 sends to layer 2, weights and bias included, (N, D_2).
        state: The last known output of layer 4, (N, D_4).
        weights: ``[back, w_3, w_4]`` of shapes (D_4, D_2), (D_2, D_3), (D_3, D_4).

    Returns:
        Outputs of layers 2, 3 and 4: (N, D_2), (N, D_3), (N, D_4).

    Raises:
        ValueError: If ``state`` does not have one row per row of ``drive``: one
            row would broadcast, and rows of another batch belong to other examples.
    """
    if len(state) != len(drive):
        raise ValueError(f"state has {len(state)} rows, drive has {len(drive)}")
    back, w3, w4 = weights
    h2 = np.tanh(drive + state @ back)
    h3 = np.tanh(h2 @ w3)
    return [h2, h3, np.tanh(h3 @ w4)]


def pass_gradients(
    state: np.ndarray, outputs: list[np.ndarray], weights: list[np.ndarray],
    grad: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Backward through one ``loop_pass``.

    Args:
        state: The state that went into the pass.
        outputs: What the pass returned; tanh' is 1 - output ** 2.
        weights: As in ``loop_pass``.
        grad: Gradient with respect to the output of layer 4, (N, D_4).

    Returns:
        Gradients with respect to ``state``, ``drive`` and each of ``weights``.
    """
    h2, h3, h4 = outputs
    back, w3, w4 = weights
    delta4 = grad * (1 - h4**2)
    delta3 = (delta4 @ w4.T) * (1 - h3**2)
    delta2 = (delta3 @ w3.T) * (1 - h2**2)
    grads = [state.T @ delta2, h2.T @ delta3, h3.T @ delta4]
    return delta2 @ back.T, delta2, grads
# --8<-- [end:pass]


# --8<-- [start:unroll]
def unroll(
    drive: np.ndarray, weights: list[np.ndarray], steps: int
) -> tuple[list[np.ndarray], list[list[np.ndarray]]]:
    """Run the loop with a delay of one pass, from a state of zeros.

    Args:
        drive: As in ``loop_pass``; the same in every pass.
        weights: As in ``loop_pass``.
        steps: Number of passes, >= 1.

    Returns:
        The states 0..steps, each (N, D_4), and the outputs of every pass.
    """
    states, passes = [np.zeros((len(drive), weights[2].shape[1]))], []
    for _ in range(steps):
        passes.append(loop_pass(drive, states[-1], weights))
        states.append(passes[-1][2])
    return states, passes


def unrolled_gradients(
    states: list[np.ndarray], passes: list[list[np.ndarray]],
    weights: list[np.ndarray], grad: np.ndarray,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Backpropagation through time: every pass used the same drive and weights.

    Args:
        states: As returned by ``unroll``.
        passes: As returned by ``unroll``.
        weights: As in ``loop_pass``.
        grad: Gradient with respect to the last state, (N, D_4).

    Returns:
        Gradients with respect to ``drive`` and each of ``weights``: sums over time.
    """
    grad_drive, grads = 0.0, [np.zeros_like(weight) for weight in weights]
    for state, outputs in zip(states[-2::-1], passes[::-1], strict=True):
        grad, of_drive, of_weights = pass_gradients(state, outputs, weights, grad)
        grad_drive = grad_drive + of_drive
        grads = [total + new for total, new in zip(grads, of_weights, strict=True)]
    return grad_drive, grads
# --8<-- [end:unroll]


# --8<-- [start:equilibrium]
def gain_bound(weights: list[np.ndarray]) -> float:
    """Product of the spectral norms; below 1, a pass contracts distances by it."""
    return float(np.prod([np.linalg.norm(weight, 2) for weight in weights]))


def equilibrium(
    drive: np.ndarray, weights: list[np.ndarray], tol: float = 1e-12,
    max_steps: int = 1000,
) -> np.ndarray:
    """The state (N, D_4) that a pass reproduces, found by iterating from zeros.

    Args:
        drive: As in ``loop_pass``.
        weights: As in ``loop_pass``.
        tol: Stop when no entry changes by more than this.
        max_steps: Give up after this many passes.

    Raises:
        ValueError: If ``weights`` do not settle within ``max_steps``.
    """
    state = np.zeros((len(drive), weights[2].shape[1]))
    for _ in range(max_steps):
        new = loop_pass(drive, state, weights)[2]
        if np.abs(new - state).max(initial=0.0) <= tol:
            return new
        state = new
    raise ValueError(f"weights of gain {gain_bound(weights):.3g} do not settle")


def implicit_gradients(
    drive: np.ndarray, state: np.ndarray, weights: list[np.ndarray],
    grad: np.ndarray, tol: float = 1e-12, max_steps: int = 1000,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Gradients at the fixed point; only the last pass has to be known.

    Solves ``u = grad + u @ J`` by iteration, J the Jacobian of one pass with
    respect to the state, then sends ``u`` backward through a single pass.

    Args:
        drive: As in ``loop_pass``.
        state: What ``equilibrium`` returned, (N, D_4).
        weights: As in ``loop_pass``.
        grad: Gradient with respect to the fixed point, (N, D_4).
        tol: Stop when no entry of u changes by more than this.
        max_steps: Give up after this many passes.

    Returns:
        Gradients with respect to ``drive`` and each of ``weights``.

    Raises:
        ValueError: If u does not settle: an eigenvalue of J is outside the circle.
    """
    outputs = loop_pass(drive, state, weights)
    u = grad
    for _ in range(max_steps):
        through, grad_drive, grads = pass_gradients(state, outputs, weights, u)
        if np.abs(grad + through - u).max(initial=0.0) <= tol:
            return grad_drive, grads
        u = grad + through
    raise ValueError(f"weights of gain {gain_bound(weights):.3g}: no gradient")
# --8<-- [end:equilibrium]


if __name__ == "__main__":
    drive, one = np.array([[0.1]]), np.array([[1.0]])
    for gain in (0.5, 0.9, 1.5, -1.5):
        weights = [gain * one, one, one]  # one unit per layer
        states, _ = unroll(drive, weights, 200)
        print(f"gain {gain}: h4 after 1-4 and 199, 200 passes",
              [f"{states[i][0, 0]:.3f}" for i in (1, 2, 3, 4, 199, 200)])
        try:
            state = equilibrium(drive, weights)
        except ValueError as error:
            print("  ", error)
            continue
        local, _, last_only = pass_gradients(state, loop_pass(drive, state, weights), weights, one)
        _, exact = implicit_gradients(drive, state, weights, one)
        print(f"  fixed point {state[0, 0]:.4f}, slope of a pass there {local[0, 0]:.3f}")
        print(f"  d h4 / d back {exact[0][0, 0]:.4f}, through the last pass only "
              f"{last_only[0][0, 0]:.4f}")
        for steps in (5, 10, 20, 40):
            states, passes = unroll(drive, weights, steps)
            grads = unrolled_gradients(states, passes, weights, one)[1]
            print(f"  {steps} passes: h4 {states[-1][0, 0]:.4f}, d h4 / d back {grads[0][0, 0]:.4f}")
    state = -one
    for _ in range(200):
        state = loop_pass(drive, state, [1.5 * one, one, one])[2]
    print(f"gain 1.5 from a state of -1: {state[0, 0]:.3f}")
