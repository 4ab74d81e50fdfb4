"""GRPO: advantages from a group of answers, PPO's clip per token, and a KL estimate.

Shao and colleagues 2024, https://arxiv.org/abs/2402.03300; without length and deviation:
Liu and colleagues 2025, https://arxiv.org/abs/2503.20783.
"""

import numpy as np


# --8<-- [start:advantages]
def group_advantages(rewards: np.ndarray, scale: bool = True,
                     eps: float = 1e-4) -> np.ndarray:
    """Reward minus the mean of its group, over the group's standard deviation.

    Args:
        rewards: (N, G): G answers to each of N prompts, G at least 2.
        scale: False leaves the deviation out, as Dr. GRPO does.
        eps: Added to the deviation (with G - 1 below the line, as torch.std).

    Returns:
        Advantages (N, G); a group with equal rewards gets exact zeros, if eps is
        above 0 or scale is False.

    Raises:
        ValueError: If rewards is no (N, G) with G of at least 2.
    """
    if rewards.ndim != 2 or rewards.shape[1] < 2:
        raise ValueError(f"rewards must be (N, G) with G >= 2, got {rewards.shape}")
    rewards = rewards.astype(np.result_type(rewards, np.float32))  # booleans too
    rewards = rewards - rewards[:, :1]  # equal ones to 0: their mean is rounded
    centered = rewards - rewards.mean(axis=1, keepdims=True)
    if scale:
        centered = centered / (rewards.std(axis=1, ddof=1, keepdims=True) + eps)
    return centered
# --8<-- [end:advantages]


# --8<-- [start:k3]
def kl_estimate(logprobs: np.ndarray, ref_logprobs: np.ndarray) -> np.ndarray:
    """k3 of Schulman: q - 1 - log q with q = p_ref / p, for tokens drawn from p.

    Never negative, and its mean over tokens drawn from p is KL(p || p_ref).

    Args:
        logprobs: Log-probabilities of the drawn tokens under p, any shape.
        ref_logprobs: The same under the reference.
    """
    log_q = ref_logprobs - logprobs
    return np.expm1(np.minimum(log_q, 80.0)) - log_q  # float32 overflows at 88.7
# --8<-- [end:k3]


# --8<-- [start:loss]
def grpo_loss(logprobs: np.ndarray, old_logprobs: np.ndarray,
              ref_logprobs: np.ndarray | None, advantages: np.ndarray,
              mask: np.ndarray, eps: float = 0.2, beta: float = 0.04,
              max_length: int | None = None) -> tuple[float, np.ndarray]:
    """Clipped objective plus beta times k3, averaged per answer, then over answers.

    Args:
        logprobs: Of the drawn tokens under the policy in training, (B, T).
        old_logprobs: Under the policy that drew them.
        ref_logprobs: Under the frozen reference; not looked at if beta is 0.
        advantages: One for each answer, (B,).
        mask: 1 for tokens of the answer, (B, T).
        eps: The ratio is clipped to 1 - eps and 1 + eps. Before that, logarithms of
            it and of q are limited to 80, so that float32 does not overflow.
        beta: Weight of the KL estimate.
        max_length: Divide each answer's sum by this constant (Dr. GRPO) instead of
            by its own length (None).

    Returns:
        loss, a scalar, and its gradient by logprobs, (B, T).

    Raises:
        ValueError: If ``advantages`` is not one number per answer or the other
            arrays have not one shape.
    """
    if advantages.shape != logprobs.shape[:1]:
        raise ValueError(f"advantages must be {logprobs.shape[:1]}, "
                         f"got {advantages.shape}")
    if beta == 0:
        ref_logprobs = logprobs  # q = 1
    shapes = [x.shape for x in (logprobs, old_logprobs, ref_logprobs, mask)]
    if len(set(shapes)) > 1:
        raise ValueError(f"logprobs, old_logprobs, ref_logprobs and mask must have "
                         f"one shape, got {shapes}")
    keep = mask > 0
    log_ratio = np.where(keep, logprobs - old_logprobs, 0.0)
    ratio = np.exp(np.minimum(log_ratio, 80.0))  # float32 overflows at 88.7
    free = ratio * advantages[:, None]  # (B, 1) -> (B, T)
    clipped = np.clip(ratio, 1 - eps, 1 + eps) * advantages[:, None]
    log_q = np.where(keep, ref_logprobs - logprobs, 0.0)
    excess = np.expm1(np.minimum(log_q, 80.0))  # q - 1
    term = -np.minimum(free, clipped) + beta * (excess - log_q)
    length = keep.sum(axis=1, keepdims=True) if max_length is None else max_length
    weight = keep / np.maximum(length, 1) / max(len(logprobs), 1)  # (B, T)
    weight = weight.astype(ratio.dtype)  # float32 stays float32
    grad = -np.where(free <= clipped, free, 0.0) - beta * excess
    return np.sum(weight * term), weight * grad
# --8<-- [end:loss]


if __name__ == "__main__":
    for rewards in ([1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]):
        one = np.array([rewards], dtype=float)
        print(rewards, "GRPO", group_advantages(one).round(3)[0], "Dr.", group_advantages(one, False)[0])
    print("k3 at q = 0.5, 1, 2:", kl_estimate(np.zeros(3), np.log([0.5, 1, 2])).round(4))
    mask = np.array([[1, 1, 0, 0, 0, 0, 0, 0], [1] * 8])
    zero = np.zeros((2, 8))
    for constant in (None, 8):
        _, grad = grpo_loss(zero, zero, zero, np.array([-1.0, -1.0]), mask, max_length=constant)
        print("per token, wrong answers of 2 and 8 tokens:", grad[:, 0])
    p, ref = np.array([0.7, 0.2, 0.1]), np.array([0.4, 0.4, 0.2])
    k3 = kl_estimate(np.log(p), np.log(ref))
    print("KL", round(float(p @ np.log(p / ref)), 4), "mean of k3", round(float(p @ k3), 4),
          "deviations k1, k3", [round(float(np.sqrt(p @ v**2 - (p @ v) ** 2)), 3)
                                for v in (np.log(p / ref), k3)])
    # Gradients by the logits, exactly: of KL(p || ref), and the mean of k3's own gradient.
    kl_grad = p * (np.log(p / ref) - p @ np.log(p / ref))
    k3_grad = (p * (1 - ref / p)) @ (np.eye(3) - p)
    print("gradient of KL", kl_grad.round(4), "mean of k3's", k3_grad.round(4), "p - ref", (p - ref).round(4))
