"""The pancake line: counting forward, slips backward, dials turned a little."""

from guide.figures import arrow, box, diagram, label


def figure():
    flour, ladles_per_cup, pancakes_per_ladle, wanted = 2.0, 3.0, 2.0, 10.0
    ladles = flour * ladles_per_cup
    pancakes = ladles * pancakes_per_ladle
    extra = pancakes - wanted
    last, first = ladles, flour * pancakes_per_ladle  # pancakes for one more on each dial
    new_first = ladles_per_cup - extra * first / 100
    new_last = pancakes_per_ladle - extra * last / 100
    after = flour * new_first * new_last

    _, axes = diagram(6.4, 4.5)
    top, slips, dials, result = 3.55, 2.2, 1.2, 0.3
    x = [0.62, 2.05, 3.32, 4.62, 5.78]
    label(axes, 0.08, 4.3, "1  forward: make pancakes and count", "blue", align="left")
    box(axes, x[0], top, 0.95, 0.55, f"{flour:.0f} cups\nof flour", "blue", size=10)
    box(axes, x[1], top, 1.15, 0.75, f"Ada\ndial: {ladles_per_cup:.0f}\nladles per cup", "green", 10)
    box(axes, x[2], top, 0.85, 0.55, f"{ladles:.0f}\nladles", "blue", size=10)
    box(axes, x[3], top, 1.25, 0.75, f"Ben\ndial: {pancakes_per_ladle:.0f}\npancakes/ladle",
        "green", 10)
    box(axes, x[4], top, 0.8, 0.55, f"{pancakes:.0f}\npancakes", "blue", size=10)
    for start, end in ((1.1, 1.47), (2.63, 2.89), (3.75, 3.99), (5.25, 5.38)):
        arrow(axes, (start, top), (end, top), "blue")

    label(axes, 0.08, 2.83, "2  backward: pass slips from the end to the start", "orange",
          align="left")
    box(axes, 5.6, slips, 1.3, 0.62, f"{wanted:.0f} wanted:\n{extra:.0f} too many", "orange", 10)
    box(axes, 3.25, slips, 1.95, 0.62,
        f"Ben's slip: 1 more ladle\nmakes {pancakes_per_ladle:.0f} more pancakes", "orange", 10)
    arrow(axes, (4.95, slips), (4.23, slips), "orange")
    arrow(axes, (2.27, slips), (1.72, slips), "orange")
    label(axes, 1.1, slips, "Ada reads it", "orange", size=10)

    box(axes, 1.45, dials, 2.7, 0.72, f"Ada: 1 more on my dial is {flour:.0f} more\nladles (one per "
        f"cup), times {pancakes_per_ladle:.0f}:\n{first:.0f} more pancakes", "purple", 10)
    box(axes, 4.75, dials, 2.7, 0.72, f"Ben: 1 more on my dial is one\nmore pancake from each of "
        f"{ladles:.0f}\nladles: {last:.0f} more pancakes", "purple", 10)
    arrow(axes, (1.1, slips - 0.16), (1.1, dials + 0.37), "orange")
    arrow(axes, (4.75, slips - 0.05), (4.75, dials + 0.37), "orange")

    label(axes, 0.08, result + 0.22, "3  turn every dial a little, all at once", "green", align="left")
    label(axes, 0.08, result - 0.1, f"Ada 3 to {new_first:.2f}, Ben 2 to {new_last:.2f}; next time: "
          f"2 · {new_first:.2f} · {new_last:.2f} = {after:.2f} pancakes", size=10, align="left")
    return axes.figure
