"""AdamW in PyTorch with a group that does not decay."""

import torch


# --8<-- [start:optimizer]
def adamw(model: torch.nn.Module, lr: float = 3e-4, weight_decay: float = 0.1,
          betas: tuple[float, float] = (0.9, 0.95)) -> torch.optim.AdamW:
    """AdamW that decays only parameters of two or more dimensions.

    Args:
        model: Its parameters with ``requires_grad``; a tied one is listed once.
        lr: Learning rate.
        weight_decay: Of matrices, kernels and embeddings.
        betas: Decay of the two averages.

    Returns:
        The optimizer, with the decaying group first.
    """
    params = [p for p in model.parameters() if p.requires_grad]
    decay = [p for p in params if p.ndim >= 2]
    rest = [p for p in params if p.ndim < 2]
    groups = [{"params": decay, "weight_decay": weight_decay},
              {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=lr, betas=betas)
# --8<-- [end:optimizer]
