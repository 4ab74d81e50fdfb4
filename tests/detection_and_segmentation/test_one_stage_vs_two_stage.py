"""What the arithmetic of the imbalance promises. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.one_stage_vs_two_stage import (
    background_share,
    count_anchors,
    focal_loss,
    prior_bias,
)

TARGETS = np.array([1, 0, 0])
COUNTS = np.array([50.0, 99_930.0, 20.0])  # objects, easy background, look-alikes


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{function.__name__} raised no ValueError")


def test_a_pyramid_on_600_by_1000_has_113193_anchors():
    assert count_anchors(600, 1000) == 113_193
    assert count_anchors(600, 1000, (16,)) == 21_546  # Faster R-CNN with VGG-16


def test_the_pyramid_has_strides_of_8_to_128():
    assert count_anchors(25_600, 1, per_cell=1) == 3200 + 1600 + 800 + 400 + 200


def test_without_arguments_gamma_is_2_and_alpha_a_quarter():
    logits, targets = np.array([-1.0, 0.3, 2.0]), np.array([1, 0, 1])
    np.testing.assert_array_equal(focal_loss(logits, targets), focal_loss(logits, targets, 2.0, 0.25))
    assert abs(focal_loss(np.zeros(1), np.ones(1))[0][0] - 0.25 * 0.25 * np.log(2)) < 1e-12


def test_cells_are_rounded_up_at_each_level():
    assert count_anchors(33, 65, (32,), 1) == 2 * 3
    assert count_anchors(33, 65, (32, 64), 5) == 5 * (6 + 2)


def test_without_gamma_it_is_cross_entropy_with_two_weights():
    logits, targets = np.array([-2.0, 0.5, 3.0, 1.0]), np.array([1, 0, 1, 0])
    probs = 1 / (1 + np.exp(-logits))
    loss, grad = focal_loss(logits, targets, 0.0, 0.3)
    weight = np.where(targets == 1, 0.3, 0.7)
    np.testing.assert_allclose(loss, -weight * np.log(np.where(targets == 1, probs, 1 - probs)))
    np.testing.assert_allclose(grad, weight * (probs - targets))


def test_with_gamma_two_an_anchor_at_0_9_counts_a_hundredth():
    logits = np.log([9.0, 0.5 / 0.5])
    with_gamma = focal_loss(logits, np.ones(2, dtype=np.int64), 2.0, 0.5)[0]
    without = focal_loss(logits, np.ones(2, dtype=np.int64), 0.0, 0.5)[0]
    np.testing.assert_allclose(with_gamma / without, [0.01, 0.25])


def test_gradients_agree_with_differences():
    logits = np.array([-6.0, -1.0, -0.1, 0.7, 4.0])
    for target in (0, 1):
        targets = np.full(5, target)
        for gamma, alpha in [(0.0, 0.5), (0.5, 0.9), (2.0, 0.25), (5.0, 0.75)]:
            grad = focal_loss(logits, targets, gamma, alpha)[1]
            high = focal_loss(logits + 1e-6, targets, gamma, alpha)[0]
            low = focal_loss(logits - 1e-6, targets, gamma, alpha)[0]
            np.testing.assert_allclose(grad, (high - low) / 2e-6, atol=1e-8)


def test_objects_and_background_mirror_each_other():
    logits = np.array([-3.0, 0.4, 2.0])
    loss, grad = focal_loss(logits, np.zeros(3, dtype=np.int64), 2.0, 0.25)
    mirrored, mirrored_grad = focal_loss(-logits, np.ones(3, dtype=np.int64), 2.0, 0.75)
    np.testing.assert_allclose(loss, mirrored)
    np.testing.assert_allclose(grad, -mirrored_grad)


def test_huge_logits_stay_finite():
    loss, grad = focal_loss(np.array([1e4, -1e4, 1e4, -1e4]), np.array([1, 1, 0, 0]))
    assert np.isfinite(loss).all() and np.isfinite(grad).all()
    np.testing.assert_allclose(loss, [0, 2500, 7500, 0])


def test_a_very_easy_anchor_keeps_its_tiny_gradient():
    loss, grad = focal_loss(np.array([40.0]), np.array([1]), 0.0, 1.0)
    np.testing.assert_allclose([loss[0], -grad[0]], np.exp(-40.0))


def test_the_prior_bias_is_the_logit_of_the_prior():
    assert abs(prior_bias() + 4.595) < 5e-4 and abs(prior_bias(0.5)) < 1e-12
    assert abs(1 / (1 + np.exp(-prior_bias(0.2))) - 0.2) < 1e-12
    for prior in (0.0, 1.0, -0.1):
        assert str(prior) in raises(prior_bias, prior)


def test_the_shares_of_the_background_on_the_page():
    settings = [(0, 0.5), (0, 0.75), (2, 0.25)]
    for probs, expected in [([0.5, 0.5, 0.5], [99.95, 99.85, 99.98]),
                            ([0.01, 0.01, 0.01], [95.28, 87.06, 1.66]),
                            ([0.6, 0.01, 0.6], [98.06, 94.40, 78.56])]:
        shares = [100 * background_share(np.array(probs), COUNTS, TARGETS, *s) for s in settings]
        np.testing.assert_allclose(shares, expected, atol=0.005)
        assert abs(100 * background_share(np.array(probs), COUNTS, TARGETS) - shares[0]) < 1e-9


def test_easy_background_outweighs_look_alikes_83_to_1_and_then_1_to_32():
    logits = np.log([0.6 / 0.4, 0.01 / 0.99, 0.6 / 0.4])
    for (gamma, alpha), expected in [((0, 0.5), [1.9, 96.9, 1.2]), ((2, 0.25), [21.4, 2.4, 76.2])]:
        pull = COUNTS * np.abs(focal_loss(logits, TARGETS, gamma, alpha)[1])
        np.testing.assert_allclose(100 * pull / pull.sum(), expected, atol=0.05)
        ratio = pull[1] / pull[2]
        assert abs(ratio - 83.3) < 0.05 or abs(1 / ratio - 32.1) < 0.05


def test_a_detector_that_starts_at_one_half_pays_1386_per_object():
    for prior, expected in [(0.5, 1386), (0.01, 24.7)]:
        logits = np.full(100_000, prior_bias(prior))
        targets = (np.arange(100_000) < 50).astype(np.int64)
        assert abs(2 * focal_loss(logits, targets, 0.0, 0.5)[0].sum() / 50 - expected) < 0.5


def test_the_second_stage_takes_four_fifths_if_50_boxes_are_three_times_as_fast_as_300():
    # time = rest + P * box: (rest + 300 box) = 3 (rest + 50 box), in units of the rest
    box = 2 / 150
    assert abs((1 + 300 * box) / (1 + 50 * box) - 3) < 1e-12
    assert abs(300 * box / (1 + 300 * box) - 0.8) < 1e-12
