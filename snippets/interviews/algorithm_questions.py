"""Thirteen patterns of the algorithm round, each on a task from machine learning.

Union by size with path halving is analyzed in Tarjan and van Leeuwen, *Worst-case
analysis of set union algorithms*, https://doi.org/10.1145/62.2160; edit distance in
Wagner and Fischer, *The string-to-string correction problem*,
https://doi.org/10.1145/321796.321811; the reservoir (algorithm R) in Vitter,
*Random sampling with a reservoir*, https://doi.org/10.1145/3147.3165; the integral
image in Viola and Jones, *Robust real-time face detection*,
https://doi.org/10.1023/B:VISI.0000013087.49260.fb.
"""

import heapq
from collections import OrderedDict, deque
from collections.abc import Hashable, Iterable, Sequence

import numpy as np


# --8<-- [start:two_pointers]
def nearest_readings(frames: Sequence[float],
                     readings: Sequence[float]) -> list[int]:
    """For each frame's time, the index of the sensor reading nearest in time.

    Both lists ascend; readings may repeat. On a tie the later index wins.
    Raises ValueError if there is no reading.

    >>> nearest_readings([0.0, 1.0, 2.1], [0.1, 0.9, 1.2, 2.0])
    [0, 1, 3]
    """
    if len(readings) == 0:
        raise ValueError("readings must not be empty, got []")
    nearest, j = [], 0
    for time in frames:
        # <= steps over repeated readings, where < would stop forever.
        while (j + 1 < len(readings)
               and abs(readings[j + 1] - time) <= abs(readings[j] - time)):
            j += 1
        nearest.append(j)
    return nearest
# --8<-- [end:two_pointers]


# --8<-- [start:sliding_window]
def longest_window(sizes: Sequence[int], budget: int) -> int:
    """Length of the longest run of neighbors whose sizes sum to at most budget.

    Raises ValueError if ``budget`` or a size is negative: the window's sum would
    no longer grow with the window.

    >>> longest_window([3, 1, 2, 1, 1, 4], 5)
    4
    """
    if budget < 0 or any(size < 0 for size in sizes):
        raise ValueError(f"budget and sizes must be >= 0, got {budget}, {sizes}")
    left = total = longest = 0
    for right, size in enumerate(sizes):
        total += size
        while total > budget:
            total -= sizes[left]
            left += 1
        longest = max(longest, right + 1 - left)
    return longest
# --8<-- [end:sliding_window]


# --8<-- [start:binary_search]
def balance_stages(costs: Sequence[int], stages: int) -> int:
    """Cost of the most expensive stage when it is as small as it can be.

    The layers, with integer costs >= 0, keep their order and are cut into at most
    ``stages`` runs. Raises ValueError if ``costs`` is empty or holds a number
    below 0, or if ``stages`` < 1.

    >>> balance_stages([4, 2, 7, 1, 5], 3)
    7
    """
    if len(costs) == 0 or min(costs) < 0:
        raise ValueError(f"costs must hold numbers >= 0, got {costs}")
    if stages < 1:
        raise ValueError(f"stages must be >= 1, got {stages}")
    low, high = max(costs), sum(costs)  # one layer per stage; one stage for all
    while low < high:
        limit = (low + high) // 2
        used, load = 1, 0
        for cost in costs:  # fill each stage as far as the limit lets
            if load + cost > limit:
                used, load = used + 1, 0
            load += cost
        if used <= stages:
            high = limit
        else:
            low = limit + 1
    return low
# --8<-- [end:binary_search]


# --8<-- [start:heap]
def top_k(scores: Iterable[float], k: int) -> list[int]:
    """Positions of the k largest scores of a stream, best first.

    Equal scores: the earlier position comes first. Fewer than k scores: all of
    them. Raises ValueError if ``k`` < 1 or a score is not a number.

    >>> top_k(iter([0.1, 0.7, 0.2, 0.7, 0.5]), 3)
    [1, 3, 4]
    """
    if k < 1:
        raise ValueError(f"k must be >= 1, got {k}")
    heap: list[tuple[float, int]] = []  # its root is the worst of the best k
    for position, score in enumerate(scores):
        if score != score:  # NaN: every comparison is false, the heap breaks
            raise ValueError(f"scores must be numbers, got nan at {position}")
        # Minus: of equal scores, the later one leaves first.
        heapq.heappush(heap, (score, -position))
        if len(heap) > k:
            heapq.heappop(heap)
    return [-negative for _, negative in sorted(heap, reverse=True)]
# --8<-- [end:heap]


