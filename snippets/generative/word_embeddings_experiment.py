"""Skip-gram, PMI and raw counts on a small text in which pairs of words share contexts but never meet.

Run ``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/generative/word_embeddings_experiment.py`` to
write the JSON beside this file.
"""

import json
import platform
import re
import time
from pathlib import Path

import numpy as np

from snippets.generative.word_embeddings import (
    bag_of_words,
    nearest,
    pair_counts,
    sgns_loss_and_grads,
    shifted_pmi,
    tf_idf,
)

TEXT = """
The cat sleeps on the warm sofa. The dog sleeps on the old sofa. A hungry cat begs for food at the
kitchen door. A hungry dog begs for food at the table. The children brush the cat until its fur
shines. The children brush the dog until its fur is soft. Our neighbor feeds her cat some fish. Our
neighbor feeds his dog some meat. My dog chases a ball in the garden. My cat chases a mouse in the
garden. The vet looks at the paw of the cat. The vet looks at the paw of the dog. She pours hot tea
into a cup. He pours hot coffee into a cup. A cup of strong coffee wakes the baker. A cup of strong
tea wakes the sailor. They drink tea with honey at breakfast. They drink coffee with sugar at
breakfast. The waiter brings coffee and a spoon. The waiter brings tea and a spoon. Black tea tastes
bitter without milk. Black coffee tastes bitter without milk. The boat leaves the harbor at dawn. The
ferry leaves the harbor at noon. A captain steers the ferry across the bay. A captain steers the boat
along the coast. High waves rock the boat in the storm. High waves rock the ferry in the wind. The
sailor paints the hull of the boat white. The sailor paints the hull of the ferry blue. The crew ties
the ferry to the pier. The crew ties the boat to the pier. The baker slices fresh bread for
breakfast. The baker slices fresh cake for the guests. Bread rises in the warm oven. The cake rises in
the hot oven. Butter melts on a slice of bread. Cream melts on a slice of cake. Grandmother bakes
bread with flour and salt. Grandmother bakes cake with flour and eggs. Rain falls on the roof all
night. Snow falls on the roof all night. Heavy snow closes the road over the hills. Heavy rain floods
the road by the river. Dark clouds bring rain in autumn. Dark clouds bring snow in winter. The
forecast warns of rain tomorrow. The forecast warns of snow tomorrow. She practices the violin before
the concert. He practices the piano before the concert. A teacher tunes the piano in the hall. A
teacher tunes the violin in the hall. The audience hears a slow piano melody. The audience hears a
slow violin melody. The pupil plays scales on the violin. The pupil plays scales on the piano. The
king wears a golden crown in the palace. The queen wears a golden crown in the palace. The king rules
the land from a throne. The queen rules the land from a throne. The king trims his gray beard with
his barber. The queen braids her long hair with her sister. The man plows the field on the farm. The
woman plows the field on the farm. The man mends the fence of the farm. The woman mends the fence of
the farm. The man trims his gray beard with his barber. The woman braids her long hair with her sister.
"""
STOP = {"the", "a", "an", "on", "in", "at", "of", "for", "to", "with", "and", "is", "its", "some", "our",
        "my", "all", "over", "by", "from", "into", "they", "she", "he", "until", "before", "without",
        "along", "across"}
PAIRS = [("cat", "dog"), ("tea", "coffee"), ("boat", "ferry"), ("bread", "cake"), ("rain", "snow"),
         ("violin", "piano"), ("king", "queen"), ("man", "woman")]
WINDOW, DIM, NEGATIVES = 3, 16, 5


def corpus() -> tuple[list[list[str]], list[str]]:
    """Sentences without stop words, and the words that occur, in alphabetical order."""
    sentences = [[word for word in re.findall("[a-z]+", sentence.lower()) if word not in STOP]
                 for sentence in TEXT.split(".") if sentence.strip()]
    return sentences, sorted({word for words in sentences for word in words})


