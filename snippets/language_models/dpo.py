"""Direct preference optimization: loss, gradient and what it calls a reward.

Rafailov and colleagues 2023, https://arxiv.org/abs/2305.18290.
"""

import numpy as np


# --8<-- [start:logps]
def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Log-probabilities along the last axis; exp cannot overflow."""
    shifted = 1.0 * logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def sequence_logps(logits: np.ndarray, labels: np.ndarray,
                   mask: np.ndarray) -> np.ndarray:
    """Sum of log p(label) over the response, for each sequence.

    The logits at a position predict the token after it, so position t of the logits
    is compared with position t + 1 of labels and mask.

    Args:
        logits: (N, T, K).
        labels: The tokens themselves, prompt and response, (N, T) integers.
        mask: 1 for tokens of the response, 0 for prompt and padding, (N, T).

    Returns:
        Log-probabilities (N,); 0 where the response is empty.

    Raises:
        ValueError: If the first two axes differ or a label of the response is
            negative.
    """
    if not logits.shape[:2] == labels.shape == mask.shape:
        raise ValueError(f"logits {logits.shape}, labels {labels.shape} and mask "
                         f"{mask.shape} must share N and T")
    logps = log_softmax(logits[:, :-1])  # (N, T, K) -> (N, T - 1, K)
    keep = mask[:, 1:] > 0
    index = np.where(keep, labels[:, 1:], 0)  # padding may be -100
    if index.min(initial=0) < 0:  # NumPy would count it from the end
        raise ValueError(f"labels under the mask must be >= 0, got {index.min()}")
    taken = np.take_along_axis(logps, index[..., None], axis=-1)[..., 0]
    return np.where(keep, taken, 0.0).sum(axis=1)
# --8<-- [end:logps]


# --8<-- [start:loss]
def log_ratio_margin(policy_chosen_logps: np.ndarray,
                     policy_rejected_logps: np.ndarray,
                     reference_chosen_logps: np.ndarray,
                     reference_rejected_logps: np.ndarray) -> np.ndarray:
    """(pc - rc) - (pr - rr): by how much the policy moved the two apart.

    Args:
        policy_chosen_logps: Sequence log-probabilities pc of the preferred
            responses under the model in training, (N,).
        policy_rejected_logps: pr, of the rejected ones.
        reference_chosen_logps: rc, of the preferred under the frozen reference.
        reference_rejected_logps: rr, of the rejected.

    Returns:
        One margin h per pair, (N,).

    Raises:
        ValueError: If the four shapes differ or there are no pairs.
    """
    shapes = [x.shape for x in (policy_chosen_logps, policy_rejected_logps,
                                reference_chosen_logps, reference_rejected_logps)]
    if len(set(shapes)) > 1 or policy_chosen_logps.size == 0:
        raise ValueError(f"all log-probabilities, policy_chosen_logps first, must "
                         f"have one shape and hold a pair, got {shapes}")
    return (policy_chosen_logps - reference_chosen_logps
            - (policy_rejected_logps - reference_rejected_logps))


def dpo_loss(policy_chosen_logps: np.ndarray, policy_rejected_logps: np.ndarray,
             reference_chosen_logps: np.ndarray,
             reference_rejected_logps: np.ndarray, beta: float = 0.1) -> tuple:
    """Mean of -log sigmoid(beta * ((pc - rc) - (pr - rr))), with gradients.

    Args:
        policy_chosen_logps: As in ``log_ratio_margin``, (N,).
        policy_rejected_logps: (N,).
        reference_chosen_logps: (N,).
        reference_rejected_logps: (N,).
        beta: Strength of the KL term, at least 0; at 0 the loss is log 2 and
            teaches nothing.

    Returns:
        loss, a scalar, and its gradients by the two policy arguments, (N,) each.

    Raises:
        ValueError: If ``beta`` is negative, shapes differ or there are no pairs.
    """
    if not beta >= 0:
        raise ValueError(f"beta must be at least 0, got {beta}")
    margin = beta * log_ratio_margin(
        policy_chosen_logps, policy_rejected_logps,
        reference_chosen_logps, reference_rejected_logps)
    loss = np.logaddexp(0, -margin).mean()
    grad = -beta * np.exp(-np.logaddexp(0, margin)) / margin.size
    return loss, grad, -grad
# --8<-- [end:loss]


# --8<-- [start:ipo]
def ipo_loss(policy_chosen_logps: np.ndarray, policy_rejected_logps: np.ndarray,
             reference_chosen_logps: np.ndarray,
             reference_rejected_logps: np.ndarray, beta: float = 0.1) -> float:
    """IPO: mean squared distance of the log-ratio difference from 1 / (2 beta).

    Args:
        policy_chosen_logps: As in ``log_ratio_margin``, (N,).
        policy_rejected_logps: (N,).
        reference_chosen_logps: (N,).
        reference_rejected_logps: (N,).
        beta: The larger, the sooner a pair is far enough apart; above 0.

    Raises:
        ValueError: If ``beta`` is not positive, shapes differ or there are no
            pairs.
    """
    if not beta > 0:
        raise ValueError(f"beta must be positive, got {beta}")
    margin = log_ratio_margin(policy_chosen_logps, policy_rejected_logps,
                              reference_chosen_logps, reference_rejected_logps)
    return np.mean((margin - 1 / (2 * beta)) ** 2)
# --8<-- [end:ipo]


if __name__ == "__main__":
    same = np.array([-12.0])
    cases = {"start": (-12.0, -15.0), "chosen up 1": (-11.0, -15.0),
             "rejected down 1": (-12.0, -16.0), "both down": (-14.0, -20.0),
             "wrong way": (-13.0, -14.0)}
    for name, (chosen, rejected) in cases.items():
        args = [np.array([v]) for v in (chosen, rejected, -12.0, -15.0)]
        loss, grad, _ = dpo_loss(*args, 0.1)
        print(f"{name}: DPO {loss:.4f}, gradient {grad[0]:.4f}, IPO {ipo_loss(*args, 0.1):.2f}")
    logits = np.log(np.array([[[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]]))
    labels = np.array([[0, 1, 2]])
    for mask in ([0, 1, 1], [0, 0, 1]):
        print(mask, sequence_logps(logits, labels, np.array([mask])).round(4))
