"""What an error says, word for word: a reader who writes the function has other words."""

import pytest

from snippets.data.hard_negatives import positive_share


def test_a_threshold_above_everything_is_refused_with_both_rates():
    with pytest.raises(ValueError, match=r"^nothing above the threshold: recall 0\.0, fpr 0\.0$"):
        positive_share(0.1, 0.0, 0.0)
