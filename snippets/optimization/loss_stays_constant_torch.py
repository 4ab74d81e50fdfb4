"""Checks for a PyTorch run whose loss does not move. Each leaves the model as it found it.

Except ``relative_updates`` and ``overfit_one_batch``, which train: give them a copy.
"""

import copy
from collections.abc import Callable

import torch
from torch import nn


# --8<-- [start:untrained]
def untrained_parameters(
    model: nn.Module, optimizer: torch.optim.Optimizer
) -> dict[str, str]:
    """Parameters of the model that this optimizer cannot move, and why.

    Compared by identity: an optimizer that holds a copy, or the layer that was
    replaced, holds nothing of this model.

    >>> model = nn.Linear(2, 1)
    >>> _ = model.bias.requires_grad_(False)
    >>> untrained_parameters(model, torch.optim.SGD([model.bias]))
    {'weight': 'not in the optimizer', 'bias': 'frozen'}
    """
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    found = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            found[name] = "frozen"
        elif id(parameter) not in held:
            found[name] = "not in the optimizer"
    return found
# --8<-- [end:untrained]


# --8<-- [start:gradients]
def gradient_norms(model: nn.Module, loss: torch.Tensor) -> dict[str, float | None]:
    """Norm of the loss's gradient for each parameter that is not frozen.

    None: no path leads from the loss to it (``detach``, ``no_grad``, NumPy, a
    layer that is never called). 0.0: a path that passes nothing on (dead
    units, zero weights). ``parameter.grad`` is neither read nor written, and
    ``loss.backward()`` still works afterwards.
    """
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    if not loss.requires_grad or not named:
        return {name: None for name, _ in named}
    grads = torch.autograd.grad(loss, [p for _, p in named],
                                retain_graph=True, allow_unused=True)
    return {name: None if grad is None else grad.norm().item()
            for (name, _), grad in zip(named, grads, strict=True)}
# --8<-- [end:gradients]


# --8<-- [start:updates]
def relative_updates(
    model: nn.Module, step: Callable[[], object]
) -> dict[str, float]:
    """Size of one update over the size of the weights, per parameter.

    Args:
        model: The model that ``step`` trains.
        step: Does one whole training step, with everything the real loop does.

    Returns:
        0.0: nothing was applied. inf: a parameter of zeros has moved. nan: look
        at the weights.
    """
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    step()
    found = {}
    for name, parameter in model.named_parameters():
        change = (parameter.detach() - before[name]).norm()
        found[name] = 0.0 if change == 0 else (change / before[name].norm()).item()
    return found
# --8<-- [end:updates]


# --8<-- [start:overfit]
def overfit_one_batch(
    step: Callable[[], torch.Tensor], steps: int = 200
) -> tuple[float, float]:
    """First and last loss of ``steps`` training steps on one fixed batch.

    Args:
        step: One step of the real loop on that batch; returns the loss before it.
        steps: How often to call it, at least 2.

    Raises:
        ValueError: If ``steps`` is below 2.
    """
    if steps < 2:
        raise ValueError(f"steps must be at least 2, got {steps}")
    losses = [float(step()) for _ in range(steps)]
    return losses[0], losses[-1]
# --8<-- [end:overfit]


# --8<-- [start:outputs]
def squashed(outputs: torch.Tensor) -> str:
    """Name what outputs (N, K, ...) or (N,) look like: "softmax", "sigmoid" or "".

    Cross-entropy on logits wants neither. Logits that are all zero, as after a zero
    start, are neither. Use many examples: few logits may lie in [0, 1] by chance.
    """
    if not (outputs.min() >= 0 and 0 < outputs.max() <= 1):  # NaN is neither
        return ""
    if outputs.ndim > 1 and outputs.shape[1] > 1:
        sums = outputs.sum(1)
        if torch.allclose(sums, torch.ones_like(sums), atol=1e-4):
            return "softmax"
    return "sigmoid"
# --8<-- [end:outputs]


# --8<-- [start:stuck]
@torch.no_grad()
def stuck_units(
    model: nn.Module, x: torch.Tensor, smallest: float = 1e-3
) -> dict[str, float]:
    """Share of units in each layer whose slope is below ``smallest`` on all of x.

    Sees ReLU, Sigmoid and Tanh *modules* with outputs of shape (N, units); what
    ``forward`` calls as a function, such as ``functional.relu``, it does not see.
    """
    slopes = {nn.ReLU: lambda a: (a > 0).float(), nn.Sigmoid: lambda a: a * (1 - a),
              nn.Tanh: lambda a: 1 - a * a}
    found, probe = {}, copy.deepcopy(model)  # hooks and statistics stay in the copy
    for name, module in probe.named_modules():
        if type(module) in slopes:
            def hook(module, inputs, output, name=name):
                if output.ndim != 2:
                    raise ValueError(f"output of {name} must be (N, units), "
                                     f"got {tuple(output.shape)}")
                slope = slopes[type(module)](output)  # (N, units)
                found[name] = (slope.amax(0) < smallest).float().mean().item()
            module.register_forward_hook(hook)
    probe(x)
    return found
# --8<-- [end:stuck]
