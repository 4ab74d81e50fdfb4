"""By how much the features change when the input shifts, for four ways to halve the resolution."""

from matplotlib.figure import Figure

from guide.figures import COLORS, plot
from snippets.convolution.equivariance import example, features, invariance_gap

SHIFTS = range(9)
LOOKS = {
    "max": ("2×2 max pooling", "orange", "--", "s"),
    "blur": ("max, blur, stride", "green", "-.", "^"),
    "adaptive": ("max, adaptive grid", "purple", ":", "D"),
    "none": ("no downsampling", "blue", "-", "o"),
}


def figure() -> Figure:
    x, weights = example()
    drawing, axes = plot(6.4, 3.5)
    for how, (name, color, line, marker) in LOOKS.items():
        gaps = [100 * invariance_gap(lambda v, how=how: features(v, weights, how), x, 0, s)
                for s in SHIFTS]
        gaps = [round(gap, 6) for gap in gaps]  # the last digits differ between machines
        size = 9 if how == "adaptive" else 5  # both lie at zero: one around the other
        axes.plot(SHIFTS, gaps, line, marker=marker, color=COLORS[color], label=name,
                  markersize=size, markerfacecolor="none" if how == "adaptive" else COLORS[color])
    axes.set(xlabel="shift of the input (pixels)", ylabel="change of the features (%)",
             xticks=list(SHIFTS), ylim=(-0.2, 5.6))
    axes.legend(loc="upper center", ncols=2)
    return drawing
