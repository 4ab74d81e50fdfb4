"""The same distributions by PyTorch's sort and topk, and the page's numbers."""

import numpy as np
import torch

from snippets.language_models.decoding import (
    min_p,
    next_token_probs,
    repetition_penalty,
    softmax,
    top_k,
    top_p,
)

LOGITS = np.array([2.0, 1.0, 0.0, -1.0])


def by_torch(logits: torch.Tensor, temperature: float, k: int, p: float, ratio: float) -> torch.Tensor:
    """Sets built from sorted probabilities, one row at a time."""
    rows = []
    for row in logits / temperature:
        row = row.clone()
        row[row < torch.topk(row, k).values[-1]] = -torch.inf
        probs, order = row.softmax(-1).sort(descending=True, stable=True)
        size = int(torch.searchsorted(probs.cumsum(-1), p)) + 1
        row[order[size:]] = -torch.inf
        probs = row.softmax(-1)
        row[probs < ratio * probs.max()] = -torch.inf
        rows.append(row.softmax(-1))
    return torch.stack(rows)


def test_all_three_filters_and_temperature_match_torch():
    rng = np.random.default_rng(0)
    for temperature, k, p, ratio in ((1.0, 11, 0.999, 0.001), (0.6, 7, 0.9, 0.02), (1.7, 5, 0.8, 0.2),
                                     (2.5, 10, 0.5, 0.001)):
        logits = rng.normal(0, 3, (6, 11))
        expected = by_torch(torch.tensor(logits), temperature, k, p, ratio)
        ours = next_token_probs(logits, temperature, k, p, ratio)
        np.testing.assert_allclose(ours, expected.numpy(), atol=1e-12)


def test_the_derivative_of_the_log_probability_by_temperature():
    # d log p_i / dT = (mean of logits under p - logit_i) / T^2, which the page uses to say what heat does.
    logits = np.random.default_rng(1).normal(0, 2, 7)
    temperature = torch.tensor(1.3, dtype=torch.float64, requires_grad=True)
    log_probs = (torch.tensor(logits) / temperature).log_softmax(-1)
    for i in range(7):
        (grad,) = torch.autograd.grad(log_probs[i], temperature, retain_graph=True)
        probs = next_token_probs(logits, 1.3)
        np.testing.assert_allclose(grad.item(), ((probs * logits).sum() - logits[i]) / 1.3**2, rtol=1e-10)


def test_the_page_s_table_of_four_logits():
    def shown(probs):
        return probs.round(3).tolist()

    assert shown(next_token_probs(LOGITS, 0.5)) == [0.865, 0.117, 0.016, 0.002]
    assert shown(next_token_probs(LOGITS)) == [0.644, 0.237, 0.087, 0.032]
    assert shown(next_token_probs(LOGITS, 2.0)) == [0.455, 0.276, 0.167, 0.102]
    assert shown(next_token_probs(LOGITS, p=0.85)) == [0.731, 0.269, 0, 0]
    assert shown(next_token_probs(LOGITS, ratio=0.1)) == [0.665, 0.245, 0.09, 0]
    assert shown(next_token_probs(LOGITS, 2.0, p=0.85)) == [0.506, 0.307, 0.186, 0]
    assert shown(softmax(top_p(LOGITS, 0.85) / 2)) == [0.622, 0.378, 0, 0]
    assert shown(softmax(min_p(LOGITS, 0.1) / 2)) == [0.506, 0.307, 0.186, 0]
    assert shown(next_token_probs(LOGITS, 2.0, ratio=0.1)) == [0.455, 0.276, 0.167, 0.102]
    assert shown(next_token_probs(LOGITS, k=3, p=0.9)) == [0.731, 0.269, 0, 0]
    assert shown(softmax(top_k(top_p(LOGITS, 0.9), 3))) == [0.665, 0.245, 0.09, 0]
    assert round(float(softmax(LOGITS[:3])[:2].sum()), 3) == 0.91
    assert shown(softmax(repetition_penalty(LOGITS, np.array([0, 1]), 1.2))) == [0.591, 0.257, 0.112, 0.041]


def test_the_page_s_steep_and_flat_distribution():
    rank = np.arange(1, 50_001)
    sizes = {}
    for power in (1, 2):
        logits = -power * np.log(rank)
        sizes[power] = [int((next_token_probs(logits, **one) > 0).sum())
                        for one in ({"k": 50}, {"p": 0.9}, {"ratio": 0.05})]
        assert round(float(softmax(logits)[50:].sum()), 3) == {1: 0.605, 2: 0.012}[power]
    assert sizes == {1: [50, 15_996, 20], 2: [50, 6, 4]}
    assert round(1 - 0.988**200, 2) == 0.91


def test_sums_in_float32_lose_tokens_and_rounding_decides_about_exact_hits():
    logits = np.zeros(100_000, dtype=np.float32)
    probs = softmax(logits)
    naive = np.cumsum(probs) - probs < 0.9
    assert naive.sum() == 89_915 and np.isfinite(top_p(logits, 0.9)).sum() == 90_000
    back = softmax(np.log(np.array([0.7, 0.2, 0.1])))
    assert 0 < 0.7 - back[0] < 2e-16


def test_a_sharpened_and_truncated_sample_is_off_in_both_directions():
    logits = np.array([4.0, 3.0, 2.5, 0.5, -1.0])
    sampled, trained = next_token_probs(logits, 0.7, p=0.95), softmax(logits)
    n = int((sampled > 0).sum())
    factor = sampled[:n] / trained[:n]
    assert factor[0] > 1 > factor[-1] and n == 3
    np.testing.assert_allclose(factor / factor[0], (trained[:n] / trained[0]) ** (1 / 0.7 - 1), rtol=1e-12)


def test_greedy_is_not_the_most_probable_sequence():
    first = {"A": 0.6, "B": 0.4}
    second = {"A": [0.5, 0.5], "B": [0.9, 0.1]}
    greedy = max(first, key=first.get)
    assert round(first[greedy] * max(second[greedy]), 2) == 0.30
    assert round(max(first[x] * max(second[x]) for x in first), 2) == 0.36
