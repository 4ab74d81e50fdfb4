"""Two figures: real digits under six changes, and what the changes do to accuracy."""

import json
import pathlib

import numpy as np
import torch
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from sklearn.datasets import load_digits

from guide.figures import COLORS, diagram, label, plot
from snippets.data import data_augmentation_experiment as experiment

EXAMPLES = {6: 1, 2: 2, 3: 5}  # which of the data set's images


def figure():
    """A 6, a 2 and a 3 from the data set, changed in six ways."""
    data = load_digits()
    canvas, axes = diagram(height=3.95)
    names = ["original", "shifted", "by 15°", "mirrored", "upside\ndown", "half\nturn"]
    # What a reader would call the result; none where it is no digit.
    said = [["6", "6", "6", "no digit", "no digit", "9"], ["2", "2", "2", "no digit", "5?", "2"],
            ["3", "3", "3", "no digit", "3", "no digit"]]
    for row, digit in enumerate((6, 2, 3)):
        pixels = data.images[data.target == digit][EXAMPLES[digit]] / 16
        image = torch.tensor(pixels, dtype=torch.float32)[None, None]
        one = torch.tensor([1])
        versions = [image, experiment.shift(image, one, -one), experiment.rotate(image, torch.tensor([15.0])),
                    image.flip(3), image.flip(2), image.flip((2, 3))]
        for column, version in enumerate(versions):
            left, top = 0.15 + 1.06 * column, 3.4 - 1.15 * row
            axes.add_patch(PathPatch(_squares(version[0, 0].numpy(), left, top), facecolor=COLORS["ink"],
                                     edgecolor="none"))
            if row == 0:
                label(axes, left + 0.4, 3.68, names[column], size=10.5)
            kept = said[row][column] == str(digit)
            label(axes, left + 0.4, top - 0.93, said[row][column], "green" if kept else "red", size=10.5)
    return canvas


def _squares(pixels: np.ndarray, left: float, top: float) -> Path:
    """One square for each pixel; its area shows how dark the pixel is."""
    y, x = np.nonzero(pixels > 0.06)
    half = 0.0525 * np.sqrt(pixels[y, x])
    center = np.stack([left + 0.1 * x + 0.05, top - 0.1 * y - 0.05], axis=1)
    ring = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    corners = center[:, None] + half[:, None, None] * ring  # (squares, 5, 2)
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path(corners.reshape(-1, 2), codes * len(x))


def figure_measured():
    """Left: change of accuracy by the number of images per digit. Right: by the angle of rotation."""
    path = pathlib.Path(__file__).with_name("data_augmentation_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))

    def accuracy(kind, size):
        return np.array([value["accuracy"] for value in result["runs"][f"{kind} | {size}"]])

    drawing, (left, right) = plot(height=3.7, columns=2)
    for kind, name, color, style, offset in (("shift", "shift", "blue", "o-", 0.5),
                                             ("shift, rotate 15", "shift, rotate", "green", "^-.", 0.35),
                                             ("mirror", "mirror", "orange", "s--", 0.25),
                                             ("half turn", "half turn", "red", "v:", -0.45)):
        gain = [np.mean(accuracy(kind, size) - accuracy("none", size)) for size in result["sizes"]]
        left.plot(range(3), gain, style, color=COLORS[color], markersize=6)
        label(left, 2.12, gain[-1] + offset, name, color, size=10, align="left")
    left.axhline(0, color=COLORS["muted"], linewidth=1)
    left.set_xticks(range(3), ["5", "20", "100"])
    left.set(xlabel="images per digit", title="gain in points", xlim=(-0.2, 3.7), ylim=(-8, 5))

    angles = {0: accuracy("none", 20), 15: accuracy("rotate 15", 20),
              **{int(angle): np.array(values) for angle, values in result["strength"].items()}}
    for angle, values in angles.items():
        right.plot([angle] * len(values), values, "o", color=COLORS["purple"], markersize=3)
    right.plot(list(angles), [values.mean() for values in angles.values()], "-", color=COLORS["purple"])
    right.set_xticks([0, 45, 90, 180], ["0", "±45", "±90", "±180"])
    right.set(xlabel="rotation drawn from, degrees", title="accuracy, %", ylim=(70, 100))
    return drawing
