"""A decoder-only transformer, trained on sentences whose entropy is known.

Pre-norm blocks, learned positions, input and output embedding shared: the layout of GPT-2.
Sharing: Press and Wolf 2016, https://arxiv.org/abs/1608.05859.
"""

import math

import torch
from torch import nn
from torch.nn import functional

# --8<-- [start:text]
NOUNS = ["fox", "owl", "hen", "cat", "dog", "bee", "elk", "jay"]
VERBS = ["saw", "met", "heard", "knew"]
WORDS = ["the", ".", *NOUNS, *VERBS]  # V = 14 tokens


def sentences(pairs: int, generator: torch.Generator) -> torch.Tensor:
    """Tokens of ``pairs`` x 12: the A saw the B . the B met the A .

    A, B and both verbs are drawn evenly: 3 + 3 + 2 + 2 = 10 bits for 12 tokens.
    """
    a, b = 2 + torch.randint(8, (2, pairs), generator=generator)
    first, second = 10 + torch.randint(4, (2, pairs), generator=generator)
    the, stop = torch.zeros_like(a), torch.ones_like(a)
    words = [the, a, first, the, b, stop, the, b, second, the, a, stop]
    return torch.stack(words, dim=1).flatten()
# --8<-- [end:text]


# --8<-- [start:model]
class Block(nn.Module):
    """x + attention(norm(x)), then x + feed_forward(norm(x)), on (N, T, D)."""

    def __init__(self, hidden: int, num_heads: int):
        super().__init__()
        self.num_heads = num_heads
        self.norm1, self.norm2 = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.up = nn.Linear(hidden, 4 * hidden)
        self.down = nn.Linear(4 * hidden, hidden)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        N, T, D = x.shape
        qkv = self.qkv(self.norm1(x)).view(N, T, 3, self.num_heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # (N, heads, T, D / heads) each
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(N, T, D))
        return x + self.down(functional.gelu(self.up(self.norm2(x))))


