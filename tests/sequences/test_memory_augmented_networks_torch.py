"""What the memory network promises: it is the page's memory, and slots are no parameter."""

import numpy as np
import torch

from snippets.sequences.memory_augmented_networks import address, read, write
from snippets.sequences.memory_augmented_networks_torch import MemoryNetwork


def network() -> MemoryNetwork:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = MemoryNetwork(features=7, width=5, num_classes=3).double()
        with torch.no_grad():
            model.log_strength.fill_(1.3)
    return model


def data(steps: int):
    generator = torch.Generator().manual_seed(1)
    return (torch.randn(steps, 2, 7, dtype=torch.float64, generator=generator),
            torch.randn(2, 7, dtype=torch.float64, generator=generator))


def test_it_writes_and_reads_like_the_numpy_memory():
    model, (items, query) = network(), data(4)
    for slots in (3, 4, 6):  # one row overwritten, full, and two rows left blank
        logits, weights = model(items, query, slots)
        for n in range(2):
            memory = np.full((slots, 5), 1e-6)
            for t in range(4):
                row = torch.tanh(model.row(items[t, n])).detach().numpy()
                memory = write(memory, (np.arange(slots) == t % slots).astype(float), np.ones(5), row)
            found = address(memory, model.key(query[n]).detach().numpy(), np.exp(1.3))
            np.testing.assert_allclose(weights[n].detach().numpy(), found, atol=1e-12)
            expected = model.out(torch.tensor(read(memory, found)))
            torch.testing.assert_close(logits[n], expected)


def test_the_order_of_the_items_does_not_matter_while_there_is_room():
    model, (items, query) = network(), data(4)
    torch.testing.assert_close(model(items, query, 6)[0], model(items.flip(0), query, 6)[0])


def test_every_parameter_gets_a_gradient():
    model, (items, query) = network(), data(4)
    model(items, query, 6)[0].square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in model.parameters())


def test_the_page_s_parameter_count():
    assert sum(p.numel() for p in MemoryNetwork(25, 24, 8).parameters()) == 1449
