"""The loop of agent and environment, the optimal values of the small world, REINFORCE's runs."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.reinforcement_learning.deep_reinforcement_learning import (
    MOVES,
    SMALL,
    grid_model,
    value_iteration,
)

JSON = Path(__file__).with_name("deep_reinforcement_learning_experiment.json")


def figure():
    """The loop: policy, environment, and what a step returns."""
    drawing, axes = diagram(height=2.7)
    box(axes, 1.2, 1.35, 1.9, 1.0, "agent\npolicy π(a | s)", "blue")
    box(axes, 5.2, 1.35, 1.9, 1.0, "environment\nP(s′ | s, a)", "orange")
    for y, start, end in ((2.1, 1.2, 5.2), (0.6, 5.2, 1.2)):
        edge = 1.87 if y > 1.35 else 0.83
        axes.plot([start, start, end], [edge, y, y], "-", color=COLORS["ink"], linewidth=1.5)
        arrow(axes, (end, y), (end, edge))
    label(axes, 3.2, 2.35, "action a")
    label(axes, 3.2, 0.35, "next state s′, reward r, terminated, truncated")
    label(axes, 3.2, 1.35, "the policy chooses\nits own data", "muted", 10)
    return drawing


def figure_values():
    """The 4 x 3 world: value and best move of each cell, with slip 0.2 and 0.04 a step."""
    probs, rewards, _ = grid_model(SMALL, slip=0.2, step_reward=-0.04)
    q = value_iteration(probs, rewards, 1.0)
    drawing, axes = diagram(width=5.2, height=3.9)
    for state, cell in enumerate("".join(SMALL)):
        x, y = 0.65 + 1.3 * (state % 4), 3.25 - 1.3 * (state // 4)
        color = {"G": "green", "X": "red", "#": "muted"}.get(cell, "blue")
        text = {"G": "goal\n+1", "X": "pit\n−1", "#": "wall"}.get(cell, "")
        box(axes, x, y, 1.2, 1.2, text, color)
        if cell in "S.":
            down, right = MOVES[int(np.argmax(q[state]))]
            label(axes, x, y + 0.33, f"{q[state].max():.3f}")
            arrow(axes, (x - 0.28 * right, y - 0.22 + 0.28 * down),
                  (x + 0.28 * right, y - 0.22 - 0.28 * down))
    return drawing


def figure_learning():
    """REINFORCE, ten runs from one start and ten from random starts."""
    measured = json.loads(JSON.read_text())["reinforce"]
    drawing, panels = plot(height=3.4, columns=2, sharey=True)
    for axes, name, color, style in zip(panels, measured, ("orange", "blue"), ("--", "-"), strict=True):
        for run in measured[name]:
            axes.plot(100 * np.arange(1, len(run) + 1), np.clip(run, 0, 1), color=COLORS[color],
                      linestyle=style, linewidth=1.2)
        axes.set(title=name, xlabel="episodes", ylim=(-0.03, 1.03))
    panels[0].set(ylabel="share of the optimal value")
    return drawing
