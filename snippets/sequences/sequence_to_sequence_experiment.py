"""Copying a sequence through one vector, and with additive attention, by length.

Writes sequence_to_sequence_experiment.json. Both models read up to 16 symbols with a GRU and
name them again with another one; the one without attention is the larger, and both are tested
with their own outputs fed back and with the true ones, on lengths up to 24.
"""

import json
import platform
import sys
import time
from pathlib import Path

import torch
from torch import nn

SYMBOLS, LONGEST = 8, 16  # training lengths are uniform from 2 to LONGEST
LENGTHS = [2, 4, 6, 8, 10, 12, 14, 16, 20, 24]
BATCH, STEPS, LR, TEST = 64, 1600, 0.005, 400
HIDDEN = {"fixed": 48, "attention": 32}
SEEDS = [0, 1, 2]


# --8<-- [start:model]
class EncoderDecoder(nn.Module):
    """GRU encoder, GRU decoder; the source arrives as one vector or by attention."""

    def __init__(self, kind: str):
        super().__init__()
        hidden = HIDDEN[kind]
        self.attends = kind == "attention"
        self.embed = nn.Embedding(SYMBOLS + 1, 16)  # the last one starts the output
        self.encoder = nn.GRU(16, hidden)
        self.decoder = nn.GRUCell(16 + hidden * self.attends, hidden)
        self.head = nn.Linear(hidden * (1 + self.attends), SYMBOLS)
        if self.attends:
            self.query = nn.Linear(hidden, hidden, bias=False)
            self.key = nn.Linear(hidden, hidden)
            self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, tokens: torch.Tensor, teacher: torch.Tensor | None) -> torch.Tensor:
        """Logits (T, N, K); without a teacher it reads its own last choice."""
        memory, last = self.encoder(self.embed(tokens))  # (T, N, H), (1, N, H)
        state, previous, logits = last[0], torch.full_like(tokens[0], SYMBOLS), []
        keys = self.key(memory) if self.attends else None
        for t in range(len(tokens)):
            inputs = self.embed(previous)
            if self.attends:  # (T, N, 1) weights over the source
                weights = self.score(torch.tanh(self.query(state) + keys)).softmax(0)
                context = (weights * memory).sum(0)
                inputs = torch.cat([inputs, context], dim=1)
            state = self.decoder(inputs, state)
            out = torch.cat([state, context], dim=1) if self.attends else state
            logits.append(self.head(out))
            previous = logits[-1].argmax(1) if teacher is None else teacher[t]
        return torch.stack(logits)
# --8<-- [end:model]


def train(kind: str, seed: int, steps: int = STEPS) -> EncoderDecoder:
    """Adam, clipped at norm 1, one length for each batch, teacher forcing."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = EncoderDecoder(kind)
    generator = torch.Generator().manual_seed(1000 + seed)
    optimizer = torch.optim.Adam(model.parameters(), LR)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, steps)
    for _ in range(steps):
        length = int(torch.randint(2, LONGEST + 1, (), generator=generator))
        tokens = torch.randint(SYMBOLS, (length, BATCH), generator=generator)
        loss = nn.functional.cross_entropy(model(tokens, tokens).flatten(0, 1), tokens.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return model


@torch.no_grad()
def measure(model: EncoderDecoder) -> dict[str, list[float]]:
    """By length: symbols and whole sequences right, running freely and with the true history."""
    result = {key: [] for key in ("free", "forced", "whole")}
    generator = torch.Generator().manual_seed(7)
    for length in LENGTHS:
        tokens = torch.randint(SYMBOLS, (length, TEST), generator=generator)
        free = model(tokens, None).argmax(2) == tokens
        forced = model(tokens, tokens).argmax(2) == tokens
        result["free"].append(round(free.float().mean().item(), 4))
        result["forced"].append(round(forced.float().mean().item(), 4))
        result["whole"].append(round(free.all(0).float().mean().item(), 4))
    return result


def run() -> dict:
    torch.set_num_threads(1)
    start, runs = time.process_time(), {}
    for kind in HIDDEN:
        models = [train(kind, seed) for seed in SEEDS]
        runs[kind] = {"parameters": sum(p.numel() for p in models[0].parameters()),
                      "seeds": [measure(model) for model in models]}
        print(kind, runs[kind], f"{time.process_time() - start:.0f} s", file=sys.stderr)
    return {"lengths": LENGTHS, "longest": LONGEST, "steps": STEPS, "batch": BATCH, "symbols": SYMBOLS,
            "runs": runs, "python": platform.python_version(), "torch": torch.__version__,
            "seconds": round(time.process_time() - start, 1)}


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result["seconds"], "seconds")