class LanguageModel(nn.Module):
    """Logits for the next token at every position."""

    def __init__(self, vocab_size: int, context: int, hidden: int, num_heads: int,
                 num_layers: int):
        super().__init__()
        self.context = context
        self.tokens = nn.Embedding(vocab_size, hidden)
        self.positions = nn.Embedding(context, hidden)
        blocks = [Block(hidden, num_heads) for _ in range(num_layers)]
        self.blocks = nn.ModuleList(blocks)
        self.norm = nn.LayerNorm(hidden)
        for name, value in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(value)
            elif name in ("tokens.weight", "positions.weight"):
                # Small, so that logits start near 0 and the loss near ln V.
                nn.init.normal_(value, std=0.02)
            elif value.dim() == 2:  # by the inputs: 0.02 everywhere suits D = 768
                nn.init.normal_(value, std=(3 * value.shape[1]) ** -0.5)
                if name.endswith(("out.weight", "down.weight")):
                    # 2 L summands in the residual keep its variance.
                    value.data.mul_((2 * num_layers) ** -0.5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits (N, T, V) for tokens (N, T)."""
        x = self.tokens(tokens) + self.positions.weight[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.tokens.weight.T  # weight tying

    @torch.no_grad()
    def generate(self, tokens: torch.Tensor, steps: int, generator: torch.Generator,
                 temperature: float = 1.0) -> torch.Tensor:
        """(N, T) and ``steps`` sampled tokens; temperature 0 takes the best."""
        for _ in range(steps):
            logits = self(tokens[:, -self.context:])[:, -1]  # (N, V)
            if temperature == 0:
                new = logits.argmax(dim=1, keepdim=True)
            else:
                probs = (logits / temperature).softmax(dim=1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens
# --8<-- [end:model]


# --8<-- [start:train]
def next_token_loss(model: LanguageModel, tokens: torch.Tensor) -> torch.Tensor:
    """Mean -ln p of tokens[:, 1:], each given what is before it, in nats."""
    logits = model(tokens[:, :-1])
    return functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())


def train(model: LanguageModel, batches, lr: float = 1.5e-3) -> list[float]:
    """AdamW, a warm-up of 20 steps, clipped at norm 1; the loss of every batch."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, betas=(0.9, 0.95))
    losses = []
    for step, tokens in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = lr * min(1.0, (step + 1) / 20)
        loss = next_token_loss(model, tokens)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses
# --8<-- [end:train]


# --8<-- [start:own]
def train_on_text(text: str, steps: int = 400, context: int = 32,
                  seed: int = 0) -> tuple[LanguageModel, str, list[float]]:
    """A small model of the characters of any text, trained on random windows.

    Args:
        text: More than ``context`` characters.
        steps: Batches of 32 windows.
        context: How many characters the model sees.
        seed: For weights and windows.

    Returns:
        The model, its alphabet (token i is character i), the loss of each batch.

    Raises:
        ValueError: If the text does not fill a window.
    """
    if len(text) <= context:
        raise ValueError(f"text must have more than {context} characters, "
                         f"got {len(text)}")
    alphabet = "".join(sorted(set(text)))
    tokens = torch.tensor([alphabet.index(character) for character in text])
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LanguageModel(len(alphabet), context, 48, 4, 2)
    every = tokens.unfold(0, context + 1, 1)  # (T - context, context + 1)

    def batches():
        for _ in range(steps):
            yield every[torch.randint(len(every), (32,), generator=generator)]

    return model, alphabet, train(model, batches())


def continue_text(model: LanguageModel, alphabet: str, start: str,
                  steps: int) -> str:
    """``start`` and the ``steps`` most probable characters after it, one by one."""
    tokens = torch.tensor([[alphabet.index(character) for character in start]])
    out = model.generate(tokens, steps, torch.Generator(), temperature=0)
    return "".join(alphabet[token] for token in out[0])
# --8<-- [end:own]


PASSAGE = (
    "The night train to the coast was late, so the station master made tea and told us how the "
    "line was built. Engineers had wanted a tunnel through the ridge, he said, but the rock kept "
    "breaking their drills, and after two winters they gave up and laid the track around it. That "
    "is why the journey takes an hour longer than the map suggests, and why every seat on the left "
    "has a view of the river. Nobody complains now. Children count the bridges, of which there are "
    "eleven, and old men argue whether the ninth should count, since it only crosses a ditch. When "
    "the train came at last its lamps were covered with snow, and the driver leaned out and asked "
    "whether there was any tea left."
)


def windows(batch: int, pairs: int, generator: torch.Generator) -> torch.Tensor:
    """(batch, 12 pairs + 1): whole pairs of sentences and the first word of the next."""
    text = sentences(batch * pairs, generator).view(batch, 12 * pairs)
    return torch.cat([text, torch.zeros(batch, 1, dtype=text.dtype)], dim=1)


def small_model(seed: int = 0) -> LanguageModel:
    """Two layers of 48 with four heads, for 48 tokens."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return LanguageModel(len(WORDS), context=48, hidden=48, num_heads=4, num_layers=2)


if __name__ == "__main__":
    generator = torch.Generator().manual_seed(1)
    model = small_model()
    losses = train(model, (windows(32, 4, generator) for _ in range(400)))
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters; ln V = {math.log(len(WORDS)):.3f}, "
          f"first loss {losses[0]:.3f}, last {losses[-1]:.3f}, entropy {10 / 12 * math.log(2):.3f} nats")
    sample = model.generate(torch.zeros(1, 1, dtype=torch.int64), 47, generator)
    print(" ".join(WORDS[token] for token in sample[0]))
    model, alphabet, losses = train_on_text(PASSAGE)
    print(f"{len(PASSAGE)} characters, {len(alphabet)} different: {losses[0]:.3f} to {losses[-1]:.3f}")
    print(continue_text(model, alphabet, PASSAGE[:24], 120))
