"""What the small transformer promises: causal, tied, starts at ln V, overfits a batch, learns."""

import math

import pytest
import torch

from snippets.language_models import language_model_torch
from snippets.language_models.language_model_torch import (
    PASSAGE,
    WORDS,
    LanguageModel,
    continue_text,
    next_token_loss,
    sentences,
    small_model,
    train,
    train_on_text,
    windows,
)

FLOOR = 10 / 12 * math.log(2)


def test_a_later_token_changes_no_earlier_logit():
    model = small_model()
    tokens = windows(2, 4, torch.Generator().manual_seed(0))[:, :-1]
    changed = tokens.clone()
    changed[:, 30] = (changed[:, 30] + 1) % len(WORDS)
    with torch.no_grad():
        before, after = model(tokens), model(changed)
    torch.testing.assert_close(before[:, :30], after[:, :30])
    assert (before[:, 30] != after[:, 30]).any() and (before[:, 40] != after[:, 40]).any()


def test_the_output_embedding_is_the_input_embedding():
    model = small_model()
    assert model(torch.zeros(1, 3, dtype=torch.int64)).shape == (1, 3, 14)
    assert sum(p.numel() for p in model.parameters()) == 59_616
    assert not [name for name, _ in model.named_parameters() if "head" in name]


def test_weights_start_by_the_size_of_their_inputs_and_biases_at_0():
    for name, value in LanguageModel(30, 20, 48, num_heads=4, num_layers=2).named_parameters():
        if value.dim() == 2:
            std = 0.02 if "blocks" not in name else (3 * value.shape[1]) ** -0.5
            std *= 0.5 if name.endswith(("out.weight", "down.weight")) else 1  # 1 / sqrt(2 L)
            assert abs(value.std().item() / std - 1) < 5 / (2 * value.numel()) ** 0.5, name
        else:
            assert (value == (0 if name.endswith("bias") else 1)).all(), name


