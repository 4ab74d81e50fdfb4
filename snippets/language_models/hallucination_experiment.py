"""Likelihood against truth, computed in a world of birthdays.

2,000 people, mentioned with probability 1 / rank; a training text of 2,000 true statements
"person, birthday", dates drawn from 365. The model gives the seen statements (1 - mix) times
their share of the text and spreads mix evenly over all dates of all people never mentioned.
Every number is an expectation, not a sample, but for the text itself.
"""

import json
from pathlib import Path

import numpy as np

from snippets.language_models.hallucination import good_turing_missing_mass

PEOPLE, STATEMENTS, DAYS, WORLDS = 2000, 2000, 365, 20
MIXES = (0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)


def world(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Probability of each person and how often the text mentions each."""
    probs = 1 / np.arange(1, PEOPLE + 1)
    probs /= probs.sum()
    return probs, rng.multinomial(STATEMENTS, probs)


def new_text_loss(probs: np.ndarray, counts: np.ndarray, mix: float) -> float:
    """Expected loss in nats of a new true statement."""
    seen = counts > 0
    unseen_pairs = np.count_nonzero(~seen) * DAYS
    known = -np.log((1 - mix) * counts[seen] / counts.sum())
    return float(probs[seen] @ known - probs[~seen].sum() * np.log(mix / unseen_pairs))


def false_share(mix: float) -> float:
    """Probability that a generated statement is false: a date of someone never mentioned."""
    return mix * (DAYS - 1) / DAYS


def run(seed: int = 0) -> dict:
    """Loss and false statements by mix in one world, and the estimate in many."""
    rng = np.random.default_rng(seed)
    many = []
    for _ in range(WORLDS):
        probs, counts = world(rng)
        many.append([float(good_turing_missing_mass(counts)), float(probs[counts == 0].sum())])
    probs, counts = world(np.random.default_rng(seed))
    missing = float(probs[counts == 0].sum())
    return {
        "seen": int(np.count_nonzero(counts)), "once": int(np.count_nonzero(counts == 1)),
        "good_turing": many[0][0], "missing": missing,
        "loss": {str(mix): new_text_loss(probs, counts, mix) for mix in MIXES},
        "false": {str(mix): false_share(mix) for mix in MIXES},
        "best": {"loss": new_text_loss(probs, counts, missing), "false": false_share(missing)},
        "worlds": many,
    }


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for key, value in result.items():
        print(key, value)
    worlds = np.array(result["worlds"])
    print(worlds.mean(0), np.sqrt(((worlds[:, 0] - worlds[:, 1]) ** 2).mean()))
