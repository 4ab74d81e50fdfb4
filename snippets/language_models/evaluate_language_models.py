"""Statistics of evaluation: pass@k, error bars, biased judges, ratings from votes.

pass@k: Chen and others 2021, https://arxiv.org/abs/2107.03374. Error bars: Miller
2024, https://arxiv.org/abs/2411.00640. Bradley-Terry ratings of models: Chiang and others
2024, https://arxiv.org/abs/2403.04132.
"""

import numpy as np


# --8<-- [start:pass]
def pass_at_k(n: int, c: int, k: int) -> float:
    """Unbiased estimate of the chance that one of k samples is right.

    1 - C(n - c, k) / C(n, k), the share of subsets of size k with a right one. As
    1 - prod over i from n - c + 1 to n of (1 - k / i) it cannot overflow.

    Args:
        n: Samples drawn for the problem.
        c: Right ones, 0 to n.
        k: 1 to n.

    Raises:
        ValueError: If c or k is out of range.
    """
    if not 0 <= c <= n or not 1 <= k <= n:
        raise ValueError(f"need 0 <= c <= n and 1 <= k <= n, got n={n} c={c} k={k}")
    if n - c < k:
        return 1.0
    i = np.arange(n - c + 1, n + 1, dtype=np.float64)
    return float(1 - np.prod(1 - k / i))
# --8<-- [end:pass]


# --8<-- [start:error]
def mean_and_error(scores: np.ndarray,
                   clusters: np.ndarray | None = None) -> tuple[float, float]:
    """Mean score and its standard error; give it differences to compare a pair.

    Without clusters sqrt(sum d^2 / (n (n - 1))), d the deviations from the mean.
    With clusters, deviations are summed within each first: sqrt(sum over clusters
    of (sum d)^2) / n.

    Args:
        scores: (n,) one per question: 0 or 1, any score, or a difference.
        clusters: (n,) a label per question: its passage, document or conversation.

    Raises:
        ValueError: If there are fewer than 2 scores or clusters, or shapes differ.
    """
    groups = np.arange(len(scores)) if clusters is None else clusters
    if scores.ndim != 1 or groups.shape != scores.shape:
        raise ValueError(f"scores and clusters must be (n,), got {scores.shape} "
                         f"and {groups.shape}")
    names, index = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        raise ValueError(f"need 2 scores or clusters or more, got {len(names)}")
    n, mean = len(scores), scores.mean(dtype=np.float64)
    sums = np.bincount(index, scores - mean)  # (clusters,)
    factor = n / (n - 1) if clusters is None else 1.0
    return float(mean), float(np.sqrt((sums**2).sum() * factor) / n)
# --8<-- [end:error]


# --8<-- [start:swap]
def swap_test(wins_first: float, wins_second: float) -> tuple[float, float]:
    """Split a pairwise judge's verdicts into quality and love of a position.

    If A wins with sigmoid(quality + position) when shown first and with
    sigmoid(quality - position) when shown second, half the sum of the two logits is
    quality and half the difference is position.

    Args:
        wins_first: Share of verdicts for A with A shown first, between 0 and 1.
        wins_second: The same with A shown second.

    Returns:
        A's win rate without the bias, and the win rate of the first place between
        two equal answers.

    Raises:
        ValueError: If a share is not strictly between 0 and 1.
    """
    for share in (wins_first, wins_second):
        if not 0 < share < 1:
            raise ValueError(f"shares must be between 0 and 1, got {share}")
    first, second = (np.log(p / (1 - p)) for p in (wins_first, wins_second))
    quality, position = (first + second) / 2, (first - second) / 2
    return float(1 / (1 + np.exp(-quality))), float(1 / (1 + np.exp(-position)))
# --8<-- [end:swap]