def test_a_block_adds_to_its_input():
    block, x = small_model().blocks[0], torch.randn(2, 5, 48, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        block.down.weight.zero_()
        assert (block(x) != x).any()  # attention is left
        block.out.weight.zero_()
        torch.testing.assert_close(block(x), x)


def test_a_block_is_pytorch_s_encoder_layer_with_a_causal_mask():
    block = small_model().blocks[0]
    layer = torch.nn.TransformerEncoderLayer(
        48, 4, dim_feedforward=192, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
    layer.self_attn.in_proj_weight, layer.self_attn.in_proj_bias = block.qkv.weight, block.qkv.bias
    layer.self_attn.out_proj, layer.linear1, layer.linear2 = block.out, block.up, block.down
    layer.norm1, layer.norm2 = block.norm1, block.norm2
    x = torch.randn(2, 5, 48, generator=torch.Generator().manual_seed(0))
    mask = torch.nn.Transformer.generate_square_subsequent_mask(5)
    torch.testing.assert_close(block(x), layer(x, src_mask=mask, is_causal=True))


def test_positions_are_added_to_tokens():
    model, tokens = LanguageModel(7, 5, 8, num_heads=2, num_layers=0), torch.tensor([[3, 0, 6]])
    embedded = model.tokens.weight[[3, 0, 6]] + model.positions.weight[:3]
    expected = torch.nn.functional.layer_norm(embedded, (8,)) @ model.tokens.weight.T
    torch.testing.assert_close(model(tokens)[0], expected)


def test_the_first_loss_is_near_ln_v():
    tokens = windows(64, 4, torch.Generator().manual_seed(1))
    losses = []
    for seed in range(3):
        with torch.no_grad():
            losses.append(next_token_loss(small_model(seed), tokens).item())
    # Never far: with tying, a token's own logit starts at about its embedding's length, 0.14.
    assert all(abs(loss - math.log(len(WORDS))) < 0.15 for loss in losses), losses


def test_without_tying_the_first_loss_is_ln_v():
    tokens = windows(64, 4, torch.Generator().manual_seed(1))
    for seed in range(3):
        model, other = small_model(seed), torch.randn(14, 48, generator=torch.Generator().manual_seed(seed))
        with torch.no_grad():
            x = model.tokens(tokens[:, :-1]) + model.positions.weight
            for block in model.blocks:
                x = block(x)
            for scale, tolerance in ((0.02, 0.1), (0.002, 0.01)):  # logits of about 7 times the scale
                logits = model.norm(x) @ (scale * other).T
                loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
                assert abs(loss.item() - math.log(14)) < tolerance


def test_sentences_repeat_their_nouns_in_turn():
    text = sentences(50, torch.Generator().manual_seed(3)).view(50, 12)
    assert (text[:, [0, 3, 6, 9]] == 0).all() and (text[:, [5, 11]] == 1).all()
    assert (text[:, 1] == text[:, 10]).all() and (text[:, 4] == text[:, 7]).all()
    assert text[:, [2, 8]].min() >= 10 and text[:, [1, 4]].max() < 10


def test_the_generator_decides_which_sentences_come():
    one, two = (windows(3, 2, torch.Generator().manual_seed(8)) for _ in range(2))
    assert torch.equal(one, two)
    assert not torch.equal(one, windows(3, 2, torch.Generator().manual_seed(9)))


def test_generation_is_repeatable_and_greedy_at_temperature_0():
    model = small_model()
    start = torch.zeros(2, 1, dtype=torch.int64)
    one, two = (model.generate(start, 5, torch.Generator().manual_seed(4)) for _ in range(2))
    assert one.shape == (2, 6) and torch.equal(one, two)
    best = model.generate(start, 1, torch.Generator(), temperature=0)[:, 1]
    assert torch.equal(best, model(start)[:, -1].argmax(dim=1))
    assert model.generate(start, 60, torch.Generator().manual_seed(4)).shape == (2, 61)  # beyond the context


def test_training_warms_up_clips_and_forgets_old_gradients():
    batches = [windows(2, 1, torch.Generator().manual_seed(seed)) for seed in range(23)]
    model, other = small_model().double(), small_model().double()
    train(model, batches, lr=2e-3)
    weights = list(other.parameters())
    optimizer = torch.optim.AdamW(weights, betas=(0.9, 0.95))
    for step, batch in enumerate(batches):
        grads = torch.autograd.grad(next_token_loss(other, batch), weights)
        norm = sum(grad.square().sum() for grad in grads).sqrt()
        for weight, grad in zip(weights, grads, strict=True):
            weight.grad = grad * min(1.0, 1 / norm.item())
        optimizer.param_groups[0]["lr"] = 2e-3 * min(1.0, (step + 1) / 20)
        optimizer.step()
    for ours, theirs in zip(model.parameters(), weights, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-4)


@pytest.mark.slow
def test_it_overfits_one_batch():
    batch = windows(4, 4, torch.Generator().manual_seed(5))
    losses = train(small_model(), (batch for _ in range(200)))
    # All windows begin alike, and which of the four it is cannot be known: ln 4 for 48 tokens, 0.029.
    assert math.log(4) / 48 - 0.001 < losses[-1] < 0.06 < FLOOR < losses[0]


@pytest.mark.slow
def test_it_reaches_the_entropy_in_400_batches():
    generator = torch.Generator().manual_seed(6)
    model = small_model(9)
    train(model, (windows(32, 4, generator) for _ in range(400)))
    with torch.no_grad():
        loss = next_token_loss(model, windows(200, 4, generator)).item()
    assert FLOOR - 0.005 < loss < FLOOR + 0.02


def test_any_text_can_be_learned_by_heart():
    model, alphabet, losses = train_on_text("abcd, " * 8, steps=60, context=8)
    assert alphabet == " ,abcd" and len(model.blocks) == 2
    assert len(losses) == 60 and losses[-1] < 0.5 < losses[0]
    assert continue_text(model, alphabet, "abcd, ", 12) == "abcd, " * 3
    again = train_on_text("abcd, " * 8, steps=3, context=8)[2]
    assert again == losses[:3]  # the seed says it all


def test_windows_of_a_text_reach_the_last_position():
    before, after = (train_on_text("abcdefg", steps=steps, context=4)[0] for steps in (0, 1))
    moved = (after.positions.weight - before.positions.weight).abs().amax(dim=1)
    assert (moved > 1e-5).all()  # a step of AdamW; weight decay alone moves less than 1e-7


def test_every_place_of_a_text_begins_a_window():
    model, alphabet, _ = train_on_text("abcdef", steps=40, context=4)
    assert continue_text(model, alphabet, "abcd", 1) == "abcde"
    assert continue_text(model, alphabet, "bcde", 1) == "bcdef"  # f stands in the second window only


def test_a_text_is_read_in_400_batches_of_32_windows_if_nothing_is_said(monkeypatch):
    shapes = []
    monkeypatch.setattr(language_model_torch, "train",
                        lambda model, batches: shapes.extend(batch.shape for batch in batches))
    train_on_text("abcdef" * 7)
    assert shapes == [(32, 32 + 1)] * 400  # 32 characters to see and one to guess


def test_a_text_must_fill_a_window():
    assert len(train_on_text("abcde", steps=1, context=4)[2]) == 1
    with pytest.raises(ValueError, match=r"more than 4 characters, got 4"):
        train_on_text("abcd", steps=1, context=4)
    with pytest.raises(ValueError, match=r"more than 32 characters, got 32"):
        train_on_text("ab" * 16, steps=1)


@pytest.mark.slow
def test_a_passage_of_prose_is_memorized():
    model, alphabet, losses = train_on_text(PASSAGE, seed=7)
    assert losses[-1] < 0.5 < 3 < losses[0]
    assert PASSAGE.startswith(continue_text(model, alphabet, PASSAGE[:24], 40))


def test_a_model_without_positions_to_spare_says_so_by_shape():
    model = LanguageModel(5, context=4, hidden=8, num_heads=2, num_layers=1)
    with pytest.raises(RuntimeError):
        model(torch.zeros(1, 5, dtype=torch.int64))