def train(counts: np.ndarray, steps: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Skip-gram vectors: batches of 256 pairs, negatives by frequency to the power 0.75, Adam."""
    size = len(counts)
    w_in, w_out = rng.normal(size=(size, DIM)) * 0.1, rng.normal(size=(size, DIM)) * 0.1
    pairs = counts.ravel() / counts.sum()
    noise = counts.sum(axis=0) ** 0.75
    noise = np.cumsum(noise / noise.sum())
    drawn = rng.choice(size * size, size=(steps, 256), p=pairs)
    first, second = [np.zeros((size, DIM))] * 2, [np.zeros((size, DIM))] * 2
    for t in range(1, steps + 1):
        centers, contexts = np.divmod(drawn[t - 1], size)
        negatives = np.minimum(np.searchsorted(noise, rng.uniform(size=(256, NEGATIVES))), size - 1)
        grads = sgns_loss_and_grads(centers, contexts, negatives, w_in, w_out)[1:]
        first = [0.9 * m + 0.1 * g for m, g in zip(first, grads, strict=True)]
        second = [0.999 * v + 0.001 * g**2 for v, g in zip(second, grads, strict=True)]
        scale = 0.02 * (1 - t / steps) * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        w_in, w_out = (w - scale * m / (np.sqrt(v) + 1e-8)
                       for w, m, v in zip((w_in, w_out), first, second, strict=True))
    return w_in, w_out


def partners_first(vectors: np.ndarray, vocabulary: list[str]) -> int:
    """Of the 16 words in PAIRS, how many have their partner as nearest neighbor."""
    found = 0
    for pair in PAIRS:
        for word, partner in (pair, pair[::-1]):
            i = vocabulary.index(word)
            order = [j for j in nearest(vectors[i], vectors) if j != i]
            found += vocabulary[order[0]] == partner
    return found


def analogy(vectors: np.ndarray, vocabulary: list[str]) -> list[str]:
    """The three nearest words to king - man + woman, the words of the question included."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    king, man, woman = (unit[vocabulary.index(word)] for word in ("king", "man", "woman"))
    return [vocabulary[i] for i in nearest(king - man + woman, vectors)[:3]]


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def run(seeds: int = 5, steps: int = 2000) -> dict:
    """Neighbors by method; one entry per seed where there is chance."""
    sentences, vocabulary = corpus()
    counts = pair_counts(sentences, vocabulary, WINDOW)
    index = {word: i for i, word in enumerate(vocabulary)}
    result = {"sentences": len(sentences), "words": len(vocabulary), "tokens": sum(map(len, sentences)),
              "meetings": sum(int(counts[index[a], index[b]]) for a, b in PAIRS),
              "zeros": float(np.mean(counts == 0))}
    positive = np.maximum(shifted_pmi(counts, 1), 0)
    left, singular, _ = np.linalg.svd(positive)
    dense = left[:, :DIM] * np.sqrt(singular[:DIM])
    bags = bag_of_words(sentences, vocabulary)
    for name, vectors in [("documents", bags.T), ("counts", counts), ("ppmi", positive), ("svd", dense)]:
        result[name] = partners_first(vectors, vocabulary)
        result[f"{name}_analogy"] = analogy(vectors, vocabulary)
    result |= {"skip_gram": [], "analogies": [], "together": [], "apart": []}
    queries = [["hot", "tea"], ["strong", "coffee"], ["ferry", "harbor"]]
    bag = tf_idf(bag_of_words(queries, vocabulary))
    result["bag_together"], result["bag_apart"] = float(bag[0] @ bag[1]), float(bag[0] @ bag[2])
    for seed in range(seeds):
        w_in, _ = train(counts, steps, np.random.default_rng(seed))
        result["skip_gram"].append(partners_first(w_in, vocabulary))
        result["analogies"].append(analogy(w_in, vocabulary))
        means = [np.mean([w_in[index[word]] for word in words], axis=0) for words in queries]
        result["together"].append(cosine(means[0], means[1]))
        result["apart"].append(cosine(means[0], means[2]))
        if seed == 0:
            shown = [index[word] for pair in PAIRS for word in pair]
            centered = w_in[shown] / np.linalg.norm(w_in[shown], axis=1, keepdims=True)
            result["cosines"] = (centered @ centered.T).round(3).tolist()
    return result


if __name__ == "__main__":
    begin = time.process_time()
    measured = run()
    measured["run"] = {"numpy": np.__version__, "python": platform.python_version(),
                       "cpu_seconds": round(time.process_time() - begin)}
    Path(__file__).with_suffix(".json").write_text(json.dumps(measured) + "\n", encoding="utf-8")
    for name, value in measured.items():
        if name != "cosines":
            print(name, value)
