"""What the pieces of RLHF promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.language_models.rlhf import (
    gae,
    log_sigmoid,
    objective,
    optimal_policy,
    ppo_loss,
    reward_model_loss,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_log_sigmoid_of_huge_numbers():
    z = np.array([-1000.0, 0.0, 1000.0])
    np.testing.assert_allclose(log_sigmoid(z), [-1000, -np.log(2), 0])


def test_the_reward_loss_by_hand():
    loss, chosen, rejected = reward_model_loss(np.array([3.0, 1.0]), np.array([1.0, 1.0]))
    assert abs(loss - (np.log(1 + np.exp(-2)) + np.log(2)) / 2) < 1e-12
    np.testing.assert_allclose(chosen, [-0.5 / (1 + np.exp(2)), -0.25])
    np.testing.assert_array_equal(rejected, -chosen)


def test_only_differences_of_rewards_count():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 7))
    assert abs(reward_model_loss(a, b)[0] - reward_model_loss(a + 50, b + 50)[0]) < 1e-12


def test_ratings_in_bytes_do_not_wrap_around():
    loss, _, _ = reward_model_loss(np.array([1], np.uint8), np.array([3], np.uint8))
    assert abs(loss - np.log(1 + np.exp(2))) < 1e-6


def test_pairs_that_do_not_match_are_refused():
    assert "(3,)" in raises(reward_model_loss, np.zeros(2), np.zeros(3))
    assert raises(reward_model_loss, np.zeros(2), np.zeros(3)) == (
        "chosen and rejected must have one shape and a pair, got (2,) and (3,)")
    assert "(0,)" in raises(reward_model_loss, np.zeros(0), np.zeros(0))


def test_the_optimum_by_hand():
    # Reference 1/2, 1/2 and beta = 1: reward log 3 makes the odds 3 to 1.
    best = optimal_policy(np.array([0.5, 0.5]), np.array([np.log(3), 0.0]), 1.0)
    np.testing.assert_allclose(best, [0.75, 0.25])
    sharp = optimal_policy(np.array([0.5, 0.5]), np.array([1e5, 0.0]), 0.01)
    np.testing.assert_array_equal(sharp, [1, 0])
    with np.errstate(divide="raise"):  # a response that the reference never gives is no fault
        never = optimal_policy(np.array([0.0, 0.4, 0.6]), np.array([9.0, 1.0, 1.0]), 1.0)
    np.testing.assert_allclose(never, [0, 0.4, 0.6])
    rows = optimal_policy(np.full((2, 2), 0.5), np.array([[0.0, 1.0], [1e4, 1e4]]), 1.0)
    np.testing.assert_allclose(rows, [1 / (1 + np.exp([1.0, -1.0])), [0.5, 0.5]])
    assert "0.0" in raises(optimal_policy, np.array([1.0]), np.array([1.0]), 0.0)


def test_no_other_policy_has_a_higher_objective():
    rng = np.random.default_rng(1)
    ref, reward = rng.dirichlet(np.ones(5), 3), rng.standard_normal((3, 5))
    best = optimal_policy(ref, reward, 0.7)
    top = objective(best, ref, reward, 0.7)
    # At the optimum it is beta times the log of the normalizer.
    np.testing.assert_allclose(top, 0.7 * np.log(np.sum(ref * np.exp(reward / 0.7), axis=-1)))
    for other in rng.dirichlet(np.ones(5), 200):
        assert np.all(objective(other, ref, reward, 0.7) < top)
    small = 0.99 * best + 0.01 * ref
    assert np.all(objective(small, ref, reward, 0.7) < top)


def test_the_objective_by_hand():
    ref = np.array([0.5, 0.25, 0.25])
    assert abs(objective(ref, ref, np.array([1.0, 2.0, 4.0]), 9.0) - 2.0) < 1e-12  # KL is 0
    sure = objective(np.array([0.0, 1.0, 0.0]), ref, np.array([1.0, 2.0, 4.0]), 0.5)
    assert abs(sure - (2 - 0.5 * np.log(4))) < 1e-12


def test_advantages_by_hand():
    rewards, values = np.array([0.0, 0.0, 1.0]), np.array([0.5, 0.6, 0.8, 0.0])
    np.testing.assert_allclose(gae(rewards, values, 1.0, 0.0), [0.1, 0.2, 0.2])
    np.testing.assert_allclose(gae(rewards, values, 1.0, 0.5), [0.25, 0.3, 0.2])
    np.testing.assert_allclose(gae(rewards, values, 1.0, 1.0), [0.5, 0.4, 0.2])  # return - value
    # gamma 0.5: errors -0.2, -0.2, 0.2, weighted by (gamma lam)^k = 0.25^k.
    np.testing.assert_allclose(gae(rewards, values, 0.5, 0.5), [-0.2375, -0.15, 0.2])


def test_whole_numbers_and_the_defaults():
    whole = gae(np.array([0, 0, 1]), np.array([0, 1, 1, 0]), 1, 0.5)
    np.testing.assert_allclose(whole, [1, 0, 0])
    half = gae(np.array([0, 1]), np.array([0, 0, 0], np.uint8), 1, 0.5)
    np.testing.assert_allclose(half, [0.5, 1])  # an integer array would say 0
    first = gae(np.zeros(2), np.array([0.0, 0.0, 1.0]))
    np.testing.assert_allclose(first, [0.95, 1])  # gamma 1, lambda 0.95
    assert gae(np.zeros((1, 2), np.float32), np.zeros((1, 3), np.float32)).dtype == np.float32


def test_padding_changes_no_advantage():
    rewards, values = np.array([0.0, 1.0]), np.array([0.3, 0.6, 0.0])
    padded = gae(np.append(rewards, [0.0, 0.0]), np.append(values, [0.0, 0.0]), 0.9, 0.7)
    np.testing.assert_allclose(padded, np.append(gae(rewards, values, 0.9, 0.7), [0.0, 0.0]))


def test_a_batch_of_episodes_is_taken_one_by_one():
    rng = np.random.default_rng(2)
    rewards, values = rng.standard_normal((2, 3, 5)), rng.standard_normal((2, 3, 6))
    assert np.all(gae(rewards, values)[1, 2] == gae(rewards[1, 2], values[1, 2]))
    assert "(2, 3, 6), got (2, 3, 5)" in raises(gae, rewards, values[..., :-1])


def test_the_six_cases_of_the_clip():
    # (ratio, advantage): loss, gradient by the log-probability.
    cases = {(0.7, 1): (-0.7, -0.7), (1.0, 1): (-1, -1), (1.3, 1): (-1.2, 0),
             (0.7, -1): (0.8, 0), (1.0, -1): (1, 1), (1.3, -1): (1.3, 1.3)}
    for (ratio, advantage), expected in cases.items():
        one = [np.array([float(v)]) for v in (np.log(ratio), 0, advantage, 1)]
        loss, grad = ppo_loss(*one)
        np.testing.assert_allclose([loss, grad[0]], expected, atol=1e-12)


def test_two_tokens_with_other_advantages_by_hand():
    # Ratios 1.5 and 0.5, advantages 2 and -3: -min(3, 2.4) = -2.4 and -min(-1.5, -2.4) = 2.4.
    old = np.array([-2.0, -0.5])
    loss, grad = ppo_loss(old + np.log([1.5, 0.5]), old, np.array([2.0, -3.0]), np.ones(2))
    assert abs(loss) < 1e-12 and not grad.any()
    loss, grad = ppo_loss(old + np.log([0.5, 1.5]), old, np.array([2.0, -3.0]), np.ones(2))
    assert abs(loss - (-1.0 + 4.5) / 2) < 1e-12
    np.testing.assert_allclose(grad, [-0.5, 2.25])


def test_tokens_outside_the_mask_count_for_nothing():
    rng = np.random.default_rng(3)
    new, old, advantages = 0.3 * rng.standard_normal((3, 2, 5))
    mask = np.array([[0, 1, 1, 1, 0], [0, 0, 1, 0, 0]])
    loss, grad = ppo_loss(new, old, advantages, mask, 0.1)
    changed = np.where(mask > 0, new, 1e6)
    assert ppo_loss(changed, old, advantages, mask, 0.1)[0] == loss
    assert not grad[mask == 0].any()
    kept = [one[mask > 0] for one in (new, old, advantages, mask)]
    assert abs(ppo_loss(*kept, 0.1)[0] - loss) < 1e-12
    assert ppo_loss(new, old, advantages, 0 * mask)[0] == 0
    assert ppo_loss(new, old, advantages, mask > 0, 0.1)[0] == loss
    assert ppo_loss(new, old, advantages, 0.5 * mask, 0.1)[0] == loss  # 0 or not is what counts


def test_a_token_outside_the_mask_may_have_any_ratio():
    # Its ratio is never taken: exp(1000) would be infinite and times 0 not a number.
    new, mask = np.array([[0.0, 1000.0]]), np.array([[1, 0]])
    for advantages in (np.array([[1.0, 0.0]]), np.array([[1.0, np.nan]])):
        loss, grad = ppo_loss(new, 0 * new, advantages, mask)
        assert loss == -1 and np.all(grad == [[-1, 0]])


def test_huge_ratios_stay_finite_and_push_the_right_way():
    for kind in (np.float32, np.float64):
        old, mask = np.full(3, -1000, kind), np.ones(3, kind)
        loss, grad = ppo_loss(np.zeros(3, kind), old, np.array([1, -1, 0], kind), mask)
        assert np.isfinite(loss) and loss.dtype == grad.dtype == kind
        assert grad[0] == 0 and grad[2] == 0
        np.testing.assert_allclose(grad[1], np.exp(80) / 3, rtol=1e-5)  # logarithms are limited to 80


def test_float32_stays_float32_whatever_the_mask():
    x = np.full((1, 2), -0.5, np.float32)
    for kind in (bool, np.int64, np.float32, np.float64):
        loss, grad = ppo_loss(x, x, x, np.ones((1, 2), kind))
        assert loss.dtype == grad.dtype == np.float32


def test_shapes_that_would_be_broadcast_are_refused():
    x = np.zeros((2, 5))
    for wrong in ([x, x, x, np.ones(5)], [x, x, np.zeros((2, 1)), x + 1], [x, x[0], x, x + 1]):
        assert "(2, 5)" in raises(ppo_loss, *wrong)


def test_inside_the_clip_the_gradient_is_that_of_the_ratio():
    rng = np.random.default_rng(4)
    new, old, advantages = rng.standard_normal((3, 7))
    mask, h = np.ones(7), 1e-6
    _, grad = ppo_loss(new, old, advantages, mask, 0.2)
    for i in range(7):
        step = h * (np.arange(7) == i)
        ends = [ppo_loss(new + sign * step, old, advantages, mask, 0.2)[0] for sign in (1, -1)]
        assert abs((ends[0] - ends[1]) / (2 * h) - grad[i]) < 1e-6
