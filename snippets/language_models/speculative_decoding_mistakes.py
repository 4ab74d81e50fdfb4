"""Speculative decoding, biased in three ways. The tests compute each bias exactly."""

import numpy as np

from snippets.language_models.speculative_decoding import draw, residual


# --8<-- [start:resample]
def verify_one(p, q, token, rng):
    """WRONG: draws from p after a rejection, so q's favorites come too often."""
    if rng.random() < min(1.0, p[token] / q[token]):
        return token
    return draw(p, rng)  # right: draw(residual(p, q), rng)
# --8<-- [end:resample]


# --8<-- [start:greedy]
def greedy_draft(p, q, rng):
    """WRONG: the draft is an argmax, but the test divides by the soft q."""
    token = int(np.argmax(q))
    # right: q = np.eye(len(q))[token], what the draft was really drawn from
    if rng.random() < min(1.0, p[token] / q[token]):
        return token
    return draw(residual(p, q), rng)
# --8<-- [end:greedy]


# --8<-- [start:later]
def keep_the_rest(p, q, drafts, rng):
    """WRONG: goes on after a rejection with drafts that follow another token."""
    return [token if rng.random() < min(1.0, p[i, token] / q[i, token])
            else draw(residual(p[i], q[i]), rng) for i, token in enumerate(drafts)]
    # right: return at the first rejection
# --8<-- [end:later]
