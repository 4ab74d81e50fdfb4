"""Each wrong output fails where the page says."""

import numpy as np

from snippets.activations_and_losses.sigmoid import bce_with_logits, sigmoid
from snippets.activations_and_losses.sigmoid_mistakes import (
    bce_from_probs,
    bce_with_logits_on_probs,
    cosine_output,
    multi_label_probs,
    sigmoid_with_large_exponents,
)


def test_large_exponents_give_nan():
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(sigmoid_with_large_exponents(np.array([1000.0])))[0]
    assert sigmoid(np.array([1000.0]))[0] == 1.0


def test_the_log_of_a_rounded_probability_is_infinite_from_17_on_in_float32():
    targets = np.zeros(1, dtype=np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        for logit, infinite in ((16.0, False), (17.0, True)):
            logits = np.full(1, logit, dtype=np.float32)
            assert np.isinf(bce_from_probs(sigmoid(logits), targets)) == infinite, logit
    loss, _ = bce_with_logits(np.full(1, 17.0, dtype=np.float32), targets)
    np.testing.assert_allclose(loss, 17.0, rtol=1e-6)


def test_a_second_sigmoid_keeps_the_loss_above_a_third():
    perfect = np.array([1.0, 0.0])
    losses = [bce_with_logits_on_probs(perfect[i:i + 1], perfect[i:i + 1]) for i in (0, 1)]
    np.testing.assert_allclose(losses, [0.3133, 0.6931], atol=5e-5)
    np.testing.assert_allclose(sigmoid(perfect), [0.731, 0.5], atol=5e-4)


def test_softmax_makes_labels_compete():
    logits = np.array([2.0, -1.0, 3.0])
    probs = multi_label_probs(logits)
    np.testing.assert_allclose(probs, [0.265, 0.013, 0.721], atol=5e-4)
    assert probs[0] < 0.5 < sigmoid(logits)[0]
    more = multi_label_probs(np.array([2.0, -1.0, 6.0]))
    assert more[0] < 0.02  # another label's evidence removed this one


def minima(values: np.ndarray) -> int:
    inside = values[1:-1]
    return int(((inside < values[:-2]) & (inside < values[2:])).sum())


def test_a_cosine_output_has_many_minima_where_the_sigmoid_has_one():
    x = np.linspace(-3, 3, 61)
    targets = sigmoid(2 * x)
    weights = np.linspace(-12, 12, 2401)
    cosine = np.array([((cosine_output(w * x - np.pi / 2) - targets) ** 2).mean() for w in weights])
    logistic = np.array([((sigmoid(w * x) - targets) ** 2).mean() for w in weights])
    assert minima(logistic) == 1
    np.testing.assert_allclose(weights[logistic.argmin()], 2.0, atol=0.01)
    inside = cosine[1:-1]
    found = np.sort(inside[(inside < cosine[:-2]) & (inside < cosine[2:])])
    assert len(found) == 11
    np.testing.assert_allclose(found[[0, 1, -1]], [0.0014, 0.232, 0.278], atol=6e-4)
    assert abs(weights[cosine.argmin()] - 0.72) < 0.02
    constant = ((targets - 0.5) ** 2).mean()  # always saying one half
    np.testing.assert_allclose(constant, 0.168, atol=6e-4)


def test_a_cosine_output_gives_the_same_answer_to_different_evidence():
    z = np.array([0.3, -0.3, 0.3 + 2 * np.pi])
    np.testing.assert_allclose(cosine_output(z), cosine_output(z)[0] * np.ones(3))
