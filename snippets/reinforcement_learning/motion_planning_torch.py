"""A policy for continuous actions, trained with the clipped objective of PPO.

Schulman et al., *Proximal Policy Optimization Algorithms*, https://arxiv.org/abs/1707.06347.
"""

import torch
from torch import Tensor, nn


# --8<-- [start:policy]
class GaussianPolicy(nn.Module):
    """Mean of a normal distribution over accelerations, and the value of the state.

    Args:
        inputs: Length of an observation.
        hidden: Width of the two layers of each network.
    """

    def __init__(self, inputs: int, hidden: int = 64):
        super().__init__()

        def network(outputs):
            return nn.Sequential(nn.Linear(inputs, hidden), nn.Tanh(),
                                 nn.Linear(hidden, hidden), nn.Tanh(),
                                 nn.Linear(hidden, outputs))

        self.mean, self.value = network(2), network(1)
        self.log_std = nn.Parameter(torch.full((2,), -0.5))

    def distribution(self, observations: Tensor) -> torch.distributions.Normal:
        """Independent normals, (N, 2)."""
        mean = self.mean(observations)
        return torch.distributions.Normal(mean, self.log_std.exp())
# --8<-- [end:policy]


# --8<-- [start:advantages]
def advantages(
    rewards: Tensor, values: Tensor, terminated: Tensor, last: Tensor,
    gamma: float, lam: float,
) -> Tensor:
    """Generalized advantage estimates: decaying sums of one-step surprises.

    Args:
        rewards: (T, N).
        values: Of the state before each step, (T + 1, N).
        terminated: 1 where the step ended the task, (T, N).
        last: 1 where the next row belongs to another episode, (T, N).
        gamma: Discount.
        lam: Decay; 0 trusts the values, 1 the rewards.

    Returns:
        (T, N). Where ``last`` but not ``terminated``, the time limit has cut the
        episode off and the future is taken to be worth the value before the step.
    """
    result, later = torch.zeros_like(rewards), torch.zeros_like(rewards[0])
    for t in reversed(range(len(rewards))):
        following = torch.where(last[t] > 0, values[t], values[t + 1])
        surprise = rewards[t] + gamma * (1 - terminated[t]) * following - values[t]
        later = surprise + gamma * lam * (1 - last[t]) * later
        result[t] = later
    return result
# --8<-- [end:advantages]


# --8<-- [start:loss]
def clipped_loss(
    policy: GaussianPolicy, observations: Tensor, actions: Tensor,
    old_log_probs: Tensor, gains: Tensor, returns: Tensor, clip: float = 0.2,
) -> Tensor:
    """PPO's loss: no reward for moving the ratio of probabilities beyond 1 +- clip.

    Args:
        policy: The one to improve.
        observations: (N, D).
        actions: Taken by the policy that collected them, (N, 2).
        old_log_probs: Of these actions under that policy, (N,).
        gains: Advantages, (N,).
        returns: Targets of the value, (N,).
        clip: Largest change of the ratio that pays.

    Returns:
        A scalar.
    """
    log_probs = policy.distribution(observations).log_prob(actions).sum(dim=1)
    ratio = (log_probs - old_log_probs).exp()
    bounded = ratio.clamp(1 - clip, 1 + clip)
    value_loss = (policy.value(observations)[:, 0] - returns).square().mean()
    return -torch.minimum(ratio * gains, bounded * gains).mean() + 0.5 * value_loss
# --8<-- [end:loss]
