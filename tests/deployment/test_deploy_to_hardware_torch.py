"""The exported file computes what the model computes, for every batch size."""

import logging
import warnings

import numpy as np
import pytest
import torch
from torch import nn

from snippets.deployment.deploy_to_hardware_experiment import runner
from snippets.deployment.deploy_to_hardware_torch import Deployed, export, parity


def small_model() -> Deployed:
    generator = torch.Generator().manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Dropout(0.5),
                          nn.Linear(60, 5))
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.3, generator=generator)
    return Deployed(model, 4.0, 6.0)


def test_pre_processing_is_inside():
    model = small_model().eval()
    images = torch.rand(2, 1, 4, 5, generator=torch.Generator().manual_seed(1)) * 16
    with torch.no_grad():
        torch.testing.assert_close(model(images), model.model((images - 4) / 6))


def test_parity_counts_and_measures():
    model = small_model().eval()
    inputs = np.random.default_rng(2).uniform(0, 16, size=(7, 1, 4, 5)).astype(np.float32)
    with torch.no_grad():
        right = model(torch.from_numpy(inputs)).numpy()
    same = parity(model, lambda images: right, inputs)
    assert (same["logits"], same["labels"]) == (0.0, 0)
    top = np.sort(right, axis=1)
    assert same["margin"] == pytest.approx((top[:, -1] - top[:, -2]).min())
    wrong = right.copy()
    wrong[3, right[3].argmin()] += 50.0
    found = parity(model, lambda images: wrong, inputs)
    assert found["logits"] == pytest.approx(50.0, rel=1e-5) and found["labels"] == 1
    too_low = right.copy()
    too_low[2, right[2].argmin()] -= 50.0  # the label stays
    found = parity(model, lambda images: too_low, inputs)
    assert found["logits"] == pytest.approx(50.0, rel=1e-5) and found["labels"] == 0


def test_parity_asks_about_each_image_by_itself():
    images = np.eye(5, dtype=np.float32)[[3, 0, 4, 1]].reshape(4, 1, 1, 5)
    found = parity(Deployed(nn.Flatten(), 0.0, 1.0), lambda images: images.reshape(4, 5), images)
    assert found == {"logits": 0.0, "labels": 0, "margin": 1.0}


def test_a_single_image_is_refused_as_an_example():
    with pytest.raises(ValueError, match=r"example.*1"):
        export(small_model(), torch.zeros(1, 1, 4, 5), "nowhere.onnx")


@pytest.mark.slow
def test_the_file_agrees_for_every_batch_size_without_dropout(tmp_path, capsys):
    import onnx

    model = small_model().train()  # export has to switch dropout off
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter about what it uses itself
        # A chain calls its argument input, so the name in the file cannot come from the network.
        export(nn.Sequential(model), torch.zeros(2, 1, 4, 5), tmp_path / "model.onnx")
    onnx.checker.check_model(tmp_path / "model.onnx", full_check=False)
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"], "the weights are in the file"
    graph = onnx.load(tmp_path / "model.onnx").graph
    ends = [*graph.input, *graph.output]
    assert [end.name for end in ends] == ["images", "logits"]
    assert [end.type.tensor_type.shape.dim[0].dim_param for end in ends] == ["N", "N"]
    assert not model.training
    rng = np.random.default_rng(3)
    for batch in (1, 2, 7, 33):
        inputs = rng.uniform(0, 16, size=(batch, 1, 4, 5)).astype(np.float32)
        found = parity(model, runner(tmp_path / "model.onnx"), inputs)
        assert found["logits"] < 1e-4 and found["labels"] == 0
    assert "torch.onnx" not in capsys.readouterr().out
