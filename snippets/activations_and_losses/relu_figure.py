"""What died in the experiment, by learning rate and by initial bias."""

import json
from pathlib import Path

from guide.figures import COLORS, label, plot
from snippets.activations_and_losses.relu_experiment import error, second_layer

STYLES = {"0.0": ("blue", "-", "o"), "0.01": ("orange", "--", "s"), "0.1": ("green", "-.", "^")}


def figure():
    """Left: silent units of the second layer by learning rate. Right: test error by bias."""
    path = Path(__file__).with_name("relu_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, (left, right) = plot(height=3.4, columns=2)
    for slope, (color, line, marker) in STYLES.items():
        table = result["slopes"][slope]
        style = {"color": COLORS[color], "linestyle": line, "marker": marker, "markersize": 5}
        left.plot(result["rates"], [100 * second_layer(runs, "end") for runs in table["rates"]],
                  **style)
        right.plot([-shift for shift in result["shifts"]],
                   [100 * error(runs) for runs in table["shifts"]], **style)
    left.set(xlabel="learning rate", title="never active, layer 2 (%)", ylim=(-1.5, 34))
    left.set_xticks([0.1, 0.3, 0.5, 0.7, 1.0], ["0.1", "0.3", "0.5", "0.7", "1"])
    label(left, 0.1, 28, "slope 0, ReLU", "blue", align="left")
    label(left, 0.1, 23.5, "slope 0.01", "orange", align="left")
    label(left, 0.1, 19, "slope 0.1", "green", align="left")
    right.set(xlabel="bias of the hidden units at the start", title="test error (%)",
              ylim=(-4, 104))
    right.set_xticks([-3, -2, -1, 0], ["−3", "−2", "−1", "0"])
    label(right, -2.45, 100, "0", "blue")
    label(right, -2.45, 74, "0.01", "orange")
    label(right, -2.3, 17, "0.1", "green")
    return drawing
