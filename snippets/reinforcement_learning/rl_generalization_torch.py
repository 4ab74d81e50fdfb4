"""A network that sees the whole map as planes, trained by Q-learning on all transitions of some maps.

With every transition of the training maps in the replay there is nothing left to explore: what differs
between seen and unseen maps is generalization alone.
"""

import copy

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


# --8<-- [start:planes]
def planes(free: np.ndarray, goal: int, centered: bool) -> Tensor:
    """The map as the network sees it from each cell: walls, goal and agent.

    Args:
        free: (H, W), booleans.
        goal: Number of a cell, row by row.
        centered: Shift the map so that the agent is in the middle, the outside
            being walls; otherwise the map stays and a third plane marks the agent.

    Returns:
        (H * W, 2 * (2H - 1) * (2W - 1)) if centered, else (H * W, 3 * H * W).
    """
    height, width = free.shape
    marked = np.zeros(free.shape, dtype=np.float32)
    marked.flat[goal] = 1.0
    views = []
    for cell in range(free.size):
        row, column = divmod(cell, width)
        if centered:
            view = np.zeros((2, 2 * height - 1, 2 * width - 1), dtype=np.float32)
            view[0] = 1.0
            top, left = height - 1 - row, width - 1 - column
            view[0, top : top + height, left : left + width] = ~free
            view[1, top : top + height, left : left + width] = marked
        else:
            agent = np.zeros_like(marked)
            agent[row, column] = 1.0
            view = np.stack([~free, marked, agent]).astype(np.float32)
        views.append(view.ravel())
    return torch.tensor(np.stack(views))
# --8<-- [end:planes]


# --8<-- [start:train]
def train_q(
    views: Tensor, following: Tensor, goals: Tensor, starts: Tensor, steps: int,
    generator: torch.Generator, hidden: int = 128, gamma: float = 0.9,
    batch_size: int = 256, sync: int = 50, lr: float = 1e-3,
) -> nn.Module:
    """Q-learning on batches of cells of all maps, all actions of a cell at once.

    Args:
        views: What is seen in each cell of each map, (M, S, D).
        following: Next cell for each action, (M, S, 4).
        goals: (M,).
        starts: Rows of (map, cell) to learn from, (K, 2): free cells but the goal.
        steps: Updates.
        generator: Draws the batches. The weights come from the global generator.
        hidden: Width of the two hidden layers.
        gamma: Discount.
        batch_size: Cells in a batch.
        sync: Updates between two copies into the target network.
        lr: Learning rate of Adam.

    Returns:
        A network, (N, D) -> (N, 4).
    """
    network = nn.Sequential(nn.Linear(views.shape[-1], hidden), nn.ReLU(),
                            nn.Linear(hidden, hidden), nn.ReLU(),
                            nn.Linear(hidden, 4))
    target_network = copy.deepcopy(network)
    optimizer = torch.optim.Adam(network.parameters(), lr=lr)
    for step in range(steps):
        drawn = torch.randint(len(starts), (batch_size,), generator=generator)
        world, cell = starts[drawn].unbind(dim=1)
        after = following[world, cell]  # (N, 4)
        with torch.no_grad():
            seen = views[world[:, None], after]  # (N, 4, D)
            best = target_network(seen).amax(dim=2)  # (N, 4, 4) -> (N, 4)
            arrived = (after == goals[world][:, None]).float()
            targets = arrived + gamma * (1 - arrived) * best
        loss = F.smooth_l1_loss(network(views[world, cell]), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % sync == 0:
            target_network.load_state_dict(network.state_dict())
    return network
# --8<-- [end:train]
