"""Zero-shot classes from prompts, SigLIP's loss, image tokens, a resampler, paired-caption scores.

CLIP: Radford and others 2021, https://arxiv.org/abs/2103.00020. SigLIP: Zhai and others 2023,
https://arxiv.org/abs/2303.15343. Winoground: Thrush and others 2022,
https://arxiv.org/abs/2204.03162.
"""

import numpy as np


# --8<-- [start:zero_shot]
def normalize(x: np.ndarray) -> np.ndarray:
    """Rows of length 1, along the last axis.

    Args:
        x: (..., D), no row zero.

    Returns:
        Same shape.
    """
    return x / np.sqrt((x * x).sum(axis=-1, keepdims=True))


def zero_shot_weights(prompt_features: np.ndarray) -> np.ndarray:
    """One direction for each class: mean of its normalized prompts, normalized.

    Args:
        prompt_features: Encoded "a photo of a dog.", "a drawing of a dog." and so
            on, (K, P, D): K classes with P prompts each.

    Returns:
        (K, D).

    Raises:
        ValueError: If there is no prompt.
    """
    if prompt_features.ndim != 3 or prompt_features.shape[1] == 0:
        raise ValueError(
            f"prompt_features must be (K, P, D), got {prompt_features.shape}")
    return normalize(normalize(prompt_features).mean(axis=1))


def zero_shot_probs(image_features: np.ndarray, weights: np.ndarray,
                    logit_scale: float = 100.0) -> np.ndarray:
    """Softmax over classes of logit_scale times the cosine.

    Args:
        image_features: Not yet normalized, (N, D).
        weights: Of ``zero_shot_weights``, (K, D).
        logit_scale: One over the temperature; CLIP's ended at 100.

    Returns:
        (N, K).
    """
    logits = logit_scale * normalize(image_features) @ weights.T  # (N, K)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
# --8<-- [end:zero_shot]


# --8<-- [start:siglip]
def siglip_loss(image_features: np.ndarray, text_features: np.ndarray,
                logit_scale: float = 10.0, logit_bias: float = -10.0) -> tuple:
    """Binary loss of all N * N pairs, divided by N.

    Pair (i, j) has the logit z = logit_scale * cosine + logit_bias, and costs
    ln(1 + e^-z) if i = j, else ln(1 + e^z).

    Args:
        image_features: Not yet normalized, (N, D).
        text_features: Text i describes image i, (N, D).
        logit_scale: Multiplies cosines.
        logit_bias: Starts low: of N pairs in a row only one belongs together.

    Returns:
        The loss, the gradients at both features, at scale and at bias.

    Raises:
        ValueError: If the shapes differ or there are no pairs.
    """
    if image_features.shape != text_features.shape or len(image_features) == 0:
        raise ValueError(
            f"text_features must be {image_features.shape} and not empty, "
            f"got {text_features.shape}")
    image, text = normalize(image_features), normalize(text_features)
    cosine = image @ text.T  # (N, N)
    n = len(image)
    sign = 2 * np.eye(n, dtype=cosine.dtype) - 1  # +1 on the diagonal, else -1
    margin = sign * (logit_scale * cosine + logit_bias)
    loss = float(np.logaddexp(0, -margin).sum() / n)
    # d ln(1 + e^-m) / dm = -sigmoid(-m), as tanh, which does not overflow.
    grad = -sign * 0.5 * (1 - np.tanh(0.5 * margin)) / n
    grads = []
    pairs = ((image_features, image, grad @ text),
             (text_features, text, grad.T @ image))
    for raw, unit, at_unit in pairs:  # back through the normalization
        along = (at_unit * unit).sum(axis=1, keepdims=True)
        length = np.sqrt((raw * raw).sum(axis=1, keepdims=True))
        grads.append(logit_scale * (at_unit - along * unit) / length)
    return loss, *grads, float((grad * cosine).sum()), float(grad.sum())
# --8<-- [end:siglip]


