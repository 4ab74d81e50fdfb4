"""Dilated causal networks on the copy tasks of the LSTM's page, with as many parameters.

Writes temporal_convolution_experiment.json. The rate is chosen with one seed and measured with
four others; tasks, batches, steps and clipping are those of the recurrent networks.
"""

import json
import platform
import sys
import time
from pathlib import Path

import torch
from torch import nn

SYMBOLS, LENGTH = 4, 3  # what is copied: three symbols out of four
TOKENS = SYMBOLS + 2  # and blank, and the mark after which the copy is due
BLANK, MARK = SYMBOLS, SYMBOLS + 1
DELAYS = {"fixed": 15, "selective": 12}  # blanks before the mark
BATCH, STEPS, TEST = 32, 1000, 1000
RATES = [0.003, 0.01, 0.03]  # of Adam, clipped at norm 1
MEASURE = [100, 101, 102, 103]
CHANNELS = {4: 18, 5: 16}  # by number of layers; kernel 2, dilations 1, 2, 4, ...
KINDS = [("fixed", 4), ("fixed", 5), ("selective", 5)]


def copy_task(task: str, batch: int, generator: torch.Generator):
    """Tokens (N, T) and targets (N, 3), to be named at the last three steps."""
    symbols = torch.randint(SYMBOLS, (batch, LENGTH), generator=generator)
    before = LENGTH + DELAYS[task]
    places = torch.arange(LENGTH).expand(batch, -1)
    if task == "selective":
        order = torch.rand((batch, before), generator=generator).argsort(dim=1)
        places = order[:, :LENGTH].sort(dim=1).values
    tokens = torch.full((batch, before + LENGTH), BLANK)
    tokens[:, before] = MARK
    return tokens.scatter(1, places, symbols), symbols


# --8<-- [start:model]
class TemporalConvolution(nn.Module):
    """Residual layers x + relu(conv(x)), kernel 2, dilation doubled at each layer."""

    def __init__(self, layers: int):
        super().__init__()
        channels = CHANNELS[layers]
        self.embed = nn.Conv1d(TOKENS, channels, 1)
        self.convs = nn.ModuleList(
            nn.Conv1d(channels, channels, 2, dilation=2**k) for k in range(layers))
        self.head = nn.Conv1d(channels, SYMBOLS, 1)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits (N, K, T) for tokens (N, T)."""
        x = self.embed(nn.functional.one_hot(tokens, TOKENS).mT.float())  # (N, C, T)
        for conv in self.convs:
            left = (conv.dilation[0], 0)  # pad the past only
            x = x + conv(nn.functional.pad(x, left)).relu()
        return self.head(x)
# --8<-- [end:model]


def train(task: str, layers: int, rate: float, seed: int, steps: int = STEPS) -> float:
    """Share of right symbols on new sequences."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = TemporalConvolution(layers)
    generator = torch.Generator().manual_seed(1000 + seed)
    optimizer = torch.optim.Adam(model.parameters(), rate)
    for _ in range(steps):
        tokens, targets = copy_task(task, BATCH, generator)
        loss = nn.functional.cross_entropy(model(tokens)[:, :, -LENGTH:], targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    tokens, targets = copy_task(task, TEST, torch.Generator().manual_seed(7))
    with torch.no_grad():
        return (model(tokens)[:, :, -LENGTH:].argmax(1) == targets).float().mean().item()


def run() -> dict:
    torch.set_num_threads(1)
    start, runs = time.process_time(), {}
    for task, layers in KINDS:
        by_rate = [round(train(task, layers, rate, 0), 4) for rate in RATES]
        rate = RATES[by_rate.index(max(by_rate))]
        accuracy = [round(train(task, layers, rate, seed), 4) for seed in MEASURE]
        parameters = sum(p.numel() for p in TemporalConvolution(layers).parameters())
        runs[f"{task}, {layers} layers"] = {
            "rate": rate, "by_rate": by_rate, "accuracy": accuracy, "parameters": parameters}
        print(task, layers, runs[f"{task}, {layers} layers"], f"{time.process_time() - start:.0f} s",
              file=sys.stderr)
    return {"steps": STEPS, "batch": BATCH, "rates": RATES, "runs": runs,
            "python": platform.python_version(), "torch": torch.__version__,
            "seconds": round(time.process_time() - start, 1)}


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result["seconds"], "seconds")
