"""Wrong code around word vectors. The tests show how each piece fails."""

import numpy as np


# --8<-- [start:repeat]
def add_rows(table: np.ndarray, ids: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """WRONG when an id repeats: only its last row is added."""
    table = table.copy()
    table[ids] += rows  # right: np.add.at(table, ids, rows)
    return table
# --8<-- [end:repeat]


# --8<-- [start:idf]
def idf_unsmoothed(counts: np.ndarray) -> np.ndarray:
    """WRONG for a word of the vocabulary that no document has: log(N / 0)."""
    return np.log(len(counts) / (counts > 0).sum(axis=0))
# --8<-- [end:idf]
