"""The mock-up against PyTorch's own transformer layer, and the identities of DyT."""

import torch
from torch import nn

from snippets.interviews.explain_a_paper import dyt
from snippets.interviews.explain_a_paper_torch import Block, DyT, TinyViT


def pair(norm, seed: int = 0):
    """Our block and nn.TransformerEncoderLayer with the same weights, in float64."""
    torch.manual_seed(seed)
    ours = Block(12, 3, norm).double()
    for parameter in (*ours.norm1.parameters(), *ours.norm2.parameters()):
        nn.init.uniform_(parameter, 0.2, 2.0)  # else both norms are equal and could be swapped
    theirs = nn.TransformerEncoderLayer(
        12, 3, dim_feedforward=48, dropout=0.0, activation="gelu", batch_first=True, norm_first=True,
    ).double()  # stays in training mode: the fast path of evaluation would skip a swapped norm
    theirs.self_attn.load_state_dict(ours.attention.state_dict())
    theirs.linear1.load_state_dict(ours.mlp[0].state_dict())
    theirs.linear2.load_state_dict(ours.mlp[2].state_dict())
    theirs.norm1, theirs.norm2 = ours.norm1, ours.norm2
    return ours, theirs


def test_the_block_is_a_pre_norm_encoder_layer_with_either_norm():
    for norm in (nn.LayerNorm, DyT):
        with torch.random.fork_rng():
            ours, theirs = pair(norm)
        x = torch.randn(2, 5, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-10, atol=1e-12)


def test_the_layer_is_the_numpy_one():
    layer = DyT(7, alpha=0.8).double()
    x = torch.randn(3, 2, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        layer.weight.uniform_(-2, 2, generator=torch.Generator().manual_seed(3))
        layer.bias.uniform_(-2, 2, generator=torch.Generator().manual_seed(4))
        mine = dyt(x.numpy(), layer.alpha.item(), layer.weight.numpy(), layer.bias.numpy())
        torch.testing.assert_close(layer(x), torch.tensor(mine), rtol=1e-10, atol=1e-12)


def test_a_token_of_dyt_sees_no_other_token_before_attention():
    layer, x = DyT(4), torch.zeros(1, 3, 4)
    moved = x.clone()
    moved[0, 1, 2] = 5.0
    assert (layer(moved) != layer(x)).sum() == 1


def test_swapping_the_norm_adds_one_parameter_per_layer():
    def count(norm, depth):
        return sum(p.numel() for p in TinyViT(norm, depth=depth).parameters())

    with torch.random.fork_rng():
        # embed 160, positions 512, block 12,704, last norm 64, head 330: counted by hand
        assert count(nn.LayerNorm, 4) == 160 + 512 + 4 * 12_704 + 64 + 330 == 51_882
        assert count(DyT, 4) - count(nn.LayerNorm, 4) == 2 * 4 + 1
        assert len(TinyViT(DyT).blocks) == 4
    assert DyT(3).alpha.item() == 0.5


def test_positions_start_small():
    with torch.random.fork_rng():
        torch.manual_seed(6)
        position = TinyViT(DyT, depth=0).position
    # the standard deviation of 512 normal draws is known to 1 / sqrt(1024) = 3 %
    assert abs(position.std().item() / 0.02 - 1) < 5 / 32


def test_the_network_adds_positions_and_normalizes_before_the_mean():
    with torch.random.fork_rng():
        torch.manual_seed(5)
        model = TinyViT(DyT, depth=0)
        images = torch.randn(3, 8, 8)
    tokens = torch.stack(
        [images[:, i:i + 2, j:j + 2].reshape(3, 4) for i in range(0, 8, 2) for j in range(0, 8, 2)], dim=1
    )
    expected = model.head(model.norm(model.embed(tokens) + model.position).mean(dim=1))
    torch.testing.assert_close(model(images), expected)


def test_patches_are_cut_in_the_order_of_reading():
    with torch.random.fork_rng():
        model = TinyViT(nn.LayerNorm, depth=0)
    seen = []
    model.embed.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    image = torch.arange(64.0).reshape(1, 8, 8)
    assert model(image).shape == (1, 10)
    torch.testing.assert_close(seen[0][0, 0], torch.tensor([0.0, 1.0, 8.0, 9.0]))
    torch.testing.assert_close(seen[0][0, 5], torch.tensor([18.0, 19.0, 26.0, 27.0]))
