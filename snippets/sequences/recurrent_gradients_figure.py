"""The gradient's norm against the lag, tanh networks and LSTMs, before training."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, plot

PANELS = {
    "tanh network": {"tanh, default": ("default", "blue", "-"),
                     "tanh, orthogonal": ("orthogonal", "orange", "--"),
                     "tanh, orthogonal times 1.5": ("1.5 × orthogonal", "green", "-."),
                     "tanh, Gaussian times 3": ("3 × Gaussian", "red", ":")},
    "LSTM": {"LSTM, default": ("default", "blue", "-"),
             "LSTM, forget bias 1": ("forget bias 1", "orange", "--"),
             "LSTM, forget bias 3": ("forget bias 3", "green", "-."),
             "LSTM, forget bias 3, weights times 6": ("bias 3, weights × 6", "red", ":")},
}


def figure():
    """One panel per cell: median of ten starts on a logarithmic axis."""
    path = Path(__file__).with_name("recurrent_gradients_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, both = plot(height=4.2, columns=2, sharey=True)
    for axes, (title, lines) in zip(both, PANELS.items(), strict=True):
        for name, (text, color, style) in lines.items():
            median = np.median(result["profiles"][name], axis=0)[::-1]
            axes.semilogy(median, color=COLORS[color], linestyle=style, label=text)
        axes.set(title=title, xlabel="lag (steps back)", xlim=(0, result["lag"]), ylim=(1e-14, 1e14))
        axes.legend(loc="upper left", fontsize=10, handlelength=1.8, labelspacing=0.25)
    both[0].set(ylabel="gradient norm over that at the last state")
    return drawing
