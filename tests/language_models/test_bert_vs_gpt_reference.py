"""Losses and gradients from PyTorch, entropies by enumeration, and the page's numbers."""

import itertools

import numpy as np
import pytest
import torch

from snippets.language_models.bert_vs_gpt import IGNORE, causal_lm_loss, entropies, mask_tokens, mlm_loss


def by_torch(logits, labels):
    logits = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, -2), torch.tensor(labels).flatten())
    loss.backward()
    return loss.item(), logits.grad.numpy()


def test_losses_and_gradients_match_torch():
    for seed, shape in enumerate([(2, 7, 5), (3, 4, 11), (1, 2, 3)]):
        rng = np.random.default_rng(seed)
        logits, ids = rng.normal(0, 3, shape), rng.integers(0, shape[-1], shape[:-1])
        _, labels = mask_tokens(ids, 0, shape[-1], rng, rate=0.5)
        labels[0, 0] = ids[0, 0]  # at least one
        shifted = np.concatenate([ids[:, 1:], np.full((len(ids), 1), IGNORE)], axis=1)
        for ours, theirs in ((mlm_loss(logits, labels), by_torch(logits, labels)),
                             (causal_lm_loss(logits, ids), by_torch(logits, shifted))):
            np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-12)
            np.testing.assert_allclose(ours[1], theirs[1], atol=1e-14)


def test_entropies_by_enumerating_sequences_and_what_they_add_up_to():
    transition = np.random.default_rng(0).dirichlet(np.ones(3), 3)
    start = np.linalg.matrix_power(transition, 200)[0]
    steps, joint = 7, {}
    for tokens in itertools.product(range(3), repeat=steps):
        prob = start[tokens[0]]
        for a, b in itertools.pairwise(tokens):
            prob *= transition[a, b]
        joint[tokens] = prob
    middle, others, before = 3, {}, {}
    for tokens, prob in joint.items():
        rest = tokens[:middle] + tokens[middle + 1 :]
        others[rest] = others.get(rest, 0) + prob
        for n in (middle, middle + 1):
            before[tokens[:n]] = before.get(tokens[:n], 0) + prob
    both = sum(prob * np.log2(others[tokens[:middle] + tokens[middle + 1 :]] / prob)
               for tokens, prob in joint.items())
    past = sum(prob * np.log2(before[tokens[:-1]] / prob)
               for tokens, prob in before.items() if len(tokens) == middle + 1)
    np.testing.assert_allclose(entropies(transition), [past, both], rtol=1e-9)
    # The causal terms add up to the entropy of the sequence, those given all others to less.
    whole = -sum(prob * np.log2(prob) for prob in joint.values())
    first = -float((start * np.log2(start)).sum())
    np.testing.assert_allclose(whole, first + (steps - 1) * past, rtol=1e-9)
    assert steps * both < whole


def test_the_page_s_numbers():
    past, both = entropies(np.array([[0.9, 0.1], [0.1, 0.9]]))
    assert (round(past, 3), round(both, 3)) == (0.469, 0.258)
    assert (round(2**past, 2), round(2**both, 2)) == (1.38, 1.20)
    assert round(0.15 * 512, 1) == 76.8 and round(511 / 76.8, 2) == 6.65
    assert [round(part * 76.8, 1) for part in (0.8, 0.1, 0.1)] == [61.4, 7.7, 7.7]
    assert round((0.1 + 0.1 / 30_522) / 0.2, 4) == 0.5
    pairs = np.array([[0.5, 0.0], [0.0, 0.5]])
    product = pairs.sum(axis=1)[:, None] * pairs.sum(axis=0)
    assert product[pairs == 0].sum() == 0.5
    assert round(8e9 / 149e6) == 54


def test_labels_that_say_nothing_or_no_token_are_told_which_are_allowed():
    for labels, told in (([IGNORE, IGNORE], r"^labels must not all be -100$"),
                         ([IGNORE, 3], r"^labels must be tokens or -100, got 3$"),
                         ([IGNORE, -1], r"^labels must be tokens or -100, got -1$")):
        with pytest.raises(ValueError, match=told):
            mlm_loss(np.zeros((2, 3)), np.array(labels))