# --8<-- [start:tokens]
def image_tokens(height: int, width: int, patch_size: int, merge: int = 1) -> int:
    """Tokens of an image: blocks of merge x merge patches, rounded up to cover it.

    Args:
        height: Pixels.
        width: Pixels.
        patch_size: Side of a patch in pixels.
        merge: Patches per side that become one token.

    Returns:
        Number of tokens.

    Raises:
        ValueError: If a size is not positive.
    """
    if min(height, width, patch_size, merge) < 1:
        raise ValueError(
            f"sizes must be positive, got {(height, width, patch_size, merge)}")
    side = patch_size * merge
    return -(-height // side) * -(-width // side)


def merge_patches(x: np.ndarray, rows: int, cols: int, merge: int) -> np.ndarray:
    """Put merge x merge neighbors side by side: fewer and wider tokens.

    Args:
        x: Patches in reading order, (N, rows * cols, C).
        rows: Patches from top to bottom, a multiple of ``merge``.
        cols: Patches from left to right, a multiple of ``merge``.
        merge: Side of a block.

    Returns:
        (N, rows * cols / merge^2, merge^2 * C), blocks and patches in them in
        reading order.

    Raises:
        ValueError: If the numbers do not fit.
    """
    if merge < 1 or x.shape[1] != rows * cols or rows % merge or cols % merge:
        raise ValueError(
            f"{x.shape[1]} patches are not {rows} x {cols} in blocks of {merge}")
    n, _, c = x.shape
    x = x.reshape(n, rows // merge, merge, cols // merge, merge, c)
    x = x.transpose(0, 1, 3, 2, 4, 5)  # (N, R, m, S, m, C) -> (N, R, S, m, m, C)
    return x.reshape(n, rows * cols // merge**2, merge**2 * c)
# --8<-- [end:tokens]


# --8<-- [start:resample]
def resample(x: np.ndarray, queries: np.ndarray, weight_k: np.ndarray,
             weight_v: np.ndarray) -> np.ndarray:
    """Cross-attention from learned queries: Q tokens out, however many go in.

    Args:
        x: Patch features, (N, T, C).
        queries: Learned, (Q, D).
        weight_k: (D, C).
        weight_v: (E, C).

    Returns:
        (N, Q, E).
    """
    scores = queries @ (x @ weight_k.T).swapaxes(1, 2) / np.sqrt(queries.shape[1])
    e = np.exp(scores - scores.max(axis=2, keepdims=True))  # (N, Q, T)
    return (e / e.sum(axis=2, keepdims=True)) @ (x @ weight_v.T)
# --8<-- [end:resample]


# --8<-- [start:paired]
def paired_scores(similarity: np.ndarray) -> tuple:
    """Winoground's text, image and group score; a tie is not right.

    Args:
        similarity: (N, 2, 2), of caption i with image j; i = j belong together.

    Returns:
        Share of examples in which each image prefers its caption, in which each
        caption prefers its image, and in which both hold.

    Raises:
        ValueError: If the shape is another or N is 0.
    """
    s = similarity
    if s.shape[1:] != (2, 2) or not len(s):
        raise ValueError(f"similarity must be (N, 2, 2) with N > 0, got {s.shape}")
    text = (s[:, 0, 0] > s[:, 1, 0]) & (s[:, 1, 1] > s[:, 0, 1])
    image = (s[:, 0, 0] > s[:, 0, 1]) & (s[:, 1, 1] > s[:, 1, 0])
    return float(text.mean()), float(image.mean()), float((text & image).mean())
# --8<-- [end:paired]


def embeddings(rng: np.random.Generator, images: int, gap: float, classes: int = 20,
               prompts: int = 8, dim: int = 64) -> tuple:
    """A synthetic CLIP: concept + the modality's own direction + noise.

    Args:
        rng: Source of everything.
        images: Per class.
        gap: Length of each modality's offset; a concept has length 1.
        classes: K.
        prompts: P.
        dim: D.

    Returns:
        Image features (K * images, D), labels, prompt features (K, P, D).
    """
    concept = normalize(rng.standard_normal((classes, dim)))
    offsets = gap * normalize(rng.standard_normal((2, dim)))
    labels = np.repeat(np.arange(classes), images)
    noise = rng.standard_normal((len(labels), dim)) / np.sqrt(dim)
    image = concept[labels] + offsets[0] + 1.2 * noise
    wording = rng.standard_normal((classes, prompts, dim)) / np.sqrt(dim)
    return image, labels, concept[:, None] + offsets[1] + 1.0 * wording


if __name__ == "__main__":
    for gap in (0.0, 1.5):
        image, labels, prompts = embeddings(np.random.default_rng(0), 50, gap)
        right = [float((zero_shot_probs(image, zero_shot_weights(prompts[:, :p])).argmax(1)
                        == labels).mean()) for p in (1, 2, 4, 8)]
        unit, texts = normalize(image), normalize(prompts[:, 0])
        between = float((unit @ texts.T)[np.arange(len(labels)), labels].mean())
        within = float((unit @ unit.T)[np.triu_indices(len(unit), 1)].mean())
        distance = float(np.sqrt(((unit.mean(0) - texts.mean(0)) ** 2).sum()))
        print(f"gap {gap}: right with 1, 2, 4, 8 prompts", [round(100 * r, 1) for r in right],
              f"cosine with its text {between:.2f}, between any two images {within:.2f},",
              f"distance of means {distance:.2f}")
    image, labels, prompts = embeddings(np.random.default_rng(0), 50, 1.5)
    weights = zero_shot_weights(prompts)
    unit, texts = normalize(image), normalize(prompts)
    centered = zero_shot_weights(texts - texts.mean(axis=(0, 1)))
    guess = zero_shot_probs(unit - unit.mean(axis=0), centered).argmax(axis=1)
    print("each modality centered, 8 prompts:", round(100 * float((guess == labels).mean()), 1))
    query = texts[:, 0]  # one text of each class asks; a wrong text competes with the right images
    best_image = np.stack([(query @ unit.T)[k, labels == k].max() for k in range(20)])
    others = query @ texts[:, 1].T - 2 * np.eye(20)
    print("a wrong text beats every right image:", float((others.max(axis=1) > best_image).mean()))
    for scale in (1.0, 10.0, 100.0):
        probs = zero_shot_probs(image, weights, scale)
        print(f"scale {scale}: mean of the largest probability {probs.max(1).mean():.3f},",
              f"right {(probs.argmax(1) == labels).mean():.3f}")
    for bias in (0.0, -10.0):
        n = 32_768  # cosines near 0 at the start
        print(f"first SigLIP loss, bias {bias}:",
              round(float(np.logaddexp(0, -bias) + (n - 1) * np.logaddexp(0, bias)), 2))
    print("tokens", image_tokens(224, 224, 14), image_tokens(336, 336, 14),
          5 * image_tokens(336, 336, 14), image_tokens(1024, 1024, 16, 2),
          image_tokens(1080, 1920, 16, 2), image_tokens(1080, 1920, 16))
    print("cache of 2,040 tokens in MB", round(2040 * 131_072 / 1e6))
    orders = np.random.default_rng(0).standard_normal((100_000, 2, 2))
    print("chance", [round(one, 3) for one in paired_scores(orders)])
