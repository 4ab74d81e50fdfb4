"""Backward passes through a graph that run and are wrong, or right and hopelessly slow.

The correct rule, each node once and after all its users, is in Linnainmaa, BIT 16, 1976,
https://doi.org/10.1007/BF01931367.
"""

from snippets.backpropagation.backpropagation import local_derivatives


# --8<-- [start:assign]
def backward_assigning(graph, values):
    """Wrong: the last path overwrites the others."""
    grads = [0.0] * len(graph)
    grads[-1] = 1.0
    for node in reversed(range(len(graph))):
        slopes = local_derivatives(graph, values, node)
        for parent, slope in zip(graph[node][1], slopes, strict=True):
            grads[parent] = grads[node] * slope  # must be +=
    return grads
# --8<-- [end:assign]


# --8<-- [start:early]
def backward_too_early(graph, values):
    """Wrong: a node passes its sum on each time that something arrives."""
    grads = [0.0] * len(graph)

    def arrive(node, grad):
        grads[node] += grad
        slopes = local_derivatives(graph, values, node)
        for parent, slope in zip(graph[node][1], slopes, strict=True):
            arrive(parent, grads[node] * slope)  # must wait for all users of node

    arrive(len(graph) - 1, 1.0)
    return grads
# --8<-- [end:early]


# --8<-- [start:paths]
def backward_by_paths(graph, values):
    """Right and hopeless: walks every path from the loss on its own."""
    grads, multiplications = [0.0] * len(graph), 0

    def arrive(node, grad):
        nonlocal multiplications
        grads[node] += grad
        slopes = local_derivatives(graph, values, node)
        for parent, slope in zip(graph[node][1], slopes, strict=True):
            multiplications += 1
            arrive(parent, grad * slope)

    arrive(len(graph) - 1, 1.0)
    return grads, multiplications
# --8<-- [end:paths]
