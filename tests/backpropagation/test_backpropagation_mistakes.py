"""Each wrong backward pass runs without an error; the slow one is right and exponential."""

import pytest

from snippets.backpropagation.backpropagation import backward, forward
from snippets.backpropagation.backpropagation_mistakes import (
    backward_assigning,
    backward_by_paths,
    backward_too_early,
)

FAN_OUT = [("data", ()), ("parameter", ()), ("parameter", ()),
           ("mul", (0, 1)), ("add", (3, 2)), ("mul", (3, 4))]
VALUES = forward(FAN_OUT, [2.0, 1.5, -1.0])
RIGHT = backward(FAN_OUT, VALUES)[0]


def test_assigning_keeps_one_path():
    wrong = backward_assigning(FAN_OUT, VALUES)
    assert RIGHT[3] == 5.0 and wrong[3] == 3.0
    assert RIGHT[1] == 10.0 and wrong[1] == 6.0


def test_a_chain_hides_the_missing_sum():
    chain = [("parameter", ()), ("tanh", (0,)), ("tanh", (1,))]
    values = forward(chain, [0.3])
    assert backward_assigning(chain, values) == backward(chain, values)[0]


def test_passing_on_too_early_counts_a_path_twice():
    wrong = backward_too_early(FAN_OUT, VALUES)
    assert wrong[3] == 5.0  # the node itself looks right
    assert wrong[1] == 14.0 and RIGHT[1] == 10.0


@pytest.mark.parametrize("rungs", [1, 5, 10])
def test_path_by_path_is_right_and_doubles_with_every_rung(rungs):
    ladder = [("parameter", ())] + [("mul", (k, k)) for k in range(rungs)]
    values = forward(ladder, [1.0])
    grads, multiplications = backward_by_paths(ladder, values)
    assert grads == backward(ladder, values)[0]
    assert multiplications == 2 ** (rungs + 1) - 2
    assert backward(ladder, values)[1] == 2 * rungs
