"""A reverse-mode automatic differentiation engine on NumPy arrays.

Reverse mode and its cost: Baydin and others, https://arxiv.org/abs/1502.05767. The names
(``Tensor``, ``data``, ``grad``, ``backward``) are PyTorch's.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:unbroadcast]
def unbroadcast(grad: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum a gradient over every axis along which an input was repeated.

    Args:
        grad: Gradient in the shape after broadcasting.
        shape: Shape that the input had before.

    Returns:
        The gradient in ``shape``.

    >>> unbroadcast(np.ones((5, 3)), (3,))
    array([5., 5., 5.])
    """
    if grad.shape == shape:
        return grad
    # Axes that were put in front, then axes of size 1 that were stretched.
    grad = grad.sum(axis=tuple(range(grad.ndim - len(shape))))
    axes = range(len(shape))
    repeated = tuple(i for i in axes if shape[i] == 1 and grad.shape[i] != 1)
    return grad.sum(axis=repeated, keepdims=True)
# --8<-- [end:unbroadcast]


# --8<-- [start:order]
def topological_order(root: "Tensor") -> "list[Tensor]":
    """All nodes that ``root`` depends on, each once, inputs before their users.

    Depth first with a stack of our own: recursion would end at Python's limit,
    which a chain of a thousand operations reaches.
    """
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, inputs_done = stack.pop()
        if inputs_done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(parent, False) for parent in node.parents]
    return order
# --8<-- [end:order]


# --8<-- [start:tensor]
class Tensor:
    """An array that knows the operation and the tensors it was computed from."""

    __array_ufunc__ = None  # so that array * tensor asks Tensor.__rmul__

    def __init__(self, data: np.ndarray | float, parents: tuple = (),
                 vjp: Callable | None = None) -> None:
        """Integers become float64.

        Args:
            data: The value.
            parents: Tensors from which the value was computed.
            vjp: Takes this tensor's gradient to a tuple with one for each parent.
        """
        data = np.asarray(data)
        floating = np.issubdtype(data.dtype, np.floating)
        self.data = data if floating else data.astype(np.float64)
        self.parents, self.vjp, self.grad = parents, vjp, None

    def backward(self, grad: np.ndarray | None = None) -> None:
        """Add the gradient of this tensor to ``grad`` of every leaf it depends on.

        A leaf is a tensor without parents; the ``grad`` of all others stays None.

        Args:
            grad: Gradient of the loss with respect to this tensor; 1 if left out.

        Raises:
            ValueError: If ``grad`` is left out and there is more than one element,
                if it has another shape, or if a ``vjp`` does not give one gradient
                for each parent.
        """
        if grad is None and self.data.size != 1:
            raise ValueError(f"grad is needed, as self has shape {self.data.shape}")
        ones = np.ones_like(self.data)
        grad = ones if grad is None else np.asarray(grad, ones.dtype)
        if grad.shape != self.data.shape:
            raise ValueError(f"grad must be {self.data.shape}, got {grad.shape}")
        grads = {id(self): grad}
        for node in reversed(topological_order(self)):
            grad = grads.pop(id(node))  # complete: every user has been visited
            if not node.parents:
                node.grad = grad.copy() if node.grad is None else node.grad + grad
                continue
            for parent, share in zip(node.parents, node.vjp(grad), strict=True):
                # A float32 leaf beside a float64 one gets a float32 gradient.
                share = unbroadcast(share, parent.data.shape)
                share = share.astype(parent.data.dtype)
                # A new array, never +=: a sum hands the same one to both inputs.
                grads[id(parent)] = grads.get(id(parent), 0) + share
    # --8<-- [end:tensor]

    # --8<-- [start:operations]
    def __add__(self, other) -> "Tensor":
        """Sum, broadcast as in NumPy."""
        other = _tensor(other, self)
        return Tensor(self.data + other.data, (self, other), lambda g: (g, g))

    def __mul__(self, other) -> "Tensor":
        """Product by elements, broadcast as in NumPy."""
        other = _tensor(other, self)
        a, b = self.data, other.data
        return Tensor(a * b, (self, other), lambda g: (g * b, g * a))

    def __pow__(self, exponent: float) -> "Tensor":
        """Power with a constant exponent."""
        a = self.data
        slope = exponent * a ** (exponent - 1) if exponent else np.zeros_like(a)
        return Tensor(a**exponent, (self,), lambda g: (g * slope,))

    def __matmul__(self, other) -> "Tensor":
        """Matrix product of the last two axes; the axes before them are broadcast."""
        other = _tensor(other, self)
        a, b = self.data, other.data
        if a.ndim < 2 or b.ndim < 2:
            raise ValueError(f"@ needs two axes or more, got {a.shape} and {b.shape}")
        return Tensor(a @ b, (self, other), lambda g: (
            g @ b.swapaxes(-1, -2), a.swapaxes(-1, -2) @ g))

    def __rmatmul__(self, other) -> "Tensor":
        """Matrix product with the tensor on the right."""
        return _tensor(other, self) @ self

    def sum(self, axis=None, keepdims: bool = False) -> "Tensor":
        """Sum over ``axis``, over everything if that is None."""
        shape = self.data.shape
        kept = self.data.sum(axis=axis, keepdims=True)
        return Tensor(kept if keepdims else self.data.sum(axis=axis), (self,),
                      lambda g: (np.broadcast_to(g.reshape(kept.shape), shape),))

    def exp(self) -> "Tensor":
        """Exponential; the slope is the output."""
        out = np.exp(self.data)
        return Tensor(out, (self,), lambda g: (g * out,))

    def log(self) -> "Tensor":
        """Natural logarithm."""
        return Tensor(np.log(self.data), (self,), lambda g: (g / self.data,))

    def tanh(self) -> "Tensor":
        """Hyperbolic tangent."""
        out = np.tanh(self.data)
        return Tensor(out, (self,), lambda g: (g * (1 - out * out),))

    def relu(self) -> "Tensor":
        """Larger of 0 and x, with slope 0 at 0 as in PyTorch."""
        out = np.maximum(self.data, 0)
        return Tensor(out, (self,), lambda g: (g * (out > 0),))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> "Tensor":
        """As -1 times the tensor; the next three are built from others, too."""
        return self * -1.0

    def __sub__(self, other) -> "Tensor":
        """Difference."""
        return self + _tensor(other, self) * -1.0

    def __rsub__(self, other) -> "Tensor":
        """Difference, with the tensor on the right."""
        return -self + other

    def __truediv__(self, other) -> "Tensor":
        """Quotient."""
        return self * _tensor(other, self) ** -1.0
    # --8<-- [end:operations]


