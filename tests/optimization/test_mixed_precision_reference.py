"""Formats against torch.finfo and its casts, the scale against torch.amp.GradScaler."""

import numpy as np
import torch

from snippets.optimization.mixed_precision import FORMATS, cast, finfo, scaled_step, update_scale


def test_limits_match_torch():
    for name, bits in FORMATS.items():
        ours, info = finfo(*bits), torch.finfo(getattr(torch, name))
        assert (ours["max"], ours["tiny"], ours["eps"]) == (info.max, info.tiny, info.eps), name


def test_rounding_matches_torch_for_every_format():
    rng = np.random.default_rng(1)
    x = (rng.standard_normal(4000) * 10.0 ** rng.integers(-7, 3, 4000)).astype(np.float32)
    x = x[np.abs(x) < 440]  # beyond the largest value the libraries' conversions differ
    for name, bits in FORMATS.items():
        expected = torch.tensor(x).to(getattr(torch, name)).double().numpy()
        np.testing.assert_array_equal(cast(x, *bits), expected, err_msg=name)


def test_scale_tracker_skips_and_weights_follow_grad_scaler():
    weight = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=3)
    scaler.scale(torch.zeros(1))  # creates the scale, which is lazy
    master, scale, tracker = [weight.detach().numpy().copy()], 1024.0, 0
    rng = np.random.default_rng(0)
    for bad in (False, True, False, False, False, True, True, False, False, False, False):
        grad = rng.standard_normal(2).astype(np.float16)
        if bad:
            grad[1] = np.inf
        scaled = grad * np.float16(scale)
        weight.grad = torch.tensor(scaled.astype(np.float32))
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_([weight], 0.7)
        scaler.step(optimizer)
        scaler.update()
        master, found = scaled_step(master, [scaled], scale, 0.1, 0.7)
        scale, tracker = update_scale(scale, tracker, found, growth_interval=3)
        assert found == bad and scaler.get_scale() == scale
        assert scaler._get_growth_tracker() == tracker
        np.testing.assert_allclose(master[0], weight.detach().numpy(), atol=1e-6)


def test_grad_scaler_s_defaults_are_the_page_s():
    state = torch.amp.GradScaler("cpu").state_dict()
    assert (state["scale"], state["growth_factor"], state["backoff_factor"], state["growth_interval"]) == (
        65536.0, 2.0, 0.5, 2000)
