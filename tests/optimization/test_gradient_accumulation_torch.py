"""The PyTorch step equals one step on the whole batch, and speaks to the others once."""

from contextlib import contextmanager

import pytest
import torch
from torch import nn
from torch.nn import functional

from snippets.optimization.gradient_accumulation_torch import accumulation_step


class Counting(nn.Linear):
    """A layer with the no_sync of distributed data parallel, which counts."""

    quiet = False

    @contextmanager
    def no_sync(self):
        self.quiet = True
        yield
        self.quiet = False

    def forward(self, x):
        self.seen.append(self.quiet)
        return super().forward(x)


def batch(dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(6, 7, 3, generator=generator, dtype=dtype)
    targets = torch.randint(0, 5, (6, 7), generator=generator)
    targets[torch.arange(7) >= torch.tensor([7, 1, 5, 2, 6, 1])[:, None]] = -100
    return x, targets


def test_one_step_of_unequal_micro_batches_is_the_step_of_the_whole():
    x, targets = batch()
    results = []
    for sizes in ([6], [1, 5], [2, 1, 3]):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            model = nn.Linear(3, 5).double()
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
        parts = zip(x.split(sizes), targets.split(sizes), strict=True)
        loss = accumulation_step(model, optimizer, parts, max_norm=0.05)
        expected = functional.cross_entropy(model(x).flatten(0, 1), targets.flatten())
        assert loss > expected  # the step went down
        results.append((loss, model.weight.detach().clone()))
    for loss, weight in results[1:]:
        assert abs(loss - results[0][0]) < 1e-12
        torch.testing.assert_close(weight, results[0][1], rtol=1e-9, atol=1e-9)


def test_gradients_are_exchanged_with_the_last_micro_batch_only():
    x, targets = batch()
    model = Counting(3, 5).double()
    model.seen = []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    accumulation_step(model, optimizer, list(zip(x.split(2), targets.split(2), strict=True)))
    assert model.seen == [True, True, False]


def test_loss_and_unclipped_step_are_the_whole_batch_s_for_any_ignored_index():
    x, targets = batch()
    for ignored in (-100, 4):
        marked = targets.where(targets >= 0, ignored)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            model = nn.Linear(3, 5).double()
        loss = functional.cross_entropy(model(x).flatten(0, 1), marked.flatten(), ignore_index=ignored)
        (grad,) = torch.autograd.grad(loss, model.weight)
        expected = model.weight.detach() - 0.5 * grad
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        model.weight.grad = torch.ones(5, 3).double()  # left over from a step before
        parts = zip(x.split([1, 5]), marked.split([1, 5]), strict=True)
        ours = accumulation_step(model, optimizer, parts, ignore_index=ignored)
        assert abs(ours - loss.item()) < 1e-12
        torch.testing.assert_close(model.weight.detach(), expected, rtol=1e-12, atol=1e-12)


def test_a_batch_in_which_nothing_counts_leaves_the_weights_alone():
    x, targets = batch()
    model = nn.Linear(3, 5).double()
    before = model.weight.detach().clone()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for parts in ([], [(x, torch.full_like(targets, -100))]):
        with pytest.raises(ValueError, match="micro_batches must not hold only -100"):
            accumulation_step(model, optimizer, parts)
    assert torch.equal(model.weight.detach(), before)


def test_a_weight_that_takes_no_part_is_left_alone():
    """Its gradient is none, not zero, so weight decay does not pull at it either."""
    x, targets = batch()
    model = nn.Linear(3, 5).double()
    model.unused = nn.Parameter(torch.ones(2))
    model.unused.grad = torch.ones(2)  # of a step before
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.1)
    accumulation_step(model, optimizer, [(x, targets)])
    assert model.unused.grad is None and torch.equal(model.unused, torch.ones(2))
