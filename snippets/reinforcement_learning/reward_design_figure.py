"""Two figures: where the bonus leads, and the steps of each episode for five rewards."""

import itertools
import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.reinforcement_learning.reward_design import action_values, follow, grid, progress_bonus

JSON = Path(__file__).with_name("reward_design_experiment.json")


def figure():
    """A corridor of six cells: the optimal way without bonus, and with a bonus of 0.12."""
    following, rewards, terminal = grid(("S....G",))
    drawing, axes = diagram(height=2.9)
    for amount, y, color, text in (
            (0.11, 2.1, "blue", "bonus 0.11 for each step nearer: to the goal"),
            (0.12, 0.65, "red", "bonus 0.12: back and forth before the goal, for ever")):
        bonus = progress_bonus(following, np.arange(5, -1, -1), amount)
        path = follow(action_values(following, rewards + bonus, terminal, 0.95), following, terminal, 0, 6)
        for cell in range(6):
            name = {0: "start", 5: "goal"}.get(cell, "")
            box(axes, 0.7 + cell, y, 0.92, 0.7, name, "green" if cell == 5 else "muted", 10)
        seen = set()
        for one, other in itertools.pairwise(path):
            if (one, other) not in seen:
                lift = 0.22 if other > one else -0.22
                arrow(axes, (0.78 + one, y + lift), (0.62 + other, y + lift) if other > one else
                      (0.78 + other, y + lift), color)
            seen.add((one, other))
        label(axes, 0.24, y + 0.53, text, color, align="left")
    return drawing


def figure_steps():
    """Mean number of steps of each of the first hundred episodes."""
    measured = json.loads(JSON.read_text())["kinds"]
    drawing, axes = plot(height=4.0)
    for name, color, style in (("wrong way", "purple", ":"), ("bonus", "red", (0, (5, 1, 1, 1))),
                               ("none", "orange", "--"), ("straight distance", "blue", "-"),
                               ("exact value", "green", "-.")):
        lengths = np.array(measured[name]["mean_lengths"])
        axes.semilogy(np.arange(1, 101), lengths, color=COLORS[color], linestyle=style, label=name)
    axes.set(xlabel="episode", ylabel="steps, at most 1000", xlim=(1, 100), ylim=(10, 1500))
    drawing.legend(loc="outside upper center", ncols=3)
    return drawing
