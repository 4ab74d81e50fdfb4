"""Backpropagation through any graph of additions, multiplications and tanh, with the work counted.

The general rule for graphs is Linnainmaa, *Taylor expansion of the accumulated rounding
error*, BIT 16, 1976, https://doi.org/10.1007/BF01931367; for networks Rumelhart, Hinton and
Williams, Nature 323, 1986, https://doi.org/10.1038/323533a0.

A graph is a list of nodes ``(operation, parents)``. Parents are indices of earlier nodes, so
the list is already in an order in which everything can be computed. The operations are
``"data"`` and ``"parameter"`` (no parents), ``"add"`` and ``"mul"`` (two), ``"tanh"`` (one).
The last node is the loss.
"""

import math

import numpy as np


# --8<-- [start:forward]
def forward(graph: list[tuple], inputs: list[float]) -> list[float]:
    """The value of every node, in the order of the graph.

    Args:
        graph: List of ``(operation, parents)``.
        inputs: Values of the data and parameter nodes, in their order.

    Raises:
        ValueError: If an ``operation`` is unknown, a node comes before one of its
            ``parents``, or the number of inputs is wrong.
    """
    given, values = list(inputs), []
    for operation, parents in graph:
        if not all(0 <= parent < len(values) for parent in parents):
            raise ValueError(f"parents {parents} must be below {len(values)}")
        args = [values[parent] for parent in parents]
        if operation in ("data", "parameter"):
            if not given:
                raise ValueError(f"inputs: {len(inputs)} are too few")
            values.append(given.pop(0))
        elif operation == "add":
            values.append(args[0] + args[1])
        elif operation == "mul":
            values.append(args[0] * args[1])
        elif operation == "tanh":
            values.append(math.tanh(args[0]))
        else:
            raise ValueError(f"operation {operation!r} is unknown")
    if given:
        raise ValueError(f"inputs: {len(inputs)} are too many")
    return values
# --8<-- [end:forward]


# --8<-- [start:local]
def local_derivatives(
    graph: list[tuple], values: list[float], node: int
) -> list[float]:
    """The derivative of a node's value with respect to each parent's, others fixed.

    Args:
        graph: List of ``(operation, parents)``.
        values: What ``forward`` returned.
        node: Index of the node.

    Returns:
        One number per parent, in their order.

    >>> graph = [("data", ()), ("parameter", ()), ("mul", (0, 1))]
    >>> local_derivatives(graph, [2.0, 7.0, 14.0], 2)
    [7.0, 2.0]
    """
    operation, parents = graph[node]
    if operation == "add":
        return [1.0, 1.0]
    if operation == "mul":
        left, right = parents
        return [values[right], values[left]]  # kept from the forward pass
    if operation == "tanh":
        return [1.0 - values[node] ** 2]
    return []
# --8<-- [end:local]


# --8<-- [start:backward]
def backward(graph: list[tuple], values: list[float]) -> tuple[list[float], int]:
    """The derivative of the last node with respect to every node: reverse mode.

    Args:
        graph: List of ``(operation, parents)``.
        values: What ``forward`` returned.

    Returns:
        One derivative per node (0.0 for data, which nobody needs), and how many
        multiplications of a gradient by a local derivative it took. An addition
        passes its gradient on, which costs none.
    """
    grads, multiplications = [0.0] * len(graph), 0
    grads[-1] = 1.0  # the loss with respect to itself
    for node in reversed(range(len(graph))):  # every user of a node comes before it
        operation, parents = graph[node]
        slopes = local_derivatives(graph, values, node)
        for parent, slope in zip(parents, slopes, strict=True):
            if graph[parent][0] != "data":
                grads[parent] += grads[node] * slope  # += sums over the paths
                multiplications += operation != "add"
    return grads, multiplications
# --8<-- [end:backward]


