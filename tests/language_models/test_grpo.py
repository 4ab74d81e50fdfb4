"""What GRPO promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.language_models.grpo import group_advantages, grpo_loss, kl_estimate


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def batch(b: int = 3, t: int = 7):
    rng = np.random.default_rng(0)
    new, old, ref = -1 + 0.3 * rng.standard_normal((3, b, t))
    mask = (np.arange(t) < np.array([2, 7, 5])[:b, None]).astype(int)
    return new, old, ref, rng.standard_normal(b), mask


def test_advantages_by_hand():
    # One right of four: mean 1/4, squares (9 + 1 + 1 + 1) / 16 over 3 = 1/4, deviation 1/2.
    found = group_advantages(np.array([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]]), eps=0.0)
    np.testing.assert_allclose(found[0], [1.5, -0.5, -0.5, -0.5])
    np.testing.assert_allclose(found[1], np.array([1, 1, -1, -1]) * 0.75**0.5)
    plain = group_advantages(np.array([[1.0, 0.0, 0.0, 0.0]]), scale=False)
    np.testing.assert_array_equal(plain, [[0.75, -0.25, -0.25, -0.25]])


def test_each_prompt_has_its_own_mean():
    rewards = np.random.default_rng(1).standard_normal((5, 3))
    found = group_advantages(rewards)
    np.testing.assert_allclose(found.sum(axis=1), 0, atol=1e-12)
    moved = group_advantages(rewards + np.arange(5.0)[:, None])
    np.testing.assert_allclose(moved, found, atol=1e-12)
    np.testing.assert_allclose(group_advantages(10 * rewards, eps=0.0), group_advantages(rewards, eps=0.0))
    np.testing.assert_allclose(found[2:3], group_advantages(rewards[2:3]))


def test_a_pair_is_a_group_and_the_deviation_is_guarded():
    np.testing.assert_allclose(group_advantages(np.array([[3.0, 1.0]]), eps=0.0), [[0.5**0.5, -(0.5**0.5)]])
    assert abs(group_advantages(np.array([[1.0, 0.0, 0.0, 0.0]]))[0, 0] - 0.75 / 0.5001) < 1e-12


def test_equal_rewards_teach_nothing():
    for value in (0.0, 1.0, 0.1, 1e6 + 0.1, -1 / 3):  # most means of 7 are rounded
        for kind in (np.float32, np.float64):
            for scale in (True, False):
                assert not group_advantages(np.full((2, 7), value, kind), scale).any()


def test_rewards_may_be_booleans_or_bytes():
    right = np.array([[True, False, False]])
    expected = group_advantages(right.astype(float), scale=False)
    np.testing.assert_allclose(group_advantages(right, scale=False), expected, atol=1e-6)
    np.testing.assert_allclose(group_advantages(right.astype(np.uint8), False), expected, atol=1e-6)
    whole = group_advantages(np.array([[10**8 + 1, 10**8]]), scale=False)
    np.testing.assert_array_equal(whole, [[0.5, -0.5]])  # float32 has no 100,000,001
    fine = group_advantages(np.array([[1 + 1e-9, 1.0]]), scale=False)
    assert fine[0, 0] > 0  # float64 stays float64
    assert group_advantages(np.zeros((1, 2), np.float32)).dtype == np.float32


def test_impossible_shapes_are_refused():
    assert "(3,)" in raises(group_advantages, np.zeros(3))
    assert "(3, 1)" in raises(group_advantages, np.zeros((3, 1)))
    new, old, ref, _, mask = batch()
    assert "(3,), got (3, 7)" in raises(grpo_loss, new, old, ref, np.zeros((3, 7)), mask)
    for wrong in ([new, old[:1], ref], [new, old, ref[:, :1]]):
        assert "(3, 7)" in raises(grpo_loss, *wrong, np.zeros(3), mask)
    assert "(7,)" in raises(grpo_loss, new, old, ref, np.zeros(3), mask[0])


def test_the_kl_estimate_by_hand_and_in_the_mean():
    found = kl_estimate(np.zeros(3), np.log([0.5, 1.0, 2.0]))
    np.testing.assert_allclose(found, [np.log(2) - 0.5, 0, 1 - np.log(2)], atol=1e-12)
    p, ref = np.array([0.7, 0.2, 0.1]), np.array([0.4, 0.4, 0.2])
    k3 = kl_estimate(np.log(p), np.log(ref))
    assert np.all(k3 >= 0) and abs(p @ k3 - p @ np.log(p / ref)) < 1e-12


def test_at_the_first_step_the_loss_is_minus_the_mean_advantage():
    new, _, _, advantages, mask = batch()
    loss, grad = grpo_loss(new, new, new, advantages, mask)
    assert abs(loss + advantages.mean()) < 1e-12
    np.testing.assert_allclose(grad.sum(axis=1), -advantages / 3)


def test_without_advantages_the_kl_estimate_is_left():
    # q = 2 at every token: k3 = 1 - log 2, times the default 0.04.
    new, mask = np.full((2, 3), -3.0), np.array([[1, 1, 1], [1, 0, 0]])
    loss, grad = grpo_loss(new, new, new + np.log(2), np.zeros(2), mask)
    assert abs(loss - 0.04 * (1 - np.log(2))) < 1e-12
    np.testing.assert_allclose(grad, -0.04 * np.array([[1 / 6] * 3, [1 / 2, 0, 0]]))


def test_the_six_cases_of_the_clip():
    cases = {(0.7, 1): (-0.7, -0.7), (1.0, 1): (-1, -1), (1.3, 1): (-1.2, 0),
             (0.7, -1): (0.8, 0), (1.0, -1): (1, 1), (1.3, -1): (1.3, 1.3)}
    for (ratio, advantage), expected in cases.items():
        old, new = np.full((1, 1), -2.0), np.full((1, 1), -2.0 + np.log(ratio))
        loss, grad = grpo_loss(new, old, new, np.array([float(advantage)]), np.ones((1, 1)))
        np.testing.assert_allclose([loss, grad[0, 0]], expected, atol=1e-12)


def test_a_long_wrong_answer_is_punished_less_per_token_unless_divided_by_a_constant():
    zero, mask = np.zeros((2, 8)), np.array([[1] * 2 + [0] * 6, [1] * 8])
    _, own = grpo_loss(zero, zero, zero, -np.ones(2), mask)
    np.testing.assert_allclose(own[:, 0], [1 / 4, 1 / 16])
    _, constant = grpo_loss(zero, zero, zero, -np.ones(2), mask, max_length=8)
    np.testing.assert_allclose(constant[:, 0], [1 / 16, 1 / 16])


def test_tokens_outside_the_mask_count_for_nothing():
    new, old, ref, advantages, mask = batch()
    loss, grad = grpo_loss(new, old, ref, advantages, mask)
    other = np.where(mask > 0, new, -1e5)
    assert grpo_loss(other, old, ref, advantages, mask)[0] == loss
    assert not grad[mask == 0].any()
    assert grpo_loss(new, old, ref, advantages, 0 * mask)[0] == 0
    assert grpo_loss(new, old, ref, advantages, mask > 0)[0] == loss
    assert grpo_loss(new, old, ref, advantages, 0.5 * mask)[0] == loss


def test_without_a_kl_term_no_reference_is_needed():
    new, old, ref, advantages, mask = batch()
    loss, grad = grpo_loss(new, old, None, advantages, mask, beta=0.0)
    for other in (ref, ref + 1000, np.full_like(ref, np.nan)):
        again = grpo_loss(new, old, other, advantages, mask, beta=0.0)
        assert again[0] == loss and np.all(again[1] == grad)


def test_huge_ratios_stay_finite_and_push_the_right_way():
    for kind in (np.float32, np.float64):
        new, old = np.zeros((3, 1), kind), np.full((3, 1), -1000, kind)
        loss, grad = grpo_loss(new, old, new, np.array([1, -1, 0], kind), np.ones((3, 1), kind))
        assert np.isfinite(loss) and loss.dtype == grad.dtype == kind
        assert grad[0] == 0 and grad[2] == 0
        np.testing.assert_allclose(grad[1], np.exp(80) / 3, rtol=1e-5)  # logarithms are limited to 80
        far = kl_estimate(old, new)  # what the reference likes and the policy dropped
        assert far.dtype == kind and np.all(np.isfinite(far)) and np.all(far > 1e30)
        loss, grad = grpo_loss(old, old, new, np.zeros(3, kind), np.ones((3, 1), kind))
        assert np.isfinite(loss)
        np.testing.assert_allclose(grad, np.full((3, 1), -0.04 * np.exp(80) / 3), rtol=1e-5)


def test_one_answer_of_one_token_and_no_answer():
    one = np.full((1, 1), -1.0)
    loss, grad = grpo_loss(one, one, one, np.array([2.0]), np.ones((1, 1), bool))
    assert loss == -2 and grad == [[-2]]
    none = np.zeros((0, 5))
    loss, grad = grpo_loss(none, none, none, np.zeros(0), none)
    assert loss == 0 and grad.shape == (0, 5)


def test_gradients_match_central_differences():
    new, old, ref, advantages, mask = batch()
    for options in ({"beta": 0.5}, {"eps": 0.05, "beta": 0.0}, {"beta": 0.1, "max_length": 9}):
        _, grad = grpo_loss(new, old, ref, advantages, mask, **options)
        for i, t in ((0, 1), (1, 6), (2, 0), (2, 6)):
            ends = []
            for step in (1e-6, -1e-6):
                moved = new.copy()
                moved[i, t] += step
                ends.append(grpo_loss(moved, old, ref, advantages, mask, **options)[0])
            assert abs((ends[0] - ends[1]) / 2e-6 - grad[i, t]) < 1e-8
