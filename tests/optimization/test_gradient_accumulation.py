"""What accumulated gradients promise."""

import numpy as np

from snippets.optimization.gradient_accumulation import accumulate, loss_and_grad, mean_of_means, train_step

K, N, T, D = 5, 6, 7, 3


def problem(dtype=np.float64):
    rng = np.random.default_rng(0)
    weight, x = rng.standard_normal((K, D)), rng.standard_normal((N, T, D))
    targets = rng.integers(0, K, (N, T))
    targets[np.arange(T) >= np.array([7, 1, 5, 2, 6, 1])[:, None]] = -100
    return weight.astype(dtype), x.astype(dtype), targets


def raises(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def test_any_split_gives_the_gradient_of_the_whole_batch():
    weight, x, targets = problem()
    loss, grad = accumulate(weight, x, targets, [N])
    for sizes in ([3, 3], [1, 5], [2, 1, 3], [1] * N, [0, 6]):
        ours = accumulate(weight, x, targets, sizes)
        np.testing.assert_allclose(ours[0], loss, rtol=1e-13)
        np.testing.assert_allclose(ours[1], grad, rtol=1e-12, atol=1e-15)


def test_only_one_micro_batch_is_looked_at_at_a_time():
    class Loader:
        """Inputs that write down how many sequences are taken from them."""

        def __init__(self, x):
            self.x, self.shape, self.taken = x, x.shape, []

        def __len__(self):
            return len(self.x)

        def __getitem__(self, rows):
            self.taken.append(len(self.x[rows]))
            return self.x[rows]

    weight, x, targets = problem()
    loader = Loader(x)
    accumulate(weight, loader, targets, [2, 1, 3])
    assert loader.taken == [2, 1, 3]


def test_the_loss_is_the_mean_over_tokens_that_count():
    weight, x, targets = problem()
    expected = []
    for n, t in np.argwhere(targets != -100):
        logits = weight @ x[n, t]
        expected.append(np.log(np.exp(logits).sum()) - logits[targets[n, t]])
    assert len(expected) == 22
    loss, grad, count = loss_and_grad(weight, x, targets)
    assert count == 22 and grad.shape == (K, D)
    np.testing.assert_allclose(loss, sum(expected), rtol=1e-12)
    np.testing.assert_allclose(accumulate(weight, x, targets, [2, 4])[0], np.mean(expected), rtol=1e-12)


def test_the_gradient_equals_a_central_difference():
    weight, x, targets = problem()
    grad = accumulate(weight, x, targets, [4, 2])[1]
    for index in np.ndindex(weight.shape):
        values = []
        for sign in (1, -1):
            moved = weight.copy()
            moved[index] += sign * 1e-5
            values.append(accumulate(moved, x, targets, [N])[0])
        assert abs(grad[index] - (values[0] - values[1]) / 2e-5) < 1e-8


def test_what_is_ignored_changes_nothing_and_huge_logits_do_not_overflow():
    weight, x, targets = problem()
    loss, grad = accumulate(weight, x, targets, [1, 5])
    x[targets == -100] = 1e6
    again = accumulate(weight, x, targets, [1, 5])
    np.testing.assert_allclose(again[0], loss, rtol=1e-13)
    np.testing.assert_allclose(again[1], grad, rtol=1e-13)
    assert np.isfinite(accumulate(1e4 * weight, x, targets, [6])[0])
    other = np.where(targets == -100, -1, targets)
    assert loss_and_grad(weight, x, other, ignore_index=-1)[2] == 22
    np.testing.assert_allclose(accumulate(weight, x, other, [6], -1)[0], loss, rtol=1e-12)


def test_a_step_clips_the_accumulated_gradient_once():
    weight, x, targets = problem()
    grad = accumulate(weight, x, targets, [N])[1]
    norm = np.linalg.norm(grad)
    for sizes in ([6], [1, 2, 3]):
        whole = train_step(weight, x, targets, sizes, 0.5)
        np.testing.assert_allclose(whole, weight - 0.5 * grad, rtol=1e-12)
        np.testing.assert_allclose(train_step(weight, x, targets, sizes, 0.5, 2 * norm), weight - 0.5 * grad)
        short = train_step(weight, x, targets, sizes, 0.5, norm / 4)
        np.testing.assert_allclose(short, weight - 0.125 * grad, rtol=1e-12)
    np.testing.assert_array_equal(train_step(weight, 0 * x, targets, [6], 0.5, 1.0), weight)  # norm 0


def test_the_mean_of_means_is_off_by_a_covariance():
    assert mean_of_means(np.array([4.0, 1.0]), np.array([1, 3])) == (1.75, 2.5)
    rng = np.random.default_rng(1)
    losses, counts = rng.standard_normal(5), rng.integers(1, 9, 5)
    assert mean_of_means([4, 1], [1, 3]) == (1.75, 2.5)  # lists and integers, too
    token, micro = mean_of_means(losses, counts)
    covariance = np.mean((losses - losses.mean()) * (counts - counts.mean()))
    assert abs(token - micro - covariance / counts.mean()) < 1e-14
    equal = mean_of_means(losses, np.full(5, 3))
    assert abs(equal[0] - equal[1]) < 1e-15


def test_float32_stays_float32_and_nothing_is_modified():
    weight, x, targets = problem(np.float32)
    before = weight.copy(), x.copy(), targets.copy()
    grad = accumulate(weight, x, targets, [1, 5])[1]
    moved = train_step(weight, x, targets, [2, 4], 0.1, 0.01)
    assert grad.dtype == np.float32 and moved.dtype == np.float32
    for now, old in zip((weight, x, targets), before, strict=True):
        np.testing.assert_array_equal(now, old)


def test_what_cannot_be_accumulated_is_named():
    weight, x, targets = problem()
    assert raises(accumulate, weight, x, targets, [3, 2]) == "sizes must be counts of 6 in sum, got [3, 2]"
    assert "-1" in raises(accumulate, weight, x, targets, [7, -1])
    assert raises(loss_and_grad, weight, x, targets.T) == "targets must be (6, 7), got (7, 6)"
    assert "targets" in raises(accumulate, weight, x, np.full((N, T), -100), [6])
    assert "targets" in raises(accumulate, weight, x[:0], targets[:0], [])
    assert raises(train_step, weight, x, targets, [6], 0.1, 0.0) == "max_norm must be positive, got 0.0"
    assert raises(mean_of_means, np.ones(2), np.array([0, 1])) == "counts must be positive, got [0.0, 1.0]"
