"""Lower the error of a learner you may only call: bagging, boosting, a threshold.

Freund and Schapire, *A decision-theoretic generalization of on-line learning and
an application to boosting*, https://doi.org/10.1006/jcss.1997.1504, and
Breiman, *Bagging predictors*, https://doi.org/10.1007/BF00058655.
"""

from collections.abc import Callable

import numpy as np

# A black box: fit(x, targets) returns a function that maps new x to predictions.
Predict = Callable[[np.ndarray], np.ndarray]
Fit = Callable[[np.ndarray, np.ndarray], Predict]


# --8<-- [start:stump]
def fit_stump(x: np.ndarray, targets: np.ndarray) -> Predict:
    """A weak black box: one feature against one threshold, with the fewest errors.

    It predicts ``sign`` where ``x[:, feature] > threshold``, elsewhere ``-sign``.
    Thresholds are the midpoints between neighboring different values, and minus
    infinity, which gives a constant prediction.

    Args:
        x: Features, shape (N, D), N > 0.
        targets: Labels -1 or +1, shape (N,).

    Returns:
        A function from (M, D) to labels -1.0 or +1.0 of shape (M,).
    """
    best = (np.inf, 0, -np.inf, 1.0)
    for feature in range(x.shape[1]):
        values = np.unique(x[:, feature])
        for threshold in np.append(-np.inf, (values[1:] + values[:-1]) / 2):
            side = np.where(x[:, feature] > threshold, 1.0, -1.0)
            wrong = float(np.mean(side != targets))
            for error, sign in ((wrong, 1.0), (1.0 - wrong, -1.0)):
                if error < best[0]:
                    best = (error, feature, float(threshold), sign)
    _, feature, threshold, sign = best
    return lambda new: np.where(new[:, feature] > threshold, sign, -sign)
# --8<-- [end:stump]


# --8<-- [start:bagging]
def bagging(
    fit: Fit,
    x: np.ndarray,
    targets: np.ndarray,
    rounds: int,
    rng: np.random.Generator,
) -> tuple[Predict, np.ndarray]:
    """Train the black box on bootstrap samples and average what the copies say.

    Args:
        fit: The black box.
        x: Features, shape (N, D).
        targets: Labels -1 or +1, or numbers for a regression, shape (N,).
        rounds: Number of bootstrap samples of N rows each, >= 1.
        rng: Source of randomness.

    Returns:
        A function from (M, D) to mean predictions of shape (M,), and the
        out-of-bag predictions, shape (N,): for each row the mean over the copies
        that did not train on it, NaN where there is none.

    Raises:
        ValueError: If ``rounds`` is not positive.
    """
    if rounds < 1:
        raise ValueError(f"rounds must be at least 1, got {rounds}")
    copies, total, count = [], np.zeros(len(x)), np.zeros(len(x))
    for _ in range(rounds):
        rows = rng.integers(0, len(x), size=len(x))
        copies.append(fit(x[rows], targets[rows]))
        out = np.setdiff1d(np.arange(len(x)), rows)  # on average 36.8 % of the rows
        if len(out):
            total[out] += copies[-1](x[out])
            count[out] += 1
    out_of_bag = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return lambda new: np.mean([copy(new) for copy in copies], axis=0), out_of_bag
# --8<-- [end:bagging]


# --8<-- [start:reweight]
def reweight(weights: np.ndarray, wrong: np.ndarray) -> tuple[np.ndarray, float]:
    """One round of AdaBoost: the model's vote, and the weights of the next round.

    With e the weight of the wrong rows, the vote is half the log of (1 - e) / e.
    A wrong row is multiplied by exp(vote), a right one by exp(-vote).

    Args:
        weights: Non-negative, sum 1, shape (N,).
        wrong: True where the model errs, shape (N,).

    Returns:
        New weights with sum 1, of which the wrong rows hold 0.5, and the vote.

    Raises:
        ValueError: If ``wrong`` has e = 0 or 1: the vote would be infinite.

    >>> wrong = np.array([True, False, False, False])
    >>> reweight(np.full(4, 0.25), wrong)[0].round(3)
    array([0.5  , 0.167, 0.167, 0.167])
    """
    error = float(weights[wrong].sum())
    if not 0.0 < error < 1.0:
        raise ValueError(f"wrong must have a weight between 0 and 1, got {error}")
    vote = 0.5 * float(np.log((1.0 - error) / error))
    new = weights * np.exp(np.where(wrong, vote, -vote))
    return new / new.sum(), vote
