"""How each wrong engine fails."""

import numpy as np

from snippets.backpropagation.autograd import Tensor
from snippets.backpropagation.autograd_mistakes import (
    backward_in_place,
    backward_that_keeps_everything,
    bias_gradient,
    recursive_order,
)


def test_a_shared_array_is_written_into():
    def graph():
        a, b = Tensor(1.0), Tensor(2.0)
        return a, b, (a + b) + b * 5.0

    a, b, loss = graph()
    loss.backward()
    assert (a.grad, b.grad) == (1, 6)
    # Arrays of one element, as numbers would be copied by +=.
    a, b = Tensor(np.ones(1)), Tensor(np.full(1, 2.0))
    backward_in_place((a + b) + b * 5.0)
    assert (a.grad.item(), b.grad.item()) == (6, 6)


def test_a_second_call_counts_the_first_one_again():
    x = Tensor(3.0)
    loss = (x * x) * x
    backward_that_keeps_everything(loss)
    assert x.grad == 27
    backward_that_keeps_everything(loss)
    assert x.grad == 72  # where 54 is right


def test_recursion_ends_at_a_chain_of_a_thousand():
    v = Tensor(1.0)
    for _ in range(100):
        v = v.tanh()
    assert len(recursive_order(v)) == 101
    for _ in range(1900):
        v = v.tanh()
    try:
        recursive_order(v)
    except RecursionError:
        return
    raise AssertionError("the recursion should have been too deep")


def test_a_bias_whose_gradient_was_not_summed_becomes_a_matrix():
    bias = np.zeros(3)
    wrong = bias_gradient(np.ones((5, 3)), bias)
    assert wrong.shape == (5, 3) and (bias - 0.1 * wrong).shape == (5, 3)
