"""Who shares keys and values with whom, and what a token leaves in the cache."""

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.transformers.grouped_query_attention import cached_numbers, cached_numbers_latent


def figure():
    """Four query heads over 4, 2 and 1 heads of keys and values, and over a latent."""
    drawing, axes = diagram(6.4, 4.6)
    panels = [(1.65, 3.4, "multi-head", [0, 1, 2, 3]), (4.8, 3.4, "grouped-query", [0, 0, 1, 1]),
              (1.65, 1.05, "multi-query", [0, 0, 0, 0]), (4.8, 1.05, "latent", [0, 1, 2, 3])]
    for middle, y, name, owners in panels:
        label(axes, middle, y + 1.0, name, size=12)
        places = [middle + 0.62 * (i - 1.5) for i in range(4)]
        for i, x in enumerate(places):
            box(axes, x, y + 0.6, 0.46, 0.36, f"$q_{i + 1}$", "orange", size=11)
        count = max(owners) + 1
        latent = name == "latent"
        for group in range(count):
            members = [x for x, owner in zip(places, owners, strict=True) if owner == group]
            x = sum(members) / len(members)
            box(axes, x, y - 0.15, 0.5, 0.36, "k, v", "muted" if latent else "blue", size=11)
            for member in members:
                arrow(axes, (member, y + 0.42), (x, y + 0.03), "muted")
            if latent:
                arrow(axes, (x, y - 0.33), (middle + 0.3 * (x - middle), y - 0.62), "muted", dashed=True)
        if latent:
            box(axes, middle, y - 0.8, 2.3, 0.36, "c and one rotary key", "blue", size=11)
    label(axes, 1.65, 0.3, "blue: what is cached", "blue", size=11)
    return drawing


def figure_cache():
    """One bar for each model and form, kilobytes per token in 16 bits, logarithmic."""
    bars = [("DeepSeek-V3, if multi-head", cached_numbers(61, 128, 128), "muted"),
            ("Llama 3 70B, if multi-head", cached_numbers(80, 128, 64), "muted"),
            ("Llama 3.1 405B, 8 groups", cached_numbers(126, 128, 8), "blue"),
            ("Llama 3 70B, 8 groups", cached_numbers(80, 128, 8), "blue"),
            ("DeepSeek-V3, latent", cached_numbers_latent(61, 512, 64), "green"),
            ("Llama 3 70B, if multi-query", cached_numbers(80, 128, 1), "muted")]
    drawing, axes = plot(height=3.2)
    for row, (name, numbers, color) in enumerate(bars):
        kilobytes = 2 * numbers / 1000
        released = "if" not in name
        # From the axis on: a bar from 0 would begin at minus infinity.
        axes.barh(row, kilobytes - 20, left=20, height=0.6, edgecolor=COLORS[color], linewidth=1.2,
                  facecolor=COLORS[color if released else "grey_fill"])
        axes.text(kilobytes * 1.12, row, f"{kilobytes:,.0f}", va="center", color=COLORS["ink"], fontsize=11)
    axes.set(xscale="log", xlim=(20, 12000), ylim=(len(bars) - 0.4, -0.6), yticks=range(len(bars)),
             yticklabels=[name for name, _, _ in bars], xlabel="cache per token (kB, 16 bits)")
    axes.grid(visible=False, axis="y")
    return drawing
