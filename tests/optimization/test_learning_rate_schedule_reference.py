"""What no docstring promises and a reader's code may leave open: narrow types."""

import numpy as np

from snippets.optimization.learning_rate_schedule import inverse_sqrt, progress, warmup_factor


def test_steps_counted_in_one_byte_do_not_wrap_around():
    steps = np.array([0, 4, 9, 255], dtype=np.uint8)
    np.testing.assert_allclose(warmup_factor(steps, 20), [1 / 20, 5 / 20, 10 / 20, 1], rtol=1e-12)
    np.testing.assert_allclose(progress(steps, 5, 505), [0, 0, 4 / 500, 250 / 500], rtol=1e-12)
    np.testing.assert_allclose(inverse_sqrt(steps, 1.0, 4), [1 / 4, np.sqrt(4 / 5), np.sqrt(4 / 10), 1 / 8],
                               rtol=1e-12)
