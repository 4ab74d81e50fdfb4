"""Two figures: the way through a ravine, and the way off a saddle."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.optimization.momentum import best_heavy_ball, momentum_step


def path(curvatures, start, lr, momentum, steps):
    x, buffer, points = np.array(start, dtype=np.float64), None, []
    for _ in range(steps + 1):
        points.append(x)
        x, buffer = momentum_step(x, curvatures * x, buffer, lr, momentum)
    return np.array(points)


def figure():
    """Curvatures 1 and 40: plain descent and heavy ball, each with its best coefficients."""
    curvatures, start = np.array([1.0, 40.0]), [-1.0, 0.1]
    drawing, (top, bottom) = plot(height=6.2, rows=2, height_ratios=[1.2, 1])
    grid_x, grid_y = np.meshgrid(np.linspace(-1.1, 0.8, 120), np.linspace(-0.32, 0.32, 120))
    loss = 0.5 * (grid_x**2 + 40 * grid_y**2)
    top.contour(grid_x, grid_y, loss, levels=[0.02, 0.08, 0.2, 0.4, 0.7, 1.1],
                colors=[COLORS["grid"]], linewidths=1)
    lr, momentum = best_heavy_ball(1.0, 40.0)
    for name, rate, beta, color, style, marker in [
            ("plain, rate 0.049", 2 / 41, 0.0, "orange", "--", "s"),
            (f"momentum {momentum:.2f}, rate {lr:.3f}", lr, momentum, "blue", "-", "o")]:
        points = path(curvatures, start, rate, beta, 100)
        top.plot(*points[:15].T, color=COLORS[color], linestyle=style, marker=marker,
                 markersize=4, linewidth=1.4, label=name)
        bottom.semilogy(0.5 * points**2 @ curvatures, color=COLORS[color], linestyle=style,
                        label=name)
    top.set(xlabel="flat axis (curvature 1)", ylabel="steep axis (curvature 40)",
            title="the first 14 steps", ylim=(-0.32, 0.42))
    top.legend(loc="upper left")
    bottom.set(xlabel="step", ylabel="loss", xlim=(0, 100), ylim=(1e-12, 3))
    return drawing


def figure_saddle():
    """Distance from the saddle against the step, for three settings."""
    drawing, axes = plot(height=3.8)
    for name, lr, beta, color, style in [
            ("rate 0.1, no momentum", 0.1, 0.0, "orange", "--"),
            ("rate 0.1, momentum 0.9", 0.1, 0.9, "blue", "-"),
            ("rate 1, no momentum", 1.0, 0.0, "green", "-.")]:
        y, buffer, points = np.array(1e-6), None, []
        for _ in range(401):
            points.append(float(y))
            y, buffer = momentum_step(y, 0.1 * (y**3 - y), buffer, lr, beta)
        axes.semilogy(points, color=COLORS[color], linestyle=style, label=name)
    axes.set(xlabel="step", ylabel="distance from the saddle", xlim=(0, 400), ylim=(5e-7, 9))
    label(axes, 395, 3, "minimum at 1", "muted", size=10, align="right")
    axes.legend(loc="center right", bbox_to_anchor=(1.0, 0.42))
    return drawing
