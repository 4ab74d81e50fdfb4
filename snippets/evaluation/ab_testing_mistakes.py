"""Two wrong analyses. tests/evaluation/test_ab_testing_mistakes.py shows how they fail."""

import math

import numpy as np


# --8<-- [start:views]
def click_rate_error_per_view(clicks, views):
    """WRONG if users were randomized: views of one user are not independent."""
    rate = clicks.sum() / views.sum()
    return math.sqrt(rate * (1 - rate) / views.sum())
# --8<-- [end:views]


# --8<-- [start:during]
def adjusted_difference(metric, treated, during):
    """WRONG with a covariate from *during* the test: it may carry the effect."""
    theta = np.cov(metric, during)[0, 1] / during.var(ddof=1)
    adjusted = metric - theta * during
    return adjusted[treated].mean() - adjusted[~treated].mean()
# --8<-- [end:during]