def _tensor(value, like: Tensor) -> Tensor:
    """A number or array as a tensor in the precision of ``like``."""
    return value if isinstance(value, Tensor) else Tensor(np.asarray(value, like.data.dtype))


# --8<-- [start:network]
def cross_entropy(logits: Tensor, one_hot: np.ndarray) -> Tensor:
    """Mean cross-entropy of (N, K) logits, built from the operations above."""
    shifted = logits - logits.data.max(axis=1, keepdims=True)  # minus a constant
    log_probs = shifted - shifted.exp().sum(axis=1, keepdims=True).log()
    return (log_probs * one_hot).sum() * (-1.0 / len(one_hot))


def train(x: np.ndarray, one_hot: np.ndarray, params: list, lr: float, steps: int
          ) -> tuple[list, list]:
    """Gradient descent on a network with one tanh layer.

    Args:
        x: Inputs (N, D).
        one_hot: Targets (N, K), a 1 in each row.
        params: Arrays (D, H), (H,), (H, K), (K,); not modified.
        lr: Learning rate.
        steps: Number of steps.

    Returns:
        The loss before each step, and the parameters after the last.
    """
    losses = []
    for _ in range(steps):
        w1, b1, w2, b2 = leaves = [Tensor(p) for p in params]
        loss = cross_entropy((x @ w1 + b1).tanh() @ w2 + b2, one_hot)
        loss.backward()
        losses.append(float(loss.data))
        params = [leaf.data - lr * leaf.grad for leaf in leaves]
    return losses, params
# --8<-- [end:network]


if __name__ == "__main__":
    x, w, b = Tensor(2.0), Tensor(1.5), Tensor(-1.0)
    u = x * w
    loss = u * (u + b)
    loss.backward()
    print("loss", loss.data, "gradients", x.grad, w.grad, b.grad)
    rng = np.random.default_rng(0)
    points = rng.normal(size=(200, 2))
    labels = (np.hypot(*points.T) > np.sqrt(np.log(4))).astype(np.int64)
    one_hot = np.eye(2)[labels]
    params = [rng.normal(size=(2, 8)), np.zeros(8), rng.normal(size=(8, 2)) / 3, np.zeros(2)]
    losses, (w1, b1, w2, b2) = train(points, one_hot, params, 1.0, 300)
    hits = (np.argmax(np.tanh(points @ w1 + b1) @ w2 + b2, axis=1) == labels).mean()
    print(f"circle: loss {losses[0]:.3f}, after 300 steps {losses[-1]:.3f}, right {hits:.1%}")
    leaves = [Tensor(p) for p in params]
    graph = cross_entropy((points @ leaves[0] + leaves[1]).tanh() @ leaves[2] + leaves[3], one_hot)
    print("nodes of one loss:", len(topological_order(graph)))
