"""Images and texts, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:mixed]
def search(query, images, texts):
    """WRONG: one ranking for both modalities, which lie apart."""
    items = np.concatenate([images, texts])
    return np.argsort(-items @ query)  # right: rank each modality by itself
# --8<-- [end:mixed]


# --8<-- [start:merge]
def merge_four(x):
    """WRONG: four patches in reading order are a strip, not a 2 x 2 block."""
    n, tokens, channels = x.shape
    return x.reshape(n, tokens // 4, 4 * channels)  # right: cut rows and columns
# --8<-- [end:merge]


# --8<-- [start:words]
def encode_words(caption, vectors):
    """WRONG for who did what to whom: a sum does not know the order."""
    return sum(vectors[word] for word in caption.split())
# --8<-- [end:words]
