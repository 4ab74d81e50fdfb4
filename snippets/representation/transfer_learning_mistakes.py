"""Two ways in which a "frozen" PyTorch layer moves all the same."""

import torch
from torch import nn


# --8<-- [start:statistics]
def frozen_mean(evaluate: bool) -> float:
    """Running mean of a frozen batch norm after ten batches with mean 10.

    WRONG if not ``evaluate``: requires_grad stops the weights, but in training mode
    the running mean, 0 in the old data, follows the new data.
    """
    norm = nn.BatchNorm1d(1).requires_grad_(False)
    norm.train(not evaluate)
    for _ in range(10):
        norm(torch.linspace(9.0, 11.0, 32)[:, None])
    return norm.running_mean.item()
# --8<-- [end:statistics]


# --8<-- [start:decay]
def frozen_weight(leave_out: bool) -> float:
    """A frozen weight of 1 after 100 steps of AdamW, decay 0.1, rate 0.1.

    WRONG if not ``leave_out``: gradients that are zero instead of None still count
    as a step, and weight decay shrinks the weight by 1 percent each time.
    """
    frozen = torch.ones(1, requires_grad=True)
    head = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.AdamW([head] if leave_out else [frozen, head],
                                  lr=0.1, weight_decay=0.1)
    (frozen * head).backward()  # one step of full training, then freeze
    frozen.requires_grad_(False)
    for _ in range(100):
        optimizer.zero_grad(set_to_none=False)
        (frozen * head).backward()
        optimizer.step()
    return frozen.item()
# --8<-- [end:decay]


if __name__ == "__main__":
    print("running mean:", frozen_mean(False), frozen_mean(True))
    print("frozen weight:", frozen_weight(False), frozen_weight(True))