# --8<-- [start:forward_mode]
def forward_mode(
    graph: list[tuple], values: list[float], source: int
) -> tuple[list[float], int]:
    """The derivative of every node with respect to one node: forward mode.

    Args:
        graph: List of ``(operation, parents)``.
        values: What ``forward`` returned.
        source: Index of the node that is varied.

    Returns:
        One derivative per node, and the multiplications of a derivative by a local
        derivative, counted as in ``backward`` (edges from data are free).
    """
    tangents, multiplications = [0.0] * len(graph), 0
    for node, (operation, parents) in enumerate(graph):
        slopes = local_derivatives(graph, values, node)
        for parent, slope in zip(parents, slopes, strict=True):
            if graph[parent][0] != "data":
                tangents[node] += tangents[parent] * slope
                multiplications += operation != "add"
        if node == source:
            tangents[node] = 1.0
    return tangents, multiplications
# --8<-- [end:forward_mode]


# --8<-- [start:dense]
def dense_graph(sizes: list[int]) -> list[tuple]:
    """A fully connected network with tanh units, one example, one node per number.

    The loss is the sum of the last layer's units. No biases: the count stays plain.

    Args:
        sizes: Widths D_0, ..., D_L.

    Returns:
        D_0 data nodes, then layer by layer D_{l-1} D_l parameters and their
        products, the sums of the products, and the tanh units; at last the sum of
        the units.

    >>> sum(operation == "mul" for operation, _ in dense_graph([3, 4, 2]))
    20
    """
    graph = [("data", ()) for _ in range(sizes[0])]
    units = list(range(sizes[0]))

    def new(operation: str, *parents: int) -> int:
        graph.append((operation, parents))
        return len(graph) - 1

    def total(nodes: list[int]) -> int:
        result = nodes[0]
        for node in nodes[1:]:
            result = new("add", result, node)
        return result

    for width in sizes[1:]:
        layer = []
        for _ in range(width):
            products = [new("mul", unit, new("parameter")) for unit in units]
            layer.append(new("tanh", total(products)))
        units = layer
    total(units)
    return graph
# --8<-- [end:dense]


FAN_OUT = [("data", ()), ("parameter", ()), ("parameter", ()),  # x, w, b
           ("mul", (0, 1)), ("add", (3, 2)), ("mul", (3, 4))]  # u = x w, v = u + b, loss = u v


if __name__ == "__main__":
    values = forward(FAN_OUT, [2.0, 1.5, -1.0])
    grads, count = backward(FAN_OUT, values)
    names = ("x", "w", "b", "u", "v", "loss")
    print("values", dict(zip(names, values, strict=True)))
    print("grads ", dict(zip(names, grads, strict=True)), count, "multiplications")
    for source, name in ((1, "w"), (2, "b")):
        tangents, count = forward_mode(FAN_OUT, values, source)
        print(f"forward mode for {name}: {tangents[-1]}, {count} multiplications")

    ladder = [("parameter", ())] + [("mul", (k, k)) for k in range(20)]
    grads, count = backward(ladder, forward(ladder, [1.0]))
    print(f"20 squarings: gradient {grads[0]:.0f} = number of paths, {count} multiplications")

    rng = np.random.default_rng(0)
    for sizes in ([3, 4, 2], [30, 30], [30, 30, 30, 30], [10, 40, 5]):
        graph = dense_graph(sizes)
        kinds = [operation for operation, _ in graph]
        inputs = rng.normal(size=kinds.count("data") + kinds.count("parameter")).tolist()
        values = forward(graph, inputs)
        products, units = kinds.count("mul"), kinds.count("tanh")
        _, count = backward(graph, values)
        _, once = forward_mode(graph, values, kinds.index("parameter"))
        print(f"{sizes}: {products} products forward, {count - units} backward, ratio "
              f"{(count - units) / products:.3f}; {units} tanh slopes; forward mode {once} for "
              f"each of {kinds.count('parameter')} parameters")
