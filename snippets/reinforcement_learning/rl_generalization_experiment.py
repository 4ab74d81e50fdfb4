"""Success on seen and unseen maps against the number of training maps, for tables and for networks."""

import json
import platform
import time
from pathlib import Path

import numpy as np
import torch

from snippets.reinforcement_learning.rl_generalization import (
    learn,
    local_view,
    moves,
    random_map,
    steps_to,
    success,
)
from snippets.reinforcement_learning.rl_generalization_torch import planes, train_q

SIZE, DENSITY, GAMMA = 6, 0.25, 0.9
TABLE_MAPS, NETWORK_MAPS = (1, 4, 16, 64, 256), (16, 64, 256, 1024)
UNSEEN = 400
SHIFTS = {"same": (6, 0.25), "larger": (10, 0.25), "fewer walls": (6, 0.1), "more walls": (6, 0.4)}


def draw(count: int, seed: int, size: int = SIZE, density: float = DENSITY) -> list:
    """Different maps: a small generator repeats itself."""
    rng, found = np.random.default_rng(seed), {}
    while len(found) < count:
        free, start, goal = random_map(size, density, rng)
        found[free.tobytes(), start, goal] = free, start, goal
    return list(found.values())


def worlds(maps: list, kind: str) -> list:
    """Kind of observation: the cell, the cell and the map's number, or the local view."""
    result = []
    for number, (free, start, goal) in enumerate(maps):
        cells = np.arange(free.size)
        seen = {"cell": cells, "map and cell": number * free.size + cells,
                "local view": local_view(free, goal)}[kind]
        result.append((moves(free), seen, start, goal))
    return result


def wander(q: np.ndarray, known: list, rng: np.random.Generator, chance: float = 0.3) -> float:
    """Success within 50 steps if each step is random with some chance and greedy otherwise."""
    reached = 0
    for following, seen, cell, goal in known:
        for _ in range(50):
            if cell == goal:
                break
            random = rng.random() < chance
            cell = following[cell, rng.integers(4) if random else np.argmax(q[seen[cell]])]
        reached += int(cell == goal)
    return reached / len(known)


def tables(seed: int, test: list, episodes: int = 4000) -> dict:
    """Success of Q-tables, by kind and number of training maps, on seen and unseen maps."""
    train, result = draw(max(TABLE_MAPS), 100 + seed), {}
    for kind in ("cell", "map and cell", "local view"):
        result[kind] = {}
        for count in TABLE_MAPS:
            known = worlds(train[:count], kind)
            # A map's number means nothing on unseen maps: their rows were never updated.
            unseen = worlds(train[:count] + test, kind)[count:]
            rows = 144 if kind == "local view" else 36 * (count + len(test))
            q = learn(known, rows, episodes, np.random.default_rng(seed))
            result[kind][str(count)] = [success(q, known), success(q, unseen)]
            if kind == "local view" and count == max(TABLE_MAPS):
                result["wander"] = wander(q, unseen, np.random.default_rng(9))
                result["moved"] = {name: success(q, worlds(draw(UNSEEN, 7, *shape), kind))
                                   for name, shape in SHIFTS.items()}
    return result


def tensors(maps: list, centered: bool) -> tuple:
    views = torch.stack([planes(free, goal, centered) for free, _, goal in maps])
    following = torch.tensor(np.stack([moves(free) for free, _, _ in maps]))
    goals = torch.tensor([goal for _, _, goal in maps])
    inside = np.stack([np.isfinite(steps_to(moves(free), goal)) & free.ravel() for free, _, goal in maps])
    inside[np.arange(len(maps)), goals.numpy()] = False
    return views, following, goals, torch.tensor(np.argwhere(inside))


def rate(network, maps: list, parts: tuple) -> float:
    """Share of maps whose start leads to the goal within 50 greedy steps."""
    views, following, goals, _ = parts
    with torch.no_grad():
        greedy = network(views).argmax(dim=2)  # (M, S)
    cell, rows = torch.tensor([start for _, start, _ in maps]), torch.arange(len(maps))
    for _ in range(50):
        moved = following[rows, cell, greedy[rows, cell]]
        cell = torch.where(cell == goals, cell, moved)
    return float((cell == goals).float().mean())


def networks(seed: int, test: list, steps: int = 1500, counts=NETWORK_MAPS,
             kinds=("fixed", "centered")) -> dict:
    """Success of networks, by the frame of the map and number of training maps."""
    train, result = draw(max(counts), 200 + seed), {}
    for kind in kinds:
        unseen, result[kind] = tensors(test, kind == "centered"), {}
        whole = tensors(train, kind == "centered")
        for count in counts:
            rows = whole[3][whole[3][:, 0] < count]
            known = whole[0][:count], whole[1][:count], whole[2][:count], rows
            torch.manual_seed(seed)
            network = train_q(*known, steps, torch.Generator().manual_seed(seed), gamma=GAMMA)
            result[kind][str(count)] = [rate(network, train[:count], known), rate(network, test, unseen)]
    return result


def longer(test: list, steps: int = 6000, count: int = 1024) -> list[float]:
    """The fixed frame with four times the updates, seed 0: success on seen and unseen maps."""
    return networks(0, test, steps, (count,), ("fixed",))["fixed"][str(count)]


def run(seeds: int = 3, network_seeds: int = 3) -> dict:
    """Everything that the page states."""
    torch.set_num_threads(1)
    test = draw(UNSEEN, 1)
    return {
        "tables": [tables(seed, test) for seed in range(seeds)],
        "networks": [networks(seed, test) for seed in range(network_seeds)],
        "longer": longer(test),
        "random": wander(np.zeros((36, 4)), worlds(test, "cell"), np.random.default_rng(9), chance=1.0),
    }


if __name__ == "__main__":
    started = time.process_time()
    result = run()
    result["run"] = {
        "unseen": UNSEEN,
        "seconds": round(time.process_time() - started),
        "cores": 1,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
    }
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
