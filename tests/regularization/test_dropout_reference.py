"""The same semantics as torch's dropout: values, gradients, modes and edges."""

import numpy as np
import pytest
import torch

from snippets.regularization.dropout import dropout_backward, dropout_forward


class Replay:
    """A source of randomness that keeps exactly the given elements."""

    def __init__(self, kept: np.ndarray):
        self.kept = kept

    def random(self, shape: tuple[int, ...]) -> np.ndarray:
        assert shape == self.kept.shape
        return np.where(self.kept, np.nextafter(1, 0), 0.0)


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.75, 1.0])
def test_values_and_gradients_match_torch(p):
    rng = np.random.default_rng(0)
    data, grad_out = rng.uniform(1, 2, (7, 5, 3)), rng.standard_normal((7, 5, 3))
    x = torch.tensor(data, requires_grad=True)
    theirs = torch.nn.Dropout(p)(x)
    theirs.backward(torch.tensor(grad_out))
    ours, mask = dropout_forward(data, p, Replay(theirs.detach().numpy() != 0))
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-14)
    np.testing.assert_allclose(dropout_backward(grad_out, mask), x.grad.numpy(), rtol=1e-14)


def test_eval_mode_is_the_identity():
    x = torch.randn(2, 3)
    assert torch.equal(torch.nn.Dropout(0.75).eval()(x), x)


def test_spatial_dropout_drops_whole_channels():
    out = torch.nn.Dropout2d(0.5)(torch.ones(50, 7, 3, 2))
    per_channel = out.flatten(2)
    assert torch.equal(per_channel.amin(2), per_channel.amax(2))
    assert set(out.unique().tolist()) == {0.0, 2.0}


def test_attention_dropout_leaves_rows_that_do_not_sum_to_one():
    attention = torch.nn.Dropout(0.1)(torch.full((100, 20), 1 / 20, dtype=torch.float64))
    sums = attention.sum(1)
    assert sums.std() > 0.01
    # Mean of 2,000 independent weights: standard deviation of a row sum sqrt(p / (1 - p) / 20).
    assert abs(sums.mean().item() - 1) < 5 * np.sqrt(0.1 / 0.9 / 20 / 100)


def test_variance_shift_behind_batch_norm():
    # ReLU of N(0, 1): E[x] = 1/sqrt(2 pi), E[x^2] = 1/2; dropout doubles E[x^2] and keeps E[x].
    mean = 1 / np.sqrt(2 * np.pi)
    trained, later = 1.0 - mean**2, 0.5 - mean**2
    np.testing.assert_allclose([trained, later, trained / later], [0.841, 0.341, 2.467], atol=5e-4)

    torch.manual_seed(0)
    layers = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Dropout(0.5),
                                 torch.nn.BatchNorm1d(1, momentum=None, affine=False)).double()
    x = torch.randn(200_000, 1, dtype=torch.float64)
    layers(x)  # sets the running statistics
    spread = layers.eval()(x).std().item()
    np.testing.assert_allclose(spread, np.sqrt(later / trained), atol=0.01)
    np.testing.assert_allclose(np.sqrt(later / trained), 0.637, atol=5e-4)