# --8<-- [end:reweight]


# --8<-- [start:boosting]
def boosting(
    fit: Fit,
    x: np.ndarray,
    targets: np.ndarray,
    rounds: int,
    rng: np.random.Generator,
) -> Predict:
    """AdaBoost for a box that takes no weights: draw its training set by weight.

    A round whose weighted error is not below 0.5 is thrown away and the weights
    start from uniform again. A model without any error on the training set
    leaves nothing to reweight: its vote is log(N + 1), and the run stops.

    Args:
        fit: The black box.
        x: Features, shape (N, D).
        targets: Labels -1 or +1, shape (N,).
        rounds: Number of calls of the black box, >= 1.
        rng: Source of randomness; each round draws N rows with replacement.

    Returns:
        A function from (M, D) to scores of shape (M,): the votes' weighted sum
        divided by the sum of the votes. The sign is the class.

    Raises:
        ValueError: If a label is not -1 or +1, or ``fit`` is better than chance in
            no round.
    """
    if not np.all(np.abs(targets) == 1):
        raise ValueError(f"targets must be -1 or +1, got {np.unique(targets)}")
    weights = np.full(len(x), 1.0 / len(x))
    models, votes = [], []
    for _ in range(rounds):
        rows = rng.choice(len(x), size=len(x), p=weights)
        model = fit(x[rows], targets[rows])
        wrong = model(x) != targets  # judged on all rows, with their weights
        if not wrong.any():
            models.append(model)
            votes.append(float(np.log(len(x) + 1)))
            break
        if weights[wrong].sum() >= 0.5:
            weights = np.full(len(x), 1.0 / len(x))
            continue
        weights, vote = reweight(weights, wrong)
        models.append(model)
        votes.append(vote)
    if not models:
        raise ValueError(f"fit was better than chance in none of {rounds} rounds")
    share = np.array(votes) / np.sum(votes)
    return lambda new: share @ np.array([model(new) for model in models])
# --8<-- [end:boosting]


# --8<-- [start:threshold]
def best_threshold(
    scores: np.ndarray, targets: np.ndarray, false_alarm: float, miss: float
) -> float:
    """The threshold with the lowest cost on data the model was not trained on.

    A row is called positive when its score is above the threshold.

    Args:
        scores: Higher means more positive, shape (N,), N > 0.
        targets: Labels -1 or +1, shape (N,).
        false_alarm: Cost of calling a negative row positive.
        miss: Cost of calling a positive row negative.

    Returns:
        Minus infinity, plus infinity, or the midpoint of two neighboring
        different scores. Of equally good ones the lowest.

    Raises:
        ValueError: If a label is not -1 or +1.

    >>> best_threshold(np.array([0.1, 0.4, 0.6]), np.array([-1, 1, 1]), 1.0, 1.0)
    0.25
    """
    if not np.all(np.abs(targets) == 1):
        raise ValueError(f"targets must be -1 or +1, got {np.unique(targets)}")
    values = np.unique(scores)
    middles = (values[1:] + values[:-1]) / 2
    candidates = np.concatenate([[-np.inf], middles, [np.inf]])
    above = scores[None] > candidates[:, None]  # (candidates, N)
    cost = false_alarm * (above & (targets < 0)).sum(axis=1)
    cost = cost + miss * (~above & (targets > 0)).sum(axis=1)
    return float(candidates[np.argmin(cost)])
# --8<-- [end:threshold]


if __name__ == "__main__":
    line = np.arange(10.0)[:, None]
    targets = np.array([1, 1, 1, -1, -1, -1, -1, 1, 1, 1])
    stump = fit_stump(line, targets)
    print(f"one stump: {np.sum(stump(line) != targets)} of 10 wrong")
    wrong = stump(line) != targets
    weights, vote = reweight(np.full(10, 0.1), wrong)
    print(f"its vote {vote:.4f}, a wrong row now weighs {weights[wrong][0]:.4f}, "
          f"a right one {weights[~wrong][0]:.4f}")
    for rounds in (1, 3, 10, 30):
        score = boosting(fit_stump, line, targets, rounds, np.random.default_rng(1))(line)
        print(f"boosting, {rounds} rounds: {np.sum(np.sign(score) != targets)} wrong")
