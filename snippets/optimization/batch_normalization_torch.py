"""Freezing batch normalization for fine-tuning: statistics and parameters are two things."""

import torch
from torch import nn


# --8<-- [start:freeze]
def freeze_batch_norm(model: nn.Module) -> None:
    """Keep statistics, scale and shift of every batch normalization as they are.

    Call it after every ``model.train()``, which switches the layers back.
    """
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()  # stops the statistics, not gamma and beta
            module.requires_grad_(False)  # stops gamma and beta, not the statistics
# --8<-- [end:freeze]


# --8<-- [start:recompute]
@torch.no_grad()
def recompute_statistics(model: nn.Module, batches: list[torch.Tensor]) -> None:
    """Replace the running statistics by plain averages over the given batches.

    Dropout is off meanwhile: its noise would raise the variance.
    """
    layers = [module for module in model.modules()
              if isinstance(module, nn.modules.batchnorm._BatchNorm)]
    momenta = [layer.momentum for layer in layers]
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # PyTorch's sign for a cumulative average
        layer.train()
    for batch in batches:
        model(batch)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    for module, training in modes:
        module.training = training
# --8<-- [end:recompute]
