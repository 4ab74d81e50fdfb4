"""Figure: what each remedy does to each of three black boxes."""

import json
from pathlib import Path

from guide import figures

MEASURED = json.loads(Path(__file__).with_name("black_box_model_experiment.json").read_text())
ROWS = [
    "alone", "400 more images", "bagging", "boosting", "shifted copies",
    "test-time shifts alone", "both",
]
NAMES = {"both": "shifts in both", "400 more images": "400 more images"}


def figure():
    """Test error in percent; an arrow where it differs from alone by two standard errors."""
    drawing, panels = figures.plot(height=3.6, columns=3, sharey=True)
    for axes, (name, errors) in zip(panels, MEASURED["errors"].items(), strict=True):
        alone = errors["alone"][0]
        for y, row in enumerate(reversed(ROWS)):
            value, spread = errors[row]
            unclear = abs(value - alone) < 2 * (spread**2 + errors["alone"][1] ** 2) ** 0.5
            color = "muted" if unclear else "blue" if value < alone else "red"
            marker = "o" if unclear else "<" if value < alone else ">"
            axes.plot([alone, value], [y, y], color=figures.COLORS["muted"], linewidth=1,
                      linestyle="-")
            axes.errorbar(value, y, xerr=2 * spread, color=figures.COLORS[color], fmt=marker,
                          markersize=8)
        axes.axvline(alone, color=figures.COLORS["muted"], linestyle=":", linewidth=1.5)
        axes.set(title=name, xlabel="test error (%)")
        axes.set_xlim(left=0)
    panels[0].set_yticks(range(len(ROWS)), [NAMES.get(row, row) for row in reversed(ROWS)])
    return drawing
