"""The wrong code fails as the page says."""

import pytest
import torch
from torch import nn

from snippets.convolution.inception_mistakes import branches_without_padding, classify, naive_channels
from snippets.convolution.inception_torch import MODULES, Inception


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_branches_without_padding_cannot_be_joined():
    x = torch.zeros(2, 3, 9, 11)
    with pytest.raises(RuntimeError, match="izes of tensors must match"):
        branches_without_padding(x, torch.zeros(4, 3, 3, 3), torch.zeros(5, 3, 5, 5))
    assert Inception(3, 1, (2, 4), (2, 5), 1)(x).shape == (2, 11, 9, 11)


def test_naive_modules_grow_without_end():
    channels = 192
    for _, one, (_, three), (_, five), _ in MODULES.values():
        grown = naive_channels(channels, one, three, five)
        assert grown > channels
        channels = grown
    assert channels == 4944
    _, one, (_, three), (_, five), projected = MODULES["5b"]
    assert one + three + five + projected == 1024


class Heads(nn.Module):
    """Three heads that disagree, as early and late ones do."""

    def forward(self, x):
        logits = torch.tensor([[0.0, 1.0]]).expand(len(x), 2)
        return (logits, -2 * logits, -2 * logits) if self.training else logits


def test_training_heads_change_the_answer_and_leave_the_model_in_training():
    model, x = Heads().eval(), torch.zeros(3, 1)
    right = model(x).argmax(dim=1)
    assert right.tolist() == [1, 1, 1]
    assert classify(model, x).tolist() == [0, 0, 0]
    assert model.training  # batch statistics and dropout stay on as well
