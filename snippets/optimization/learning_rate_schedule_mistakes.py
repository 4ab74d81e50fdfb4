"""Schedules, wrong in two ways that raise no error.

tests/optimization/test_learning_rate_schedule_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:unclipped]
def cosine_unclipped(step, peak, warmup, total):
    """WRONG past the end: the cosine turns around, and the rate climbs again."""
    share = (step - warmup) / (total - warmup)
    return peak * (1 + np.cos(np.pi * share)) / 2
# --8<-- [end:unclipped]


# --8<-- [start:epochs]
def rates_of_a_run(schedule, epochs, batches):
    """WRONG if ``schedule`` counts steps: it is asked once per epoch."""
    return [schedule(epoch) for epoch in range(epochs) for _ in range(batches)]
# --8<-- [end:epochs]
