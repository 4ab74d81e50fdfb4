"""Four engines that are wrong; the first three agree with the right one on a plain chain."""

import numpy as np

from snippets.backpropagation.autograd import Tensor, topological_order, unbroadcast


# --8<-- [start:alias]
def backward_in_place(root: Tensor) -> None:
    """Wrong: a sum hands one array to both inputs, and += writes into it."""
    grads = {id(root): np.ones_like(root.data)}
    for node in reversed(topological_order(root)):
        node.grad = grads[id(node)]
        shares = node.vjp(node.grad) if node.parents else ()
        for parent, share in zip(node.parents, shares, strict=True):
            if id(parent) in grads:
                grads[id(parent)] += share
            else:
                grads[id(parent)] = share
# --8<-- [end:alias]


# --8<-- [start:kept]
def backward_that_keeps_everything(root: Tensor) -> None:
    """Wrong when called twice: inner nodes still hold the first call's gradient."""
    order = topological_order(root)
    root.grad = np.ones_like(root.data)
    for node in reversed(order):
        shares = node.vjp(node.grad) if node.parents else ()
        for parent, share in zip(node.parents, shares, strict=True):
            old = 0 if parent.grad is None else parent.grad
            parent.grad = old + unbroadcast(share, parent.data.shape)
# --8<-- [end:kept]


# --8<-- [start:recursion]
def recursive_order(root: Tensor, seen: set | None = None) -> list[Tensor]:
    """Wrong for deep graphs: one level of recursion per operation of a chain."""
    seen = set() if seen is None else seen
    if id(root) in seen:
        return []
    seen.add(id(root))
    before = [recursive_order(parent, seen) for parent in root.parents]
    return [node for nodes in before for node in nodes] + [root]
# --8<-- [end:recursion]


# --8<-- [start:broadcast]
def bias_gradient(grad: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Wrong: the slope of x + b is 1, so the gradient is handed on as it is."""
    return grad * np.ones_like(bias)
# --8<-- [end:broadcast]
