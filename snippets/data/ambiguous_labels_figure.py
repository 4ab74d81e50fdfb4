"""Figure: from what the pilot shows to what to change."""

from matplotlib.figure import Figure

from guide.figures import arrow, box, diagram, label


def figure() -> Figure:
    """Three questions in a column, a remedy beside each, a distribution at the end."""
    canvas, axes = diagram(height=4.5)
    rows = [
        (3.55, "Do people differ, each\nconsistent a week later?", "blue",
         "a rule is missing:\nboundary examples,\nthen pilot again"),
        (2.45, "Does more evidence settle\nwhat a person changed?", "orange",
         "evidence is missing:\ncontext, frames, zoom,\n“cannot tell”"),
        (1.35, "Is it always the same\ntwo classes?", "purple",
         "the taxonomy is wrong:\nmerge, attribute,\nother question"),
    ]
    box(axes, 1.75, 4.27, 3.1, 0.34, "pilot: 3 people, 100 items", "muted")
    arrow(axes, (1.75, 4.1), (1.75, 3.87))
    for y, question, color, remedy in rows:
        box(axes, 1.75, y, 3.1, 0.62, question, "muted")
        box(axes, 5.0, y, 2.5, 0.86, remedy, color)
        arrow(axes, (3.3, y), (3.75, y))
        label(axes, 3.52, y + 0.16, "yes", size=10)
        bottom = 0.62 if y < 2 else y - 0.79
        arrow(axes, (1.75, y - 0.31), (1.75, bottom))
        label(axes, 1.98, (y - 0.31 + bottom) / 2 + 0.03, "no", size=10)
    box(axes, 3.2, 0.33, 6.0, 0.56, "ambiguous in the world: several answers per item,\n"
        "keep the distribution, train and evaluate on it", "green")
    return canvas
