"""The wrong way does what the page says it does."""

import numpy as np

from snippets.regularization.reduce_overfitting_mistakes import best_on_the_test_set


def test_six_equal_models_look_more_than_a_point_better_than_they_are():
    # error 9 % on 797 images, each model with independent mistakes
    errors = np.random.default_rng(0).binomial(797, 0.09, size=(20_000, 6)) / 797 * 100
    optimism = 9 - best_on_the_test_set(errors).mean()
    # 1.267 standard errors, the expected maximum of six normals; here 1.28 points
    assert round(float(optimism), 1) == 1.3
