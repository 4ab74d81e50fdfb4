"""Speed of standard, depthwise, 1x1 and inverted-residual layers, and of whole networks.

One process, one thread, one image, float32, batch normalization folded. In every round each
model runs in turn, and ratios are taken within the round, so a machine that slows down or is
shared slows all of them alike. Networks follow https://arxiv.org/abs/1704.04861, table 4.
"""

import json
import platform
import statistics
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from snippets.convolution.mobilenet_torch import (
    conv_standard,
    mobilenet_v1,
    mobilenet_v2,
    mobilenet_v3_large,
    multiply_adds,
)

ROUNDS, SECONDS = 15, 0.02  # each model runs for about SECONDS in a round
# Channels of v1, channels between v2's blocks, and the size of the map at the four stages
# that both share. A standard 3x3 layer of v1's width takes 462,422,016 multiply-adds at each.
STAGES = ((128, 24, 56), (256, 32, 28), (512, 64, 14), (1024, 160, 7))


class Copy(nn.Module):
    """Read every number and write it elsewhere: what moving the map alone costs."""

    def forward(self, x: Tensor) -> Tensor:
        """Shape and values of ``x``."""
        return x.clone()


def layers(channels: int, thin: int) -> dict[str, nn.Module]:
    """Bare layers with ``channels`` in and out, and v2's branch with ``thin`` ones."""
    def pointwise(inputs: int, outputs: int) -> nn.Conv2d:
        return nn.Conv2d(inputs, outputs, 1, bias=False)

    def depthwise(width: int) -> nn.Conv2d:
        return nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False)

    hidden = 6 * thin
    return {
        "standard": nn.Conv2d(channels, channels, 3, padding=1, bias=False),
        "copy": Copy(),
        "depthwise": depthwise(channels),
        "pointwise": pointwise(channels, channels),
        "separable": nn.Sequential(depthwise(channels), pointwise(channels, channels)),
        "inverted": nn.Sequential(pointwise(thin, hidden), depthwise(hidden),
                                  pointwise(hidden, thin)),
        "thin standard": nn.Conv2d(thin, thin, 3, padding=1, bias=False),
    }


def folded(model: nn.Module) -> nn.Module:
    """The model in evaluation mode, each batch normalization folded into its convolution."""
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.Sequential) and len(module) > 1 \
                and isinstance(module[0], nn.Conv2d) and isinstance(module[1], nn.BatchNorm2d):
            module[0], module[1] = fuse_conv_bn_eval(module[0], module[1]), nn.Identity()
    return model


def layer_multiply_adds(model: nn.Module, size: int) -> int:
    """Multiply-adds of convolutions that all have stride 1 and keep the size; 0 if none."""
    return sum(m.weight.numel() * size * size for m in model.modules()
               if isinstance(m, nn.Conv2d))


@torch.inference_mode()
def race(models: dict[str, tuple[nn.Module, torch.Tensor]], rounds: int) -> dict[str, list]:
    """CPU seconds per call of each model, one number per round, the models in turn.

    The thread's own clock stands still while another process has the core.
    """
    # One large block, freed at once, makes the allocator keep memory: otherwise the first
    # models pay for fresh pages at each call and the later ones do not.
    torch.zeros(2**22)
    calls = {}
    for name, (model, x) in models.items():
        for _ in range(3):
            model(x)
        start = time.thread_time()
        model(x)
        passed = max(time.thread_time() - start, 1e-6)  # a coarse clock may stand still
        calls[name] = max(1, round(SECONDS / passed))
    seconds = {name: [] for name in models}
    for _ in range(rounds):
        for name, (model, x) in models.items():
            start = time.thread_time()
            for _ in range(calls[name]):
                model(x)
            seconds[name].append((time.thread_time() - start) / calls[name])
    return seconds


def summary(seconds: list[float], reference: list[float], counted: int) -> dict:
    """Median milliseconds, and quartiles of how many times the reference takes as long."""
    times = sorted(r / s for s, r in zip(seconds, reference, strict=True))
    quarter = len(times) // 4
    median = statistics.median(seconds)
    return {"multiply_adds": counted, "milliseconds": round(1e3 * median, 4),
            "per_nanosecond": round(counted / median / 1e9, 2),
            "speedup": [round(times[i], 3) for i in (quarter, len(times) // 2, -1 - quarter)]}


def run(rounds: int = ROUNDS, stages=STAGES, networks: bool = True) -> dict:
    """All layers and the four networks; speedups are against the standard convolution.

    Each set is raced twice: with the channels' maps one after the other in memory
    (PyTorch's default), and with the channels of each pixel side by side (channels last).
    """
    generator = torch.Generator().manual_seed(0)
    result = {"rounds": rounds, "threads": torch.get_num_threads(),
              "torch": torch.__version__, "machine": platform.machine()}
    formats = {"maps first": torch.contiguous_format, "channels last": torch.channels_last}
    for title, memory in formats.items():
        groups = result[title] = {}
        for channels, thin, size in stages:
            models = {}
            for name, model in layers(channels, thin).items():
                inputs = thin if name in ("inverted", "thin standard") else channels
                x = torch.randn(1, inputs, size, size, generator=generator)
                models[name] = model.to(memory_format=memory), x.to(memory_format=memory)
            seconds = race(models, rounds)
            groups[str(size)] = {
                name: summary(seconds[name], seconds["standard"],
                              layer_multiply_adds(model, size))
                for name, (model, _) in models.items()}
        if networks:
            x = torch.randn(1, 3, 224, 224, generator=generator).to(memory_format=memory)
            builders = {"standard": lambda: mobilenet_v1(layer=conv_standard),
                        "v1": mobilenet_v1, "v2": mobilenet_v2, "v3-Large": mobilenet_v3_large}
            models = {name: (folded(build()).to(memory_format=memory), x)
                      for name, build in builders.items()}
            seconds = race(models, rounds)
            groups["networks"] = {
                name: summary(seconds[name], seconds["standard"],
                              sum(multiply_adds(model).values()))
                for name, (model, _) in models.items()}
    return result


def table(result: dict) -> str:
    """One line per layer and network."""
    lines = []
    for title in ("maps first", "channels last"):
        for group, rows in result[title].items():
            for name, row in rows.items():
                low, middle, high = row["speedup"]
                lines.append(f"{title:14}{group:9}{name:14}{row['multiply_adds']:>13,}"
                             f"{row['milliseconds']:10.3f} ms{row['per_nanosecond']:7.2f} per ns"
                             f"{middle:8.2f} times ({low:.2f} to {high:.2f})")
    return "\n".join(lines)


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(table(result))