# --8<-- [start:rating]
def bradley_terry(wins: np.ndarray, steps: int = 50) -> np.ndarray:
    """Maximum likelihood strengths in nats, P(i beats j) = sigmoid(s_i - s_j).

    Newton's method on a concave log-likelihood. 400 / ln 10 times the result is on
    the scale of Elo. Ties count as half a win for each.

    Args:
        wins: (M, M) wins[i, j] of i over j, at least 0; the diagonal is ignored.
        steps: Newton steps.

    Returns:
        (M,) with mean 0.

    Raises:
        ValueError: If wins is not square, is negative, or some group never lost to,
            or never won against, the others: then no finite maximum exists.
    """
    wins = np.array(wins, np.float64)
    if wins.ndim != 2 or wins.shape[0] != wins.shape[1] or wins.min() < 0:
        raise ValueError(f"wins must be square and at least 0, got {wins.shape}")
    np.fill_diagonal(wins, 0)
    reach = np.eye(len(wins)) + (wins > 0)
    for _ in range(len(wins).bit_length()):
        reach = ((reach @ reach) > 0).astype(np.float64)  # wins, or chains
    if not reach.all():
        raise ValueError(f"wins must connect all models both ways, got {wins}")
    games, s = wins + wins.T, np.zeros(len(wins))
    for _ in range(steps):
        p = 1 / (1 + np.exp(s[None, :] - s[:, None]))  # p[i, j]: i beats j
        gradient = (wins - games * p).sum(axis=1)
        curvature = games * p * (1 - p)
        hessian = np.diag(curvature.sum(axis=1)) - curvature + 1 / len(s)
        change = np.linalg.solve(hessian, gradient)
        s = s + change / max(1.0, np.abs(change).max())  # at most 1 nat a step
    return s - s.mean()
# --8<-- [end:rating]


# --8<-- [start:choice]
def choose(logprobs: np.ndarray, lengths: np.ndarray,
           prior: np.ndarray | None = None) -> np.ndarray:
    """Answer of a multiple-choice question by the likelihood of the options' texts.

    Args:
        logprobs: (..., O) log-probability of each option's text after the question.
        lengths: (..., O) its tokens, characters or bytes, above 0; ones for no
            normalization.
        prior: (..., O) log-probability of the same text after a neutral prompt,
            which is subtracted first.

    Returns:
        (...) index of the best option.

    Raises:
        ValueError: If shapes differ or a length is not positive.
    """
    if logprobs.shape != lengths.shape or not np.all(lengths > 0):
        raise ValueError(f"lengths must be positive, of shape {logprobs.shape}, "
                         f"got {lengths}")
    if prior is not None and prior.shape != logprobs.shape:
        raise ValueError(f"prior must be {logprobs.shape}, got {prior.shape}")
    score = logprobs if prior is None else logprobs - prior
    return np.argmax(score / lengths, axis=-1)
# --8<-- [end:choice]


if __name__ == "__main__":
    print("pass@k, 2 of 10:", [round(pass_at_k(10, 2, k), 4) for k in (1, 5, 10)])
    print("naive:", [round(1 - 0.8**k, 4) for k in (1, 5, 10)])
    for n, p in ((164, 0.9), (1000, 0.8)):
        right = np.arange(n) < round(n * p)
        mean, error = mean_and_error(right.astype(np.float64))
        print(f"{n} questions: {mean:.3f} +- {1.96 * error:.3f}")
    both, only_a, only_b, none = 750, 60, 30, 160
    a = np.repeat([1.0, 1.0, 0.0, 0.0], [both, only_a, only_b, none])
    b = np.repeat([1.0, 0.0, 1.0, 0.0], [both, only_a, only_b, none])
    apart = np.hypot(mean_and_error(a)[1], mean_and_error(b)[1])
    difference, error = mean_and_error(a - b)
    print("difference", round(difference, 4), "unpaired", round(float(apart), 4),
          "paired", round(error, 4))
    passages = np.repeat(np.arange(50), 10)
    scores = np.repeat(np.arange(50) < 40, 10).astype(np.float64)
    errors = [mean_and_error(scores, groups)[1] for groups in (None, passages)]
    print("50 passages of 10, all alike:", [round(error, 4) for error in errors])
    print("swap", [round(value, 3) for value in swap_test(0.80, 0.40)])
    votes = np.array([[0, 60, 75], [40, 0, 65], [25, 35, 0]])
    print("Elo scale", (bradley_terry(votes) * 400 / np.log(10)).round(1))
    logprobs, lengths = np.array([-4.0, -9.0, -6.0]), np.array([2, 6, 3])
    prior = np.array([-3.5, -12.0, -6.5])
    print("choice", choose(logprobs, np.ones(3)), choose(logprobs, lengths),
          choose(logprobs, np.ones(3), prior))
    x = np.linspace(-8, 10, 20_001)
    normal = np.cumsum(np.exp(-(x**2) / 2)) / np.exp(-(x**2) / 2).sum()
    top = ((x[1:] + x[:-1]) / 2 * np.diff(normal**27)).sum()
    error = 400 / np.log(10) * 2 / np.sqrt(2000)
    print(f"best of 27: {top:.2f} errors of {error:.1f} Elo make {top * error:.0f}")
