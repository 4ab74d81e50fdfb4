"""A dense and a convolutional network of about the same size, on digits that move.

scikit-learn's 8x8 digits are pasted into a 12x12 canvas. Training images stand in the middle
or anywhere; test images stand anywhere. A fixed shuffle of the 144 pixels, the same for every
image, takes the neighborhoods away and leaves the information.
"""

import json
import platform
import sys
import time
from functools import partial
from pathlib import Path

import sklearn
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

CANVAS, TEST, SEEDS, STEPS, BATCH, LR = 12, 450, (0, 1, 2), 500, 64, 2e-3
SIZES = (100, 300, 1000)


# --8<-- [start:networks]
def dense(generator: torch.Generator) -> nn.Sequential:
    """144 pixels, 100 hidden units twice, 10 classes: 25,610 parameters."""
    return initialized(nn.Sequential(
        nn.Flatten(), nn.Linear(CANVAS * CANVAS, 100), nn.ReLU(),
        nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, 10)), generator)


def convolutional(generator: torch.Generator, stride: int = 2,
                  outside: str = "zeros") -> nn.Sequential:
    """Three 3x3 convolutions, global average, 10 classes: 23,946 parameters."""
    return initialized(nn.Sequential(
        nn.Conv2d(1, 16, 3, 1, padding=1, padding_mode=outside), nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride, padding=1, padding_mode=outside), nn.ReLU(),
        nn.Conv2d(32, 64, 3, 1, padding=1, padding_mode=outside), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)), generator)
# --8<-- [end:networks]


NETWORKS = {
    "dense": dense,
    "convolutional": convolutional,
    "stride 1": partial(convolutional, stride=1),
    "circular": partial(convolutional, outside="circular"),
    "circular, stride 1": partial(convolutional, stride=1, outside="circular"),
}


def initialized(model: nn.Sequential, generator: torch.Generator) -> nn.Sequential:
    """He's normal initialization, biases zero."""
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
            nn.init.zeros_(module.bias)
    return model


def pasted(images: Tensor, generator: torch.Generator, anywhere: bool) -> Tensor:
    """(N, 8, 8) -> (N, 1, 12, 12): each image in the middle, or at one of 25 places."""
    places = CANVAS - 8 + 1
    if anywhere:
        corners = torch.randint(places, (len(images), 2), generator=generator)
    else:
        corners = torch.full((len(images), 2), (places - 1) // 2)
    canvas = torch.zeros(len(images), 1, CANVAS, CANVAS)
    for image, target, (row, column) in zip(images, canvas, corners.tolist(), strict=True):
        target[0, row:row + 8, column:column + 8] = image
    return canvas


def train(name: str, size: int, anywhere: bool, shuffled: bool, seed: int,
          steps: int = STEPS) -> dict:
    """Train one network and count its errors, in percent, on 450 test images anywhere."""
    generator = torch.Generator().manual_seed(seed)
    images, labels = load_digits(return_X_y=True)
    images = torch.tensor(images, dtype=torch.float32).view(-1, 8, 8) / 16
    labels = torch.tensor(labels, dtype=torch.int64)
    order = torch.randperm(len(images), generator=generator)
    x = pasted(images[order], generator, anywhere)
    test_x = pasted(images[order], generator, anywhere=True)[-TEST:]
    test_y = labels[order][-TEST:]
    x, y = x[:size], labels[order][:size]
    if shuffled:
        pixels = torch.randperm(CANVAS * CANVAS, generator=generator)
        x, test_x = (v.flatten(1)[:, pixels].view_as(v) for v in (x, test_x))
    model = NETWORKS[name](generator)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    for _ in range(steps):
        batch = torch.randint(size, (BATCH,), generator=generator)
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        error = [100 * (model(a).argmax(1) != b).double().mean().item()
                 for a, b in ((x, y), (test_x, test_y))]
    return {"network": name, "size": size, "anywhere": anywhere, "shuffled": shuffled,
            "seed": seed, "steps": steps, "train_error": round(error[0], 2), "test_error": round(error[1], 2)}


def run(seeds: tuple = SEEDS, steps: int = STEPS) -> dict:
    """Moving digits by training size, with and without shuffle, and two checks.

    The checks: a training set in the middle only, for the convolutional network also
    without its stride, without its zero padding and without both; and four times the
    steps for the network that did not fit the shuffled digits.
    """
    start = time.process_time()
    runs = [train(name, size, True, shuffled, seed, steps)
            for name in ("dense", "convolutional") for size in SIZES
            for shuffled in (False, True) for seed in seeds]
    runs += [train(name, max(SIZES), False, False, seed, steps)
             for name in NETWORKS for seed in seeds]
    runs += [train("convolutional", max(SIZES), True, True, seed, 4 * steps) for seed in seeds]
    return {"runs": runs, "python": platform.python_version(), "torch": torch.__version__,
            "scikit_learn": sklearn.__version__,
            "cpu_seconds": round(time.process_time() - start)}


def errors(result: dict, network: str, size: int, anywhere: bool = True, shuffled: bool = False,
           which: str = "test_error", steps: int = STEPS) -> list[float]:
    """The errors of one setting, one per seed."""
    wanted = (network, size, anywhere, shuffled, steps)
    return [r[which] for r in result["runs"]
            if tuple(r[k] for k in ("network", "size", "anywhere", "shuffled", "steps")) == wanted]


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    for network in ("dense", "convolutional"):
        for size in SIZES:
            for shuffled in (False, True):
                print(network, size, "shuffled" if shuffled else "",
                      errors(result, network, size, True, shuffled),
                      errors(result, network, size, True, shuffled, "train_error"))
    for network in NETWORKS:
        print(network, "trained in the middle", errors(result, network, max(SIZES), False))
    for which in ("test_error", "train_error"):
        print("convolutional, shuffled, four times the steps", which,
              errors(result, "convolutional", max(SIZES), True, True, which, 4 * STEPS))
    print(result["cpu_seconds"], "CPU seconds", file=sys.stderr)
