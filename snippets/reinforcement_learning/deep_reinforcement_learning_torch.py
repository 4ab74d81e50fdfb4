"""A deep Q-network: Q-learning with a network, a replay buffer and a target network.

Mnih et al., *Human-level control through deep reinforcement learning*, 2015,
https://doi.org/10.1038/nature14236.
"""

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


# --8<-- [start:loss]
def dqn_loss(
    network: nn.Module, target_network: nn.Module, batch: tuple[Tensor, ...],
    gamma: float,
) -> Tensor:
    """Huber loss between Q(s, a) and the target, which carries no gradient.

    Args:
        network: Maps observations (N, D) to action values (N, A).
        target_network: An older copy of it.
        batch: Observations (N, D), actions (N,), rewards (N,), next observations
            (N, D), terminated (N,) as 0 or 1.
        gamma: Discount.

    Returns:
        A scalar.
    """
    observations, actions, rewards, following, terminated = batch
    chosen = network(observations).gather(1, actions[:, None])[:, 0]  # (N,)
    with torch.no_grad():
        best = target_network(following).amax(dim=1)  # (N, A) -> (N,)
        # Terminated only: after a time limit there would have been a future.
        targets = rewards + gamma * (1 - terminated) * best
    return F.smooth_l1_loss(chosen, targets)
# --8<-- [end:loss]


# --8<-- [start:dqn]
def train_dqn(
    env: Any, encode: Callable[[Any], Tensor], network: nn.Module,
    steps: int, gamma: float,
    generator: torch.Generator, lr: float = 1e-3, batch_size: int = 64,
    capacity: int = 10_000, sync: int = 200,
    explore: float = 0.2, warm_up: int = 500,
) -> nn.Module:
    """Train ``network`` in place for so many steps in the environment.

    Args:
        env: reset() and step(action), as in Gymnasium.
        encode: Maps an observation to a float tensor, (D,).
        network: (N, D) -> (N, A).
        steps: Steps in the environment; after ``warm_up`` each has one update.
        gamma: Discount.
        generator: Explores, samples the buffer and seeds the environment.
        lr: Learning rate of Adam.
        batch_size: Transitions in one update.
        capacity: Size of the buffer; with ``batch_size`` or less, an update sees
            hardly more than the latest transitions, as without replay.
        sync: Steps between two copies into the target network; 1 means none.
        explore: Probability of a random action; 1 until the warm-up is over.
        warm_up: Steps before the first update.

    Returns:
        The network.
    """
    target_network = copy.deepcopy(network)
    optimizer = torch.optim.Adam(network.parameters(), lr=lr)
    seed = int(torch.randint(2**31 - 1, (), generator=generator))
    state = encode(env.reset(seed=seed)[0])
    seen, following = (torch.zeros(capacity, len(state)) for _ in range(2))
    actions = torch.zeros(capacity, dtype=torch.int64)
    rewards, terminated = torch.zeros(capacity), torch.zeros(capacity)
    for step in range(steps):
        chance = explore if step >= warm_up else 1.0
        if float(torch.rand((), generator=generator)) < chance:
            action = int(torch.randint(4, (), generator=generator))
        else:
            with torch.no_grad():
                action = int(network(state[None])[0].argmax())
        observation, reward, ended, truncated, _ = env.step(action)
        slot = step % capacity  # the oldest transition goes
        seen[slot], following[slot] = state, encode(observation)
        actions[slot], rewards[slot], terminated[slot] = action, reward, ended
        over = ended or truncated
        state = encode(env.reset()[0]) if over else following[slot].clone()
        if step >= warm_up:
            held = min(step + 1, capacity)
            drawn = torch.randint(held, (batch_size,), generator=generator)
            kept = (seen, actions, rewards, following, terminated)
            batch = [part[drawn] for part in kept]
            loss = dqn_loss(network, target_network, batch, gamma)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if step % sync == 0:
            target_network.load_state_dict(network.state_dict())
    return network
# --8<-- [end:dqn]
