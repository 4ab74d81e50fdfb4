"""A policy that sees sixteen distances, beside a straight line and a planner that sees the map.

All are judged on rooms that none has seen: how many goals are reached, how long the ways are, what a
safety filter saves, and what a delay between decision and motion costs.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
import torch

from snippets.reinforcement_learning.motion_planning import (
    GAMMA,
    RAYS,
    REACH,
    SHAPING,
    SIDE,
    PointRobot,
    advance,
    clearance,
    distance_field,
    observe,
    safe_action,
    turn,
)
from snippets.reinforcement_learning.motion_planning_torch import (
    GaussianPolicy,
    advantages,
    clipped_loss,
)

MEMORY = 3  # the last actions, which a policy that knows of delays also sees
ROBOTS, HORIZON, LIMIT = 64, 64, 100
DELAYS = (0, 1, 2, 3)
# Frame of the observations, delays in training, and the potential's slope.
LEARNERS = {"room frame": ("room", (0,), SHAPING), "goal frame": ("goal", (0,), SHAPING),
            "delays": ("goal", DELAYS, SHAPING), "steep": ("goal", DELAYS, 1.0)}


def rooms(seed: int, count: int) -> dict[str, np.ndarray]:
    """Random rooms with start and goal, stacked."""
    env, found = PointRobot(), []
    env.reset(seed=seed)
    for _ in range(count):
        env.reset()
        found.append((env.position, *env.scene))
    stacked = map(np.stack, zip(*found, strict=True))
    return dict(zip(("start", "goal", "centers", "radii"), stacked, strict=True))


class Fleet:
    """Many robots at once: the same functions as ``PointRobot``, with delayed actions.

    Actions are in the room's frame; ``observe`` returns the frame of the policy, too.
    """

    def __init__(self, pool: dict, robots: int, rng: np.random.Generator, delays=(0,),
                 slope: float = SHAPING):
        self.pool, self.rng, self.delays, self.slope = pool, rng, delays, slope
        self.room = np.arange(robots)
        self.position, self.velocity = np.zeros((robots, 2)), np.zeros((robots, 2))
        self.queue = np.zeros((robots, MEMORY + 1, 2))  # the newest action first
        self.delay, self.steps = np.zeros(robots, dtype=int), np.zeros(robots, dtype=int)
        self.begin(np.arange(robots), self.room % len(pool["start"]))

    def begin(self, which: np.ndarray, room: np.ndarray) -> None:
        self.room[which] = room
        self.position[which], self.velocity[which] = self.pool["start"][room], 0.0
        self.queue[which], self.steps[which] = 0.0, 0
        self.delay[which] = self.rng.choice(self.delays, size=len(which))

    def scene(self) -> tuple[np.ndarray, ...]:
        return tuple(self.pool[name][self.room] for name in ("goal", "centers", "radii"))

    def observe(self, frame: str, memory: bool) -> tuple[np.ndarray, np.ndarray]:
        to_goal = self.scene()[0] - self.position
        heading = np.arctan2(to_goal[:, 1], to_goal[:, 0]) * (frame == "goal")
        seen = observe(self.position, self.velocity, *self.scene(), heading)
        past = turn(self.queue[:, :MEMORY], -heading[:, None]).reshape(len(seen), -1)
        return np.concatenate([seen, past], axis=1) if memory else seen, heading

    def step(self, action: np.ndarray, shield: bool = False):
        """Reward, success, collision, truncated and meters moved, (N,) each."""
        goal, centers, radii = self.scene()
        self.queue = np.concatenate([action[:, None], self.queue[:, :-1]], axis=1)
        before = self.position
        if shield:  # the filter sees what the policy wants now, and acts as late as the policy
            self.queue[:, 0] = safe_action(before, self.velocity, action, centers, radii)
        applied = self.queue[np.arange(len(action)), self.delay]
        self.position, self.velocity = advance(before, self.velocity, applied)
        collision = clearance(before, self.position, centers, radii) < 0
        left = np.linalg.norm(goal - self.position, axis=1)
        success = (left <= REACH) & ~collision
        self.steps += 1
        truncated = ~success & ~collision & (self.steps >= LIMIT)
        after = np.where(success | collision, 0.0, -self.slope * left)
        reward = success * 1.0 - collision - 0.01 + GAMMA * after
        reward += self.slope * np.linalg.norm(goal - before, axis=1)
        return reward, success, collision, truncated, np.linalg.norm(self.position - before, axis=1)


def train(seed: int, pool: dict, frame: str, delays=(0,), slope: float = SHAPING,
          rounds: int = 80) -> GaussianPolicy:
    """PPO on random rooms; with several delays the policy also sees its last actions."""
    memory = len(delays) > 1
    torch.manual_seed(seed)
    policy = GaussianPolicy(4 + RAYS + (2 * MEMORY if memory else 0))
    optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
    generator = torch.Generator().manual_seed(seed)
    rng = np.random.default_rng(seed)
    fleet = Fleet(pool, ROBOTS, rng, delays, slope)
    for current in range(rounds):
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * (1 - current / rounds)
        kept = []
        for _ in range(HORIZON):
            seen, heading = fleet.observe(frame, memory)
            seen = torch.tensor(seen, dtype=torch.float32)
            with torch.no_grad():
                normal = policy.distribution(seen)
                noise = torch.randn(normal.mean.shape, generator=generator)
                action = normal.mean + normal.stddev * noise
                log_prob = normal.log_prob(action).sum(dim=1)
            reward, success, collision, truncated, _ = fleet.step(turn(action.double().numpy(), heading))
            ended = success | collision
            last = ended | truncated
            numbers = (torch.tensor(v, dtype=torch.float32) for v in (reward, ended, last))
            kept.append((seen, action, log_prob, *numbers))
            if last.any():
                which = np.flatnonzero(last)
                fleet.begin(which, rng.integers(len(pool["start"]), size=len(which)))
        seen, action, log_prob, reward, ended, last = map(torch.stack, zip(*kept, strict=True))
        final = torch.tensor(fleet.observe(frame, memory)[0], dtype=torch.float32)
        with torch.no_grad():
            values = policy.value(torch.cat([seen, final[None]]))[..., 0]
        gains = advantages(reward, values, ended, last, GAMMA, 0.95)
        flat = [x.flatten(0, 1) for x in (seen, action, log_prob, gains, gains + values[:-1])]
        flat[3] = (flat[3] - flat[3].mean()) / (flat[3].std() + 1e-8)
        for _ in range(4):
            for part in torch.randperm(len(flat[0]), generator=generator).split(512):
                loss = clipped_loss(policy, *(x[part] for x in flat))
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(policy.parameters(), 0.5)
                optimizer.step()
    return policy


def judge(act, pool: dict, shortest: np.ndarray, delay: int = 0, shield: bool = False) -> dict:
    """Shares of success and collision in all rooms, and the length of the ways that arrived.

    Args:
        act: Maps a fleet to actions, (N, 2).
        pool: The rooms.
        shortest: Length of the shortest way in each.
        delay: Time steps between decision and motion.
        shield: Pass the actions through the safety filter.
    """
    count = len(shortest)
    fleet = Fleet(pool, count, np.random.default_rng(0), (delay,))
    going, moved = np.ones(count, dtype=bool), np.zeros(count)
    won, crashed = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    for _ in range(LIMIT):
        _, success, collision, _, step = fleet.step(act(fleet), shield)
        moved += step * going
        won |= success & going
        crashed |= collision & going
        going &= ~(success | collision)
    return {"success": float(won.mean()), "collision": float(crashed.mean()),
            "length": float(np.mean(moved[won] / (shortest[won] - REACH))) if won.any() else None}


def straight(fleet: Fleet) -> np.ndarray:
    """Accelerate toward the goal, damped."""
    return 2 * (fleet.scene()[0] - fleet.position) - fleet.velocity


def learned(policy: GaussianPolicy, frame: str):
    memory = policy.mean[0].in_features > 4 + RAYS

    def act(fleet: Fleet) -> np.ndarray:
        seen, heading = fleet.observe(frame, memory)
        with torch.no_grad():
            mean = policy.mean(torch.tensor(seen, dtype=torch.float32))
        return turn(mean.double().numpy(), heading)
    return act


def planner(fields: np.ndarray):
    """Head for the neighboring cell, two cells away, that is nearest to the goal."""
    cells = fields.shape[1]
    size = SIDE / cells
    ring = [(a, b) for a in range(-2, 3) for b in range(-2, 3) if a or b]

    def act(fleet: Fleet) -> np.ndarray:
        cell = np.clip(fleet.position // size, 0, cells - 1).astype(int)
        padded = np.pad(fields, ((0, 0), (2, 2), (2, 2)), constant_values=np.inf)
        who = np.arange(len(cell))
        around = np.stack([padded[who, cell[:, 0] + 2 + a, cell[:, 1] + 2 + b] for a, b in ring], axis=1)
        target = cell + np.array(ring)[np.argmin(around, axis=1)]
        way = (target + 0.5) * size - fleet.position
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        return (0.7 * way - fleet.velocity) / 0.2
    return act


def predicting(act, delay: int):
    """The controller, asked about the state in which its action will act."""
    def ask(fleet: Fleet) -> np.ndarray:
        now = fleet.position, fleet.velocity
        for age in reversed(range(delay)):  # the oldest action under way acts first
            fleet.position, fleet.velocity = advance(fleet.position, fleet.velocity, fleet.queue[:, age])
        action = act(fleet)
        fleet.position, fleet.velocity = now
        return action
    return ask


def run(seeds: int = 3, tested: int = 400, trained: int = 2000, rounds: int = 80) -> dict:
    """Everything that the page states."""
    torch.set_num_threads(1)
    pool, unseen = rooms(0, trained), rooms(1, tested)
    inflated = [distance_field(g, c, r + 0.05) for g, c, r in
                zip(unseen["goal"], unseen["centers"], unseen["radii"], strict=True)]
    cell = (unseen["start"] // (SIDE / 40)).astype(int)
    exact = np.stack([distance_field(g, c, r) for g, c, r in
                      zip(unseen["goal"], unseen["centers"], unseen["radii"], strict=True)])
    shortest = exact[np.arange(tested), cell[:, 0], cell[:, 1]]
    possible = np.isfinite(shortest)
    pools = {name: values[possible] for name, values in unseen.items()}
    shortest = shortest[possible]
    fields = np.stack(inflated)[possible]
    detour = shortest / np.linalg.norm(pools["goal"] - pools["start"], axis=1)
    result = {"rooms": int(tested), "possible": int(possible.sum()), "detour": float(np.mean(detour))}
    for name, act in (("straight", straight), ("planner", planner(fields))):
        result[name] = {shield: judge(act, pools, shortest, shield=shield == "shield")
                        for shield in ("bare", "shield")}
        result[name]["delay"] = [judge(act, pools, shortest, delay) for delay in DELAYS]
    result["planner"]["predicting"] = [
        judge(predicting(planner(fields), delay), pools, shortest, delay) for delay in DELAYS]
    for name, (frame, delays, slope) in LEARNERS.items():
        result[name] = []
        for seed in range(seeds):
            act = learned(train(seed, pool, frame, delays, slope, rounds), frame)
            result[name].append({
                "bare": judge(act, pools, shortest),
                "shield": judge(act, pools, shortest, shield=True),
                "delay": [judge(act, pools, shortest, delay) for delay in DELAYS],
                "shield_delay": [judge(act, pools, shortest, delay, True) for delay in DELAYS],
            })
    return result


if __name__ == "__main__":
    started = time.process_time()
    result = run()
    result["run"] = {
        "seconds": round(time.process_time() - started),
        "cores": 1,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
    }
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
