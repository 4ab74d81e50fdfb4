"""Output and every gradient from PyTorch's attention; the page's numbers."""

import numpy as np
import torch
import torch.nn.functional as F

from snippets.transformers.flash_attention import flash_attention, flash_attention_backward, traffic


def test_output_and_gradients_match_torch():
    rng = np.random.default_rng(0)
    for causal, length, keys in ((False, 13, 21), (True, 17, 17), (False, 1, 9), (True, 1, 1)):
        q, k, v = (rng.standard_normal((2, 3, n, 8)) for n in (length, keys, keys))
        grad = rng.standard_normal((2, 3, length, 8))
        tensors = [torch.tensor(x, requires_grad=True) for x in (q, k, v)]
        y = F.scaled_dot_product_attention(*tensors, is_causal=causal)
        y.backward(torch.tensor(grad))
        out, lse = flash_attention(q, k, v, causal, 4, 5)
        np.testing.assert_allclose(out, y.detach().numpy(), atol=1e-12)
        scores = tensors[0] @ tensors[1].mT / 8**0.5
        if causal:
            scores = scores.masked_fill(torch.ones(length, keys).triu(1) > 0, -torch.inf)
        np.testing.assert_allclose(lse, scores.logsumexp(-1).detach().numpy(), atol=1e-12)
        grads = flash_attention_backward(q, k, v, out, lse, grad, causal, 3, 4)
        for ours, tensor in zip(grads, tensors, strict=True):
            np.testing.assert_allclose(ours, tensor.grad.numpy(), atol=1e-11)


def test_the_result_has_the_widest_type_of_its_inputs():
    inputs = np.random.default_rng(1).standard_normal((3, 5, 4)).astype(np.float32)
    for wide in range(3):
        mixed = [x.astype(np.float64) if i == wide else x for i, x in enumerate(inputs)]
        assert [part.dtype for part in flash_attention(*mixed)] == [np.float64] * 2


class Counted(np.ndarray):
    """Adds up how many numbers are cut out of the array itself."""

    read = 0

    def __getitem__(self, index):
        piece = np.asarray(self)[index]
        self.read += piece.size
        return piece


def test_causal_tiles_in_which_all_is_masked_are_not_even_read():
    # Four blocks of queries, four of keys: of 16 tiles, the 10 on and below the diagonal are needed.
    q, k, v, grad = np.random.default_rng(2).standard_normal((4, 24, 3))
    keys, values = k.view(Counted), v.view(Counted)
    out, lse = flash_attention(q, keys, values, True, 6, 6)
    assert keys.read == values.read == 10 * 6 * 3
    queries, gradients = q.view(Counted), grad.view(Counted)
    flash_attention_backward(queries, k, v, out, lse, gradients, True, 6, 6)
    assert queries.read == gradients.read == 10 * 6 * 3


def test_the_page_s_traffic():
    table = {(1_024, 64): (4.5, 4.3, 2.2, 1.2, 0.7), (8_192, 64): (270.5, 269.5, 135.3, 68.2, 34.6),
             (8_192, 128): (272.6, 539.0, 270.5, 136.3, 69.2)}
    for shape, row in table.items():
        found = [traffic(*shape, block) / 1e6 for block in (None, 32, 64, 128, 256)]
        np.testing.assert_allclose(found, row, atol=0.051)
    assert 8192**2 * 2 / 1e6 == 134.217728 and 4 * 8192 * 128 * 2 / 1e6 == 8.388608


def test_the_page_s_online_softmax():
    scores, values = np.array([1.0, 3.0, 2.0, 5.0]), np.array([10.0, 20.0, 30.0, 40.0])
    weights = np.exp(scores - 5)
    assert round(weights.sum(), 4) == 1.2034 and round(weights @ values, 4) == 44.3835
    assert round(weights @ values / weights.sum(), 4) == 36.8806
    first = np.exp(scores[:2] - 3)
    assert round(first.sum(), 4) == 1.1353 and round(first @ values[:2], 4) == 21.3534
    assert round(np.exp(-2), 4) == 0.1353 and round(np.exp(-3), 4) == 0.0498
