"""Associative recall: an external memory against LSTMs of equal and of larger size.

Writes memory_augmented_networks_experiment.json. A sequence shows pairs of a key (16 random signs)
and a value (one of 8), then one of the keys; its value is asked. Trained with 1 to 6 pairs, tested
with up to 16. The rate is chosen with some seeds and measured with others.
"""

import json
import platform
import sys
import time
from pathlib import Path

import torch
from torch import nn

from snippets.sequences.memory_augmented_networks_torch import MemoryNetwork

KEY, VALUES = 16, 8
FEATURES = KEY + VALUES + 1  # key, value as one-hot, and a flag at the question
TRAIN_PAIRS, TEST_PAIRS = 6, [1, 2, 4, 6, 8, 12, 16]
BATCH, STEPS, TEST = 32, 1500, 2000
RATES = [0.003, 0.01, 0.03]
OUTSIDE = {"memory": 0.001, "LSTM, 10 units": 0.1}  # these two chose an end of the grid
CHOOSE, MEASURE = 2, 5


class Recurrent(nn.Module):
    """An LSTM that reads the pairs and then the question."""

    def __init__(self, hidden: int):
        super().__init__()
        self.lstm = nn.LSTM(FEATURES, hidden)
        self.out = nn.Linear(hidden, VALUES)
        with torch.no_grad():
            self.lstm.bias_ih_l0[hidden : 2 * hidden] = 1.0
            self.lstm.bias_hh_l0[hidden : 2 * hidden] = 0.0

    def forward(self, items, query, slots):
        states, _ = self.lstm(torch.cat([items, query[None]]))
        return self.out(states[-1]), None


KINDS = {
    "memory": lambda: MemoryNetwork(FEATURES, 24, VALUES),
    "LSTM, 10 units": lambda: Recurrent(10),
    "LSTM, 64 units": lambda: Recurrent(64),
}


# --8<-- [start:task]
def recall_task(pairs: int, batch: int, generator: torch.Generator):
    """Items (T, N, D), question (N, D), targets (N,): the value asked for."""
    keys = torch.randint(2, (pairs, batch, KEY), generator=generator) * 2.0 - 1
    values = torch.randint(VALUES, (pairs, batch), generator=generator)
    asked = torch.randint(pairs, (batch,), generator=generator)
    items = torch.cat([keys, nn.functional.one_hot(values, VALUES).float(),
                       torch.zeros(pairs, batch, 1)], dim=2)
    nothing = torch.zeros(batch, VALUES)
    rows = torch.arange(batch)
    question = torch.cat([keys[asked, rows], nothing, torch.ones(batch, 1)], dim=1)
    return items, question, values[asked, rows]
# --8<-- [end:task]


def measure(model: nn.Module, pairs: int, slots: int | None = None) -> float:
    """Share of right answers on new sequences."""
    items, question, targets = recall_task(pairs, TEST, torch.Generator().manual_seed(pairs))
    with torch.no_grad():
        logits, _ = model(items, question, slots or max(pairs, TRAIN_PAIRS))
    return (logits.argmax(1) == targets).float().mean().item()


def train(kind: str, rate: float, seed: int, steps: int = STEPS) -> nn.Module:
    """Adam on sequences of 1 to 6 pairs with 6 slots, clipped at norm 1."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = KINDS[kind]()
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    generator = torch.Generator().manual_seed(1000 + seed)
    for _ in range(steps):
        pairs = int(torch.randint(1, TRAIN_PAIRS + 1, (), generator=generator))
        items, question, targets = recall_task(pairs, BATCH, generator)
        loss = nn.functional.cross_entropy(model(items, question, TRAIN_PAIRS)[0], targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model


def run(kinds: tuple[str, ...] = tuple(KINDS), rates: list[float] = RATES, choose: int = CHOOSE,
        seeds: int = MEASURE, steps: int = STEPS) -> dict:
    """By kind: chosen rate, right answers by number of pairs and seed, learned strength."""
    torch.set_num_threads(1)
    start, runs = time.process_time(), {}
    for kind in kinds:
        means = [sum(measure(train(kind, rate, seed, steps), TRAIN_PAIRS) for seed in range(choose))
                 / choose for rate in rates]
        rate = rates[means.index(max(means))]
        models = [train(kind, rate, 100 + seed, steps) for seed in range(seeds)]
        one = {"rate": rate, "by_rate": means,
               "parameters": sum(p.numel() for p in models[0].parameters()),
               "accuracy": {pairs: [measure(model, pairs) for model in models] for pairs in TEST_PAIRS}}
        if kind == "memory":
            one["six slots"] = {pairs: [measure(model, pairs, 6) for model in models]
                                for pairs in TEST_PAIRS}
            one["strength"] = [model.log_strength.exp().item() for model in models]
            items, question, _ = recall_task(16, 3, torch.Generator().manual_seed(3))
            with torch.no_grad():
                one["weights"] = models[0](items, question, 16)[1].tolist()
        if kind in OUTSIDE:
            beyond = [measure(train(kind, OUTSIDE[kind], seed, steps), TRAIN_PAIRS)
                      for seed in range(choose)]
            one["outside"] = sum(beyond) / choose
        runs[kind] = one
        print(kind, one["parameters"], rate, [round(mean, 3) for mean in means],
              {p: [round(a, 3) for a in row] for p, row in one["accuracy"].items()},
              f"{time.process_time() - start:.0f} s", file=sys.stderr)
    return {"steps": steps, "batch": BATCH, "rates": rates, "choose": choose, "seeds": seeds,
            "runs": runs, "python": platform.python_version(), "torch": torch.__version__,
            "cores": 1, "seconds": round(time.process_time() - start, 1)}


def rounded(value):
    """Four decimals in nested lists and dictionaries."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(rounded(run())) + "\n", encoding="utf-8")
