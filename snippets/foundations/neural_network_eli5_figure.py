"""The class that votes: one picture, two point cards, three hands."""

from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, box, diagram, label

ANN, BOB = (1, 1, -1, -1), (-1, -1, 1, 1)  # points for top left, top right, bottom left, bottom right


def grid(axes, x, y, texts, filled=(0, 0, 0, 0), side=0.38):
    """Four squares around (x, y), some of them filled, with a text in each."""
    for i, (text, is_filled) in enumerate(zip(texts, filled, strict=True)):
        left, low = x + (i % 2 - 1) * side, y - (i // 2) * side
        axes.add_patch(Rectangle((left, low), side, side, linewidth=1.2, edgecolor=COLORS["muted"],
                                 facecolor=COLORS["ink" if is_filled else "paper"]))
        label(axes, left + side / 2, low + side / 2, text, size=10)


def figure():
    picture = (1, 1, 0, 0)
    sums = [sum(p * s for p, s in zip(picture, card, strict=True)) for card in (ANN, BOB)]
    hands = [int(s >= 2) for s in sums]
    words = ["down", "up"]
    _, axes = diagram(6.4, 3.7)
    label(axes, 0.65, 3.5, "the picture", "muted", 10)
    label(axes, 2.9, 3.5, "first row", "muted", 10)
    label(axes, 5.5, 3.5, "last row", "muted", 10)
    grid(axes, 0.65, 1.75, [""] * 4, picture)
    for y, name, card, total, hand, color in ((2.7, "Ann", ANN, sums[0], hands[0], "blue"),
                                              (0.8, "Bob", BOB, sums[1], hands[1], "orange")):
        box(axes, 2.9, y, 2.3, 1.15, "", color)
        grid(axes, 2.3, y, [f"{p:+d}".replace("-", "−") for p in card])
        sign = str(card[0]).replace("-", "−")
        terms = "1 + 1" if sign == "1" else f"{sign} − 1"
        total_text = str(total).replace("-", "−")
        label(axes, 3.38, y, f"{name}\n{terms} = {total_text}\nhand {words[hand]}", size=10)
        arrow(axes, (1.12, 1.75), (1.72, y), "muted")
        arrow(axes, (4.08, y), (4.68, 1.75 + (0.14 if name == "Ann" else -0.14)), color)
    label(axes, 2.9, 1.75, "raise your hand at 2 points or more", "muted", 10)
    box(axes, 5.5, 1.75, 1.6, 1.15, f"Cora\n{hands[0]} + {hands[1]} = {sum(hands)} hand\nsays “stripe!”",
        "green", 10)
    label(axes, 5.5, 0.95, "speaks up at 1\nhand or more", "muted", 10)
    return axes.figure
