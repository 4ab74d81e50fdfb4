"""KL divergence in PyTorch, wrong in four ways. The tests show how each one fails."""

import torch
from torch.nn.functional import kl_div


# --8<-- [start:order]
def order_of_the_formula(p, q):
    """WRONG for KL(p || q): kl_div(input, target) is KL(target || input)."""
    return kl_div(p.log(), q, reduction="batchmean")  # right: q.log(), p
# --8<-- [end:order]


# --8<-- [start:log]
def probabilities_as_input(p, q):
    """WRONG: the input must be log probabilities. No error, often below 0."""
    return kl_div(q, p, reduction="batchmean")
# --8<-- [end:log]


# --8<-- [start:mean]
def default_reduction(p, q):
    """WRONG by a factor K: the default divides by all elements, not by rows."""
    return kl_div(q.log(), p)
# --8<-- [end:mean]


# --8<-- [start:gradient]
def estimate_as_loss(log_q, log_p):
    """WRONG as a loss on samples of q: its expected gradient is zero, not KL's."""
    return (log_q - log_p).mean()
# --8<-- [end:gradient]


if __name__ == "__main__":
    p, q = torch.tensor([[0.5, 0.5]]), torch.tensor([[0.9, 0.1]])
    for function in (order_of_the_formula, probabilities_as_input):
        print(function.__name__, round(function(p, q).item(), 4))