# --8<-- [start:bfs]
def shortest_path(free: np.ndarray, start: tuple[int, int],
                  goal: tuple[int, int]) -> int:
    """Fewest steps up, down, left or right from start to goal; -1 if there is none.

    ``free`` is (H, W) booleans, cells are (row, column). Where start or goal is
    not free, there is no way. Raises ValueError if one of them lies outside.

    >>> free = np.array([[1, 0, 1], [1, 0, 1], [1, 1, 1]], dtype=bool)
    >>> shortest_path(free, (0, 0), (0, 2))
    6
    """
    height, width = free.shape
    for y, x in (start, goal):  # NumPy would read -1 as the last row
        if not (0 <= y < height and 0 <= x < width):
            raise ValueError(f"start and goal must lie inside, got {start}, {goal}")
    steps = {start: 0} if free[start] else {}
    queue = deque(steps)
    while queue:
        y, x = queue.popleft()
        if (y, x) == goal:
            return steps[goal]
        for cell in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            inside = 0 <= cell[0] < height and 0 <= cell[1] < width
            if inside and free[cell] and cell not in steps:
                steps[cell] = steps[y, x] + 1  # marked when it enters the queue
                queue.append(cell)
    return -1
# --8<-- [end:bfs]


# --8<-- [start:union_find]
def duplicate_groups(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Group images 0..count-1, given pairs of duplicates.

    Returns for each image the smallest index in its group. A duplicate of a
    duplicate is in the same group. Raises ValueError if a pair leaves 0..count-1.

    >>> duplicate_groups(6, [(4, 1), (5, 2), (1, 5)])
    [0, 1, 1, 3, 1, 1]
    """
    parent, size = list(range(count)), [1] * count

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]  # path halving: skip one ancestor
            i = parent[i]
        return i

    for a, b in pairs:
        if not (0 <= a < count and 0 <= b < count):
            raise ValueError(f"pairs must lie in 0..{count - 1}, got {(a, b)}")
        a, b = find(a), find(b)
        if a != b:
            small, large = (a, b) if size[a] < size[b] else (b, a)
            parent[small] = large
            size[large] += size[small]
    first: dict[int, int] = {}
    return [first.setdefault(find(i), i) for i in range(count)]
# --8<-- [end:union_find]


# --8<-- [start:components]
def label_components(mask: np.ndarray) -> tuple[np.ndarray, int]:
    """Number the connected regions of a mask 1, 2, ... in reading order.

    ``mask`` is (H, W) booleans; neighbors share an edge. Returns the (H, W)
    labels, 0 on the background, and how many regions there are.

    >>> label_components(np.array([[1, 0, 1], [1, 0, 0]], dtype=bool))[0].tolist()
    [[1, 0, 2], [1, 0, 0]]
    """
    height, width = mask.shape
    labels, count = np.zeros(mask.shape, dtype=np.int64), 0
    for seed in map(tuple, np.argwhere(mask).tolist()):
        if labels[seed]:
            continue
        count += 1
        labels[seed], stack = count, [seed]
        while stack:  # a list, not recursion: a region may have millions of pixels
            y, x = stack.pop()
            for cell in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                inside = 0 <= cell[0] < height and 0 <= cell[1] < width
                if inside and mask[cell] and not labels[cell]:
                    labels[cell] = count
                    stack.append(cell)
    return labels, count
# --8<-- [end:components]


# --8<-- [start:edit_distance]
def edit_distance(reference: Sequence, hypothesis: Sequence) -> int:
    """Fewest edits that turn one sequence into the other.

    An edit inserts, deletes or substitutes one element. Takes lists of words or
    strings; divided by len(reference) it is the word (or character) error rate.

    >>> edit_distance("the cat sat down".split(), "the cat sits".split())
    2
    """
    row = list(range(len(hypothesis) + 1))  # from nothing: insert all
    for i, word in enumerate(reference, start=1):
        above, row = row, [i]
        for j, other in enumerate(hypothesis, start=1):
            change = above[j - 1] + int(word != other)
            row.append(min(change, above[j] + 1, row[j - 1] + 1))
    return row[-1]
# --8<-- [end:edit_distance]


# --8<-- [start:reservoir]
def reservoir_sample(stream: Iterable, k: int,
                     rng: np.random.Generator) -> list:
    """k items of a stream of unknown length, each subset of size k equally likely.

    Reads the stream once and keeps k items. A shorter stream is kept whole. The
    order of the sample is not random. Raises ValueError if ``k`` < 1.

    >>> reservoir_sample("abc", 5, np.random.default_rng(0))
    ['a', 'b', 'c']
    """
    if k < 1:
        raise ValueError(f"k must be >= 1, got {k}")
    sample: list = []
    for seen, item in enumerate(stream, start=1):
        if len(sample) < k:
            sample.append(item)
        else:
            slot = int(rng.integers(seen))  # 0 .. seen - 1
            if slot < k:  # with probability k / seen
                sample[slot] = item
    return sample
# --8<-- [end:reservoir]


# --8<-- [start:intervals]
def merge_intervals(
        intervals: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Union of time spans (start, end), sorted; spans that touch become one.

    Raises ValueError if a span ends before it starts.

    >>> merge_intervals([(5, 6), (0, 4), (1, 2), (4, 4.5)])
    [(0, 4.5), (5, 6)]
    """
    merged: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if end < start:
            raise ValueError(f"intervals need start <= end, got {(start, end)}")
        if merged and start <= merged[-1][1]:
            # max: the new span may lie inside the old one.
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
# --8<-- [end:intervals]


# --8<-- [start:integral]
def integral_image(image: np.ndarray) -> np.ndarray:
    """(H, W) pixels to (H + 1, W + 1) float64 sums: of all pixels above and left.

    Row 0 and column 0 are zero, so that no box is a special case.

    >>> integral_image(np.array([[1, 2], [3, 4]])).tolist()
    [[0.0, 0.0, 0.0], [0.0, 1.0, 3.0], [0.0, 4.0, 10.0]]
    """
    height, width = image.shape
    # Not in the image's own 8 bits, which would overflow.
    table = np.zeros((height + 1, width + 1), dtype=np.float64)
    table[1:, 1:] = image.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    return table


def box_sum(table: np.ndarray, box: tuple[int, int, int, int]) -> float:
    """Sum of the pixels in a box, from the integral image, in four look-ups.

    ``box`` is x1, y1, x2, y2 in pixels; columns x1..x2-1 and rows y1..y2-1 count.
    Raises ValueError if it is turned inside out or leaves the image.

    >>> table = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 3.0], [0.0, 4.0, 10.0]])
    >>> box_sum(table, (1, 0, 2, 2))
    6.0
    """
    x1, y1, x2, y2 = box
    if not (0 <= x1 <= x2 < table.shape[1] and 0 <= y1 <= y2 < table.shape[0]):
        raise ValueError(f"box must lie inside the image, got {box}")
    return float(table[y2, x2] - table[y1, x2] - table[y2, x1] + table[y1, x1])
# --8<-- [end:integral]


# --8<-- [start:lru]
class LRUCache:
    """A cache of features that forgets the least recently used one when it is full.

    Reading and writing a key both use it. Raises ValueError if ``capacity`` < 1.
    """

    def __init__(self, capacity: int) -> None:
        """Start empty, with room for ``capacity`` keys."""
        if capacity < 1:
            raise ValueError(f"capacity must be >= 1, got {capacity}")
        self.capacity = capacity
        self.items: OrderedDict = OrderedDict()  # oldest first

    def get(self, key: Hashable, default: object = None) -> object:
        """The value of ``key``, or ``default`` where it is not held."""
        if key not in self.items:
            return default
        self.items.move_to_end(key)
        return self.items[key]

    def put(self, key: Hashable, value: object) -> None:
        """Hold ``value`` under ``key``; writing a held key evicts nothing."""
        self.items[key] = value
        self.items.move_to_end(key)
        if len(self.items) > self.capacity:
            self.items.popitem(last=False)
# --8<-- [end:lru]


# --8<-- [start:rotate]
def rotate_clockwise(matrix: list[list]) -> None:
    """Turn a square matrix, a list of rows, by 90 degrees clockwise in place.

    Raises ValueError if a row has another length than there are rows.

    >>> image = [[1, 2], [3, 4]]
    >>> rotate_clockwise(image)
    >>> image
    [[3, 1], [4, 2]]
    """
    n = len(matrix)
    if any(len(row) != n for row in matrix):
        raise ValueError(f"matrix must be square, got {n} rows: {matrix}")
    for i in range(n):
        for j in range(i + 1, n):  # above the diagonal, or each pair swaps twice
            matrix[i][j], matrix[j][i] = matrix[j][i], matrix[i][j]
    for row in matrix:
        row.reverse()
# --8<-- [end:rotate]


if __name__ == "__main__":
    print("readings", nearest_readings([0.0, 1.0, 2.1], [0.1, 0.9, 1.2, 2.0]))
    print("longest run", longest_window([3, 1, 2, 1, 1, 4], 5))
    costs = [4, 2, 7, 1, 5]
    print("largest stage", [balance_stages(costs, n) for n in (1, 2, 3, 4)])
    print("top 3", top_k([0.1, 0.7, 0.2, 0.7, 0.5], 3))
    wall = np.array([[1, 0, 1], [1, 0, 1], [1, 1, 1]], dtype=bool)
    print("steps", shortest_path(wall, (0, 0), (0, 2)))
    print("groups", duplicate_groups(6, [(4, 1), (5, 2), (1, 5)]))
    print("regions", label_components(wall[:2])[1])
    errors = edit_distance(["the", "cat", "sat", "down"], ["the", "cat", "sits"])
    print(f"word errors {errors} of 4 words, rate {errors / 4}")
    print("spans", merge_intervals([(5, 6), (0, 4), (1, 2), (4, 4.5)]))
    image = np.array([[2, 1, 0, 3, 1],
                      [1, 4, 2, 2, 0],
                      [0, 3, 5, 1, 2],
                      [1, 0, 2, 1, 1]])
    table = integral_image(image)
    print("corners", table[3, 4], table[1, 4], table[3, 1], table[1, 1])
    print("box", box_sum(table, (1, 1, 4, 3)))
