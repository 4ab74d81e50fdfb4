"""Share of tokens right by length, for five encodings on two tasks."""

import json
from pathlib import Path

from guide.figures import COLORS, label, plot
from snippets.transformers.positional_encoding_experiment import KINDS

STYLES = [("muted", ":", "v"), ("green", "-.", "D"), ("purple", "--", "^"), ("blue", "-", "o"),
          ("orange", "--", "s")]
TITLES = {"offset": "token 3 back", "latest": "last of a class"}


def figure():
    """One panel per task, one line per encoding; all were trained at 32 tokens."""
    path = Path(__file__).with_name("positional_encoding_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, both = plot(height=3.7, columns=2, sharey=True)
    lengths = result["tested"]
    for axes, (task, title) in zip(both, TITLES.items(), strict=True):
        for kind, (color, style, marker) in zip(KINDS, STYLES, strict=True):
            right = result["right"][f"{task}, {kind}"]
            mean = [100 * sum(one) / len(one) for one in zip(*right, strict=True)]
            axes.semilogx(lengths, mean, color=COLORS[color], linestyle=style, marker=marker, markersize=6,
                          label=kind)
        axes.set(title=title, xlabel="tokens in the test", ylim=(0, 106))
        axes.set_xticks(lengths, [str(one) for one in lengths])
        axes.minorticks_off()
    both[0].set_ylabel("right (%)")
    both[0].legend(loc="upper right", fontsize=10, bbox_to_anchor=(1.02, 0.94), labelspacing=0.3)
    label(both[1], 300, 93, "ALiBi", "blue", size=10)
    return drawing
