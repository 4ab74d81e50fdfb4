"""The notebook's digit network on its way to a device: export, parity, int8, latency, monitoring.

Writes deploy_to_hardware_experiment.json. The network, its training and the split by forms are
those of docs/interviews/train_on_your_dataset.ipynb. Needs onnx, onnxscript and onnxruntime.
"""

import json
import logging
import platform
import re
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

from snippets.deployment.deploy_to_hardware import measure, percentiles, stability_index
from snippets.deployment.deploy_to_hardware_torch import Deployed, export, parity

EPOCHS, CALIBRATION, THRESHOLD = 20, 100, 0.82
BATCHES, WARMUP, REPEATS = (1, 8, 64, 382), 20, 300


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Raw images (N, 1, 8, 8) and labels of forms 0 to 10, and of forms 11 to 13."""
    data = load_digits()
    text, starts, previous = "".join(map(str, data.target)), [], -100
    for match in re.finditer("0?123456789", text):  # a form begins by counting to nine
        if match.start() - previous > 50:
            starts.append(match.start())
        previous = match.start()
    form = np.searchsorted(starts, np.arange(len(text)), side="right") - 1
    images, labels = data.images.astype(np.float32)[:, None], data.target.astype(np.int64)
    return images[form <= 10], labels[form <= 10], images[form >= 11], labels[form >= 11]


def sideways(inputs: Tensor, generator: torch.Generator) -> Tensor:
    """Move each image by -1, 0 or 1 column; what comes in from outside is paper."""
    padded = F.pad(inputs, (1, 1), value=float(inputs.min()))  # (N, 1, 8, 10)
    starts = torch.randint(0, 3, (len(inputs),), generator=generator).tolist()
    return torch.stack([image[:, :, s : s + 8] for image, s in zip(padded, starts, strict=True)])


def train(images: np.ndarray, labels: np.ndarray, seed: int, epochs: int) -> Deployed:
    """The notebook's recipe; its dropout draws from the global state, so that is put back."""
    mean, std = float(images.mean()), float(images.std())
    inputs, targets = torch.from_numpy((images - mean) / std), torch.from_numpy(labels)
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
            nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.3), nn.Linear(512, 10))
        optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
        for _ in range(epochs):
            for rows in torch.randperm(len(inputs), generator=generator).split(64):
                loss = F.cross_entropy(model(sideways(inputs[rows], generator)), targets[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return Deployed(model, mean, std).eval()


def runner(path: Path, optimize: bool = True) -> Callable[[np.ndarray], np.ndarray]:
    """A function from images to logits that runs the file with ONNX Runtime on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if not optimize:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda images: session.run(["logits"], {"images": images})[0]


def write_float(model: Deployed, path: Path) -> None:
    """Export without the exporter's progress and its warnings about its own dependencies."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export(model, torch.zeros(2, 1, 8, 8), path)


def metadata_bytes(path: Path) -> int:
    """What the exporter's notes at the nodes take: names and stack traces, with the source's paths."""
    import onnx

    model = onnx.load(path)
    before = model.ByteSize()
    for node in model.graph.node:
        del node.metadata_props[:]
    return before - model.ByteSize()


def prepare(source: Path, path: Path) -> None:
    """Infer shapes and fuse, which the quantizers expect; without it, the dynamic one fails here."""
    from onnxruntime.quantization.shape_inference import quant_pre_process

    quant_pre_process(source, path)


def quantize_dynamic(source: Path, path: Path) -> None:
    """int8 weights; activations get their scale anew from each batch."""
    from onnxruntime import quantization

    quantization.quantize_dynamic(source, path, weight_type=quantization.QuantType.QUInt8)


def quantize_static(source: Path, path: Path, images: np.ndarray) -> None:
    """int8 weights per channel and activations; scales are fixed from the calibration images."""
    from onnxruntime import quantization

    class Reader(quantization.CalibrationDataReader):
        def __init__(self):
            self.batches = iter([{"images": image[None]} for image in images])

        def get_next(self):
            return next(self.batches, None)

    quantization.quantize_static(
        source, path, Reader(), quant_format=quantization.QuantFormat.QDQ, per_channel=True,
        activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    exp = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exp / exp.sum(axis=-1, keepdims=True)


def compare(model: Deployed, files: dict[str, Path], test: np.ndarray, labels: np.ndarray) -> dict:
    """Size, errors and distance from the PyTorch model for each file."""
    result = {}
    for name, path in files.items():
        run = runner(path)
        logits = run(test)
        probs = softmax(logits)
        result[name] = {"confidence": float(probs.max(axis=1).mean()),
                        "refused": int((probs.max(axis=1) < THRESHOLD).sum()),
                        "bytes": path.stat().st_size, "errors": int((logits.argmax(1) != labels).sum()),
                        **parity(model, run, test)}
    return result


def saturation(float_run, static_run, calibration: np.ndarray, test: np.ndarray) -> dict:
    """The largest difference of int8 logits inside the calibrated range and outside of it."""
    known, exact = float_run(calibration), float_run(test)
    difference = np.abs(static_run(test) - exact)
    inside = (exact >= known.min()) & (exact <= known.max())
    return {"inside": float(difference[inside].max()), "outside": float(difference[~inside].max(initial=0)),
            "logits_outside": int((~inside).sum()), "logits": exact.size}


def latencies(model: Deployed, files: dict[str, Path], test: np.ndarray, repeats: int) -> dict:
    """Milliseconds for each program and batch size: the first call, and percentiles when warm.

    ``cpu`` is the median of the thread's own processor time, which other programs do not lengthen.
    """
    def eager(images: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return model(torch.from_numpy(images)).numpy()

    result = {}
    for batch in BATCHES:
        images = np.ascontiguousarray(test[:batch])
        programs = {"torch": lambda: eager}
        programs |= {name: lambda path=path: runner(path) for name, path in files.items()}
        row = {}
        for name, load in programs.items():
            run = load()
            first = measure(lambda run=run, x=images: run(x), 0, 1)[0]
            warm = measure(lambda run=run, x=images: run(x), WARMUP, repeats)
            own = measure(lambda run=run, x=images: run(x), 0, repeats, time.thread_time)
            row[name] = {"cpu": 1000 * percentiles(own)["p50"], "first": 1000 * float(first),
                         "mean": 1000 * float(warm.mean()),
                         **{key: 1000 * value for key, value in percentiles(warm).items()}}
        result[str(batch)] = row
    return result


def monitored(run: Callable[[np.ndarray], np.ndarray], test: np.ndarray, labels: np.ndarray) -> dict:
    """What monitors see when something goes wrong that raises no error."""
    moved = np.concatenate([test[..., 2:], np.zeros_like(test[..., :2])], axis=-1)
    cases = {"as tested": test, "moved by two columns": moved, "pixels from 0 to 1": test / 16,
             "inverted": 16 - test, "turned by 90 degrees": np.rot90(test, axes=(2, 3)).copy()}
    result, reference = {}, None
    for name, images in cases.items():
        probs = softmax(run(images.astype(np.float32)))
        guess = probs.argmax(axis=1)
        counts = np.bincount(guess, minlength=10)
        reference = counts if name == "as tested" else reference
        result[name] = {
            "errors": int((guess != labels).sum()), "mean_pixel": float(images.mean()),
            "confidence": float(probs.max(axis=1).mean()),
            "refused": float((probs.max(axis=1) < THRESHOLD).mean()),
            "most_frequent": float(counts.max() / len(guess)),
            "stability": stability_index(reference, counts)}
    return result


def int8_instructions() -> list[str]:
    """Which of the x86 instructions for int8 dot products this processor has, as Linux tells."""
    cpuinfo = Path("/proc/cpuinfo")
    words = set(cpuinfo.read_text().split()) if cpuinfo.exists() else set()
    return sorted(words & {"avx512_vnni", "avx_vnni", "amx_int8"})


def run(epochs: int = EPOCHS, repeats: int = REPEATS) -> dict:
    """Everything that the page states."""
    images, labels, test, test_labels = digits()
    model = train(images, labels, 0, epochs)
    rng = np.random.default_rng(0)
    calibration = images[rng.permutation(len(images))[:CALIBRATION]]
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.onnx"
                 for name in ("float", "dynamic", "static", "one_image", "pixels_from_0_to_1")}
        write_float(model, files["float"])
        ready = Path(folder) / "ready.onnx"
        prepare(files["float"], ready)
        quantize_dynamic(ready, files["dynamic"])
        quantize_static(ready, files["static"], calibration)
        quantize_static(ready, files["one_image"], calibration[:1])
        quantize_static(ready, files["pixels_from_0_to_1"], calibration / 16)
        compared = compare(model, files, test, test_labels)
        strange = np.concatenate([np.zeros((1, 1, 8, 8)), np.full((1, 1, 8, 8), 16.0),
                                  rng.uniform(-100, 100, size=(98, 1, 8, 8))]).astype(np.float32)
        float_run = runner(files["float"])
        result = {
            "compared": compared,
            "saturation": saturation(float_run, runner(files["static"]), calibration, test),
            "strange": parity(model, float_run, strange),
            "batches": {str(n): parity(model, float_run, test[:n])["logits"] for n in (1, 2, 7, 64)},
            "unoptimized": parity(model, runner(files["float"], optimize=False), test),
            "monitored": monitored(float_run, test, test_labels),
            "featureless": {name: float(softmax(float_run(np.full((1, 1, 8, 8), pixel, np.float32))).max())
                            for name, pixel in (("blank", 0.0), ("full", 16.0))},
            "metadata_bytes": metadata_bytes(files["float"]),
            "weights": sum(p.numel() for p in model.parameters()),
        }
        if repeats:
            shown = {name: files[name] for name in ("float", "dynamic", "static")}
            result["latency"] = latencies(model, shown, test, repeats)
    return result


if __name__ == "__main__":
    import onnxruntime

    torch.set_num_threads(1)
    started = time.perf_counter()
    result = run()
    result["run"] = {"seconds": round(time.perf_counter() - started), "python": platform.python_version(),
                     "torch": torch.__version__, "onnxruntime": onnxruntime.__version__,
                     "machine": platform.machine(), "int8_instructions": int8_instructions()}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
