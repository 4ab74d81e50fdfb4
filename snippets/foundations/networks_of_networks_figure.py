"""Figures: four ways to join two networks, and the paths of a game."""

import importlib.util
from pathlib import Path

from matplotlib.figure import Figure

from guide.figures import COLORS, arrow, box, diagram, label, plot

_PATH = Path(__file__).with_name("networks_of_networks.py")
_SPEC = importlib.util.spec_from_file_location("networks_of_networks", _PATH)
_CODE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_CODE)


def figure() -> Figure:
    """Chain, mixture, weights from a network, and a game."""
    canvas, axes = diagram(height=5.0)
    # Chain
    label(axes, 0.2, 4.8, "chain: one network", align="left", weight="bold")
    box(axes, 1.0, 4.25, 0.8, 0.45, "f")
    box(axes, 2.2, 4.25, 0.8, 0.45, "g", "green")
    for start, end in [(0.2, 0.6), (1.4, 1.8), (2.6, 3.0)]:
        arrow(axes, (start, 4.25), (end, 4.25))
    arrow(axes, (2.2, 3.98), (1.0, 3.98), "red", bend=0.35, dashed=True)
    label(axes, 1.6, 3.45, "one loss, gradient\nthrough g into f", "red", size=10)
    # Mixture
    label(axes, 3.5, 4.8, "mixture: outputs multiply", align="left", weight="bold")
    box(axes, 4.4, 4.3, 1.0, 0.4, "expert 1")
    box(axes, 4.4, 3.8, 1.0, 0.4, "expert 2")
    box(axes, 4.4, 3.2, 1.0, 0.4, "gate", "orange")
    box(axes, 5.75, 4.05, 0.5, 0.5, "Σ", "muted")
    for y, end in [(4.3, 4.13), (3.8, 3.97)]:
        arrow(axes, (4.9, y), (5.5, end))
    arrow(axes, (4.9, 3.2), (5.75, 3.8), bend=-0.25)
    label(axes, 5.85, 3.2, "weights\nof the sum", "orange", size=10)
    for y in (4.3, 3.8, 3.2):
        arrow(axes, (3.5, 3.8), (3.9, y))
    # Hypernetwork
    label(axes, 0.2, 2.55, "one writes the other’s weights", align="left", weight="bold")
    box(axes, 1.65, 2.0, 1.5, 0.45, "hypernetwork", "purple")
    box(axes, 1.65, 0.95, 1.5, 0.45, "main network")
    arrow(axes, (1.65, 1.77), (1.65, 1.18), "purple")
    label(axes, 1.8, 1.48, "weights W(c)", "purple", size=10, align="left")
    label(axes, 0.3, 2.0, "c", size=11)
    arrow(axes, (0.42, 2.0), (0.9, 2.0))
    label(axes, 0.3, 0.95, "x")
    arrow(axes, (0.42, 0.95), (0.9, 0.95))
    arrow(axes, (2.4, 0.95), (2.9, 0.95))
    label(axes, 1.65, 0.4, "one loss, gradient\nthrough W into both", "red", size=10)
    # Game
    label(axes, 3.5, 2.55, "game: two losses", align="left", weight="bold")
    box(axes, 4.25, 1.7, 1.2, 0.45, "generator")
    box(axes, 5.7, 1.7, 1.2, 0.45, "judge", "orange")
    arrow(axes, (4.85, 1.7), (5.1, 1.7))
    arrow(axes, (4.25, 1.47), (4.25, 0.95), "red", dashed=True)
    arrow(axes, (5.7, 1.47), (5.7, 0.95), "red", dashed=True)
    label(axes, 4.25, 0.72, "wants V low", "red", size=10)
    label(axes, 5.7, 0.72, "wants V high", "red", size=10)
    label(axes, 4.95, 0.32, "each step moves the other’s goal", size=10)
    return canvas


def figure_game() -> Figure:
    """Paths of (x, y) for three rules, 60 steps at rate 0.2."""
    canvas, axes = plot(height=4.3)
    styles = {"simultaneous": ("red", "--"), "alternating": ("blue", "-"),
              "extragradient": ("green", "-.")}
    for rule, (color, line) in styles.items():
        path = _CODE.play_game(rule, 0.2, 60)
        axes.plot(path[:, 0], path[:, 1], color=COLORS[color], linestyle=line, label=rule)
    axes.plot([1], [0], "o", color=COLORS["ink"], markersize=7)
    axes.plot([0], [0], "*", color=COLORS["ink"], markersize=11)
    arrow(axes, (3.2, 0.9), (1.15, 0.06))
    label(axes, 3.3, 0.9, "start", size=10.5, align="left")
    arrow(axes, (3.2, -0.9), (0.2, -0.06))
    label(axes, 3.3, -0.9, "equilibrium", size=10.5, align="left")
    axes.set(xlabel="x, which descends on xy", ylabel="y, which ascends", aspect="equal",
             xlim=(-4.2, 6.2), ylim=(-3.6, 3.6))
    axes.legend(loc="upper right")
    return canvas
