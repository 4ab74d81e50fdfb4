"""The pieces of RLHF: reward model, KL-regularized optimum, advantages, PPO's loss.

Ouyang and colleagues 2022, https://arxiv.org/abs/2203.02155; PPO: Schulman and colleagues
2017, https://arxiv.org/abs/1707.06347; GAE: https://arxiv.org/abs/1506.02438.
"""

import numpy as np


# --8<-- [start:reward_loss]
def log_sigmoid(z: np.ndarray) -> np.ndarray:
    """log(1 / (1 + exp(-z))) without overflow."""
    return -np.logaddexp(0, -z)


def reward_model_loss(chosen: np.ndarray, rejected: np.ndarray) -> tuple:
    """Bradley-Terry: mean of -log sigmoid(chosen - rejected), and its gradients.

    Args:
        chosen: Rewards of the preferred responses, (N,).
        rejected: Rewards of the others to the same prompts, (N,).

    Returns:
        loss, a scalar, and the gradients by chosen and by rejected, (N,) each.

    Raises:
        ValueError: If the shapes differ or there are no pairs.
    """
    if chosen.shape != rejected.shape or chosen.size == 0:
        raise ValueError("chosen and rejected must have one shape and a pair, "
                         f"got {chosen.shape} and {rejected.shape}")
    margin = 1.0 * chosen - rejected  # as floats: ratings may be unsigned bytes
    grad = -np.exp(log_sigmoid(-margin)) / margin.size  # -sigmoid(-margin) / N
    return -log_sigmoid(margin).mean(), grad, -grad
# --8<-- [end:reward_loss]


# --8<-- [start:optimum]
def optimal_policy(ref_probs: np.ndarray, reward: np.ndarray,
                   beta: float) -> np.ndarray:
    """Maximum of E[reward] - beta KL(policy || ref): ref exp(reward / beta) / Z.

    Args:
        ref_probs: Reference probabilities, (..., K), each row summing to 1.
        reward: Reward of each of the K responses, (..., K).
        beta: Strength of the KL term, above 0.

    Returns:
        The optimal probabilities (..., K).

    Raises:
        ValueError: If ``beta`` is not positive.
    """
    if not beta > 0:
        raise ValueError(f"beta must be positive, got {beta}")
    with np.errstate(divide="ignore"):  # what the reference never gives stays out
        logits = np.log(ref_probs) + reward / beta
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def objective(probs: np.ndarray, ref_probs: np.ndarray, reward: np.ndarray,
              beta: float) -> np.ndarray:
    """E[reward] - beta KL(probs || ref_probs) along the last axis; 0 log 0 is 0.

    Args:
        probs: (..., K).
        ref_probs: (..., K), positive wherever probs is.
        reward: (..., K).
        beta: Strength of the KL term.
    """
    safe = probs > 0
    ratio = np.where(safe, probs, 1.0) / np.where(safe, ref_probs, 1.0)
    return np.sum(probs * (reward - beta * np.log(ratio)), axis=-1)
# --8<-- [end:optimum]


# --8<-- [start:gae]
def gae(rewards: np.ndarray, values: np.ndarray, gamma: float = 1.0,
        lam: float = 0.95) -> np.ndarray:
    """Advantages: sum over k of (gamma lam)^k times the TD error k steps later.

    Args:
        rewards: Reward after each step, (..., T); 0 on padding.
        values: The critic's value before each step and after the last,
            (..., T + 1); 0 from the end of the episode on, padding included.
        gamma: Discount.
        lam: 0 trusts the critic (one TD error), 1 the observed return.

    Returns:
        Advantages (..., T); a target for the critic is these plus values[..., :-1].

    Raises:
        ValueError: If values is not one step longer than rewards.
    """
    steps = rewards.shape[-1]
    if values.shape != (*rewards.shape[:-1], steps + 1):
        raise ValueError(f"values must be {(*rewards.shape[:-1], steps + 1)}, "
                         f"got {values.shape}")
    delta = 1.0 * rewards + gamma * values[..., 1:] - values[..., :-1]
    out, last = np.empty_like(delta), 0.0
    for t in range(steps - 1, -1, -1):
        last = delta[..., t] + gamma * lam * last
        out[..., t] = last
    return out
# --8<-- [end:gae]


# --8<-- [start:ppo]
def ppo_loss(logprobs: np.ndarray, old_logprobs: np.ndarray, advantages: np.ndarray,
             mask: np.ndarray, eps: float = 0.2) -> tuple[float, np.ndarray]:
    """Clipped loss: mean over masked tokens of -min(ratio A, clip(ratio) A).

    Args:
        logprobs: Log-probabilities of the taken tokens under the policy, (..., T).
        old_logprobs: The same under the policy that drew them.
        advantages: (..., T).
        mask: 1 for tokens of the response, 0 for prompt and padding, (..., T).
        eps: The ratio is clipped to 1 - eps and 1 + eps; before that the logarithm
            of the ratio is limited to 80, so that float32 does not overflow.

    Returns:
        loss, a scalar, and its gradient by logprobs; both 0 if mask is empty.

    Raises:
        ValueError: If the four arrays have not one shape.
    """
    shapes = [x.shape for x in (logprobs, old_logprobs, advantages, mask)]
    if len(set(shapes)) > 1:
        raise ValueError(f"logprobs, old_logprobs, advantages and mask must have "
                         f"one shape, got {shapes}")
    keep = mask > 0
    log_ratio = np.where(keep, logprobs - old_logprobs, 0.0)
    ratio = np.exp(np.minimum(log_ratio, 80.0))  # float32 overflows at 88.7
    free = ratio * advantages
    clipped = np.clip(ratio, 1 - eps, 1 + eps) * advantages
    count = max(int(keep.sum()), 1)
    loss = -np.sum(np.where(keep, np.minimum(free, clipped), 0.0)) / count
    active = keep & (free <= clipped)  # the clipped term is constant
    return loss, -np.where(active, free, 0.0) / count
# --8<-- [end:ppo]


if __name__ == "__main__":
    for margin in (0.0, 2.0, -2.0):
        loss, grad, _ = reward_model_loss(np.array([margin]), np.array([0.0]))
        print(f"margin {margin:+}: loss {loss:.4f}, gradient {grad[0]:.4f}")
    ref, reward = np.array([0.5, 0.3, 0.2]), np.array([0.0, 1.0, 2.0])
    for beta in (10.0, 1.0, 0.1):
        best = optimal_policy(ref, reward, beta)
        kl = np.sum(best * np.log(best / ref))
        print(f"beta {beta}: {best.round(4)}, reward {best @ reward:.4f}, KL {kl:.4f}, "
              f"objective {objective(best, ref, reward, beta):.4f}")
    rewards, values = np.array([0.0, 0.0, 1.0]), np.array([0.5, 0.6, 0.8, 0.0])
    for lam in (0.0, 0.5, 1.0):
        print("lambda", lam, gae(rewards, values, 1.0, lam).round(4))
    for ratio in (0.7, 1.0, 1.3):
        for advantage in (1.0, -1.0):
            one = [np.array([v]) for v in (np.log(ratio), 0.0, advantage, 1.0)]
            loss, grad = ppo_loss(*one)
            print(f"ratio {ratio}, A {advantage:+}: loss {loss:+.2f}, gradient {grad[0]:+.2f}")
