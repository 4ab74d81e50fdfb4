"""Activations held at once over the segment length, counted for a chain of 100 layers."""

from guide.figures import COLORS, label, plot
from snippets.backpropagation.gradient_checkpointing import schedule


def figure():
    drawing, axes = plot(6.4, 3.4)
    lengths = range(1, 101)
    axes.loglog(lengths, [schedule(100, k)[0] for k in lengths], color=COLORS["blue"])
    axes.loglog(lengths, [schedule(100, k)[1] for k in lengths], color=COLORS["orange"], linestyle="--")
    axes.plot([10], [19], "o", color=COLORS["blue"], markersize=7)
    axes.set(xlabel="layers per segment", ylim=(10, 300), xlim=(0.95, 105), title="A chain of 100 layers",
             xticks=[1, 2, 5, 10, 20, 50, 100], yticks=[10, 20, 50, 100, 200])
    axes.set_xticklabels(["1", "2", "5", "10", "20", "50", "100"])
    axes.set_yticklabels(["10", "20", "50", "100", "200"])
    axes.minorticks_off()
    label(axes, 10, 230, "layers run forward", "orange")
    label(axes, 10, 14.5, "19 at a length of 10", "blue")
    label(axes, 1.1, 27, "layer inputs\nheld at once", "blue", align="left")
    return drawing
