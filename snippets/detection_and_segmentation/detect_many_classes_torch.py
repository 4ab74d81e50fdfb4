"""Classifiers of region features into 10,000 classes: full or sampled softmax, and names as weights.

Synthetic: each class has a hidden vector; a region's features and the embedding of the class's
name are both made from it. Names as fixed classifier weights: Gu et al., *ViLD*,
https://arxiv.org/abs/2104.13921; sampled softmax: Jean et al., https://arxiv.org/abs/1412.2007.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CLASSES, NOVEL, HIDDEN, FEATURES, EMBEDDING = 10_000, 1_000, 24, 64, 48


# --8<-- [start:world]
class World:
    """Class vectors, and from them names and region features; the last classes are novel."""

    def __init__(self, generator: torch.Generator):
        def normal(*shape: int) -> Tensor:
            return torch.randn(*shape, generator=generator)

        self.vectors = normal(CLASSES + NOVEL, HIDDEN)
        self.look = normal(HIDDEN, FEATURES) / HIDDEN**0.5
        name = self.vectors @ (normal(HIDDEN, EMBEDDING) / HIDDEN**0.5)
        self.names = F.normalize(name + 0.5 * normal(*name.shape), dim=1)
        # the frequency falls like 1 / rank, as in a long-tailed data set
        self.frequency = 1 / (torch.arange(CLASSES) + 10.0)
        self.frequency /= self.frequency.sum()

    def features(self, classes: Tensor, generator: torch.Generator) -> Tensor:
        """Region features with noise: (N,) classes -> (N, 64)."""
        x = 2 * torch.tanh(self.vectors[classes] @ self.look)
        return x + 0.8 * torch.randn(x.shape, generator=generator)
# --8<-- [end:world]


# --8<-- [start:sampled]
def sampled_softmax(features: Tensor, weight: Tensor, targets: Tensor,
                    sampled: Tensor, log_expected: Tensor) -> Tensor:
    """Cross-entropy over the target and the sampled classes, with correction.

    Args:
        features: (N, D).
        weight: (num_classes, D).
        targets: (N,).
        sampled: (S,), shared by the batch.
        log_expected: (num_classes,), log of the expected number of draws.
    """
    own = (features * weight[targets]).sum(dim=1) - log_expected[targets]  # (N,)
    others = features @ weight[sampled].T - log_expected[sampled]  # (N, S)
    others = others.masked_fill(sampled == targets[:, None], -torch.inf)
    logits = torch.cat([own[:, None], others], dim=1)  # (N, 1 + S), target first
    return F.cross_entropy(logits, torch.zeros_like(targets))
# --8<-- [end:sampled]


# --8<-- [start:model]
class Classifier(nn.Module):
    """Region features -> embedding, compared with learned rows or with names."""

    def __init__(self, names: Tensor | None = None):
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(FEATURES, 128), nn.ReLU(),
                                   nn.Linear(128, EMBEDDING))
        if names is None:
            self.weight = nn.Parameter(0.1 * torch.randn(CLASSES, EMBEDDING))
        else:
            self.register_buffer("weight", names)
        self.by_name = names is not None
        self.log_scale = nn.Parameter(torch.tensor(3.0), requires_grad=self.by_name)

    def forward(self, features: Tensor) -> Tensor:
        """(N, 64) -> (N, 48); dot products with rows of weight are logits."""
        x = self.embed(features)
        return F.normalize(x, dim=1) * self.log_scale.exp() if self.by_name else x
# --8<-- [end:model]


# --8<-- [start:train]
def train(world: World, seed: int, steps: int, num_sampled: int = 0, correct: bool = True,
          by_name: bool = False, batch: int = 256) -> tuple[Classifier, list[float]]:
    """Train one classifier; num_sampled 0 is the full softmax over the 10,000 classes."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Classifier(world.names[:CLASSES] if by_name else None)
    log_expected = (num_sampled * world.frequency).log() if num_sampled else world.frequency
    log_expected = log_expected if correct else torch.zeros(CLASSES)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    losses = []
    for _ in range(steps):
        draw = torch.multinomial(world.frequency, batch + num_sampled, True, generator=generator)
        targets, sampled = draw[:batch], draw[batch:]
        embedded = model(world.features(targets, generator))
        if num_sampled:
            loss = sampled_softmax(embedded, model.weight, targets, sampled, log_expected)
        else:
            loss = F.cross_entropy(embedded @ model.weight.T, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return model.eval(), losses
# --8<-- [end:train]
