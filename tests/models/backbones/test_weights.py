import os
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file

from hemoscope.errors import HemoscopeError
from hemoscope.models.backbones.timm_body import create_body
from hemoscope.models.backbones.weights import (
    default_weights,
    load_weights,
    resolve_normalisation,
)
from hemoscope.models.config import UNIT, ModelConfig, Normalisation
from hemoscope.models.zoo import ZOO

NAME = "resnet10t"
CONFIG = ModelConfig(backbone=NAME)
CUSTOM = ModelConfig(backbone="customcnn")


def _tensors() -> dict[str, torch.Tensor]:
    torch.manual_seed(3)
    return dict(timm.create_model(NAME).state_dict())


def _write(path: Path, tensors: dict[str, torch.Tensor]) -> str:
    save_file(tensors, path)
    return str(path)


def test_half_precision_kernels_are_loaded_as_float32(tmp_path: Path) -> None:
    tensors = {
        name: tensor.half() if tensor.ndim == 4 else tensor for name, tensor in _tensors().items()
    }
    body = create_body(NAME, "timm")
    load_weights(body, CONFIG, _write(tmp_path / "w.safetensors", tensors))
    for name, tensor in body.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            assert tensor.dtype == torch.float32
            assert torch.equal(tensor, tensors[name].float()), name


def test_classifier_and_counters_do_not_matter(tmp_path: Path) -> None:
    tensors = _tensors()
    assert "fc.weight" in tensors
    body = create_body(NAME, "timm")
    without = {k: v for k, v in tensors.items() if not k.endswith("num_batches_tracked")}
    load_weights(body, CONFIG, _write(tmp_path / "w.safetensors", without))
    assert torch.equal(body.state_dict()["layer1.0.conv1.weight"], tensors["layer1.0.conv1.weight"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer1.0.conv1.weight": None}, r"layer1.0.conv1.weight missing"),
        ({"extra.weight": torch.zeros(1)}, r"extra.weight not in the network"),
        ({"layer1.0.bn1.bias": torch.zeros(3)}, r"layer1.0.bn1.bias of another shape"),
    ],
)
def test_anything_else_that_differs_is_named(
    tmp_path: Path, change: dict[str, torch.Tensor | None], message: str
) -> None:
    tensors = {k: v for k, v in (_tensors() | change).items() if v is not None}
    body = create_body(NAME, "timm")
    before = body.state_dict()["conv1.0.weight"].clone()
    with pytest.raises(HemoscopeError, match=rf"do not fit the backbone resnet10t: {message}"):
        load_weights(body, CONFIG, _write(tmp_path / "w.safetensors", tensors))
    assert torch.equal(body.state_dict()["conv1.0.weight"], before)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(HemoscopeError, match=r"no weights file .*gone.safetensors.*weights: none"):
        load_weights(create_body(NAME, "timm"), CONFIG, str(tmp_path / "gone.safetensors"))


def test_another_kind_of_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(b"\x80\x02}q\x00.")
    with pytest.raises(HemoscopeError, match=r"cannot be read as safetensors.*no pickle"):
        load_weights(create_body(NAME, "timm"), CONFIG, str(path))


def test_without_a_network_nothing_starts_at_random(monkeypatch: pytest.MonkeyPatch) -> None:
    body = create_body(NAME, "timm")

    def no_network(*_given: object, **_named: object) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(timm, "create_model", no_network)
    with pytest.raises(HemoscopeError) as caught:
        load_weights(body, CONFIG, "timm")
    said = str(caught.value)
    assert "could not be fetched (ConnectionError)" in said
    assert "weights: FILE.safetensors" in said
    assert "weights: none" in said


def test_what_timm_has_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    body = create_body(NAME, "timm")
    source = create_body(NAME, "timm")
    monkeypatch.setattr(timm, "create_model", lambda *_given, **_named: source)
    load_weights(body, CONFIG, "timm")
    assert torch.equal(body.state_dict()["conv1.0.weight"], source.state_dict()["conv1.0.weight"])


@pytest.mark.parametrize("name", ["customcnn", "efficientnet_b6"])
def test_models_without_pretrained_weights_say_so(name: str) -> None:
    with pytest.raises(HemoscopeError, match=f"no pretrained weights for {name}.*weights: none"):
        load_weights(torch.nn.Identity(), ModelConfig(backbone=name), "timm")


def test_pretrained_is_the_default_where_it_exists() -> None:
    assert default_weights(CONFIG) == "timm"
    assert default_weights(CUSTOM) == "none"


def test_normalisation_goes_with_the_weights() -> None:
    half = Normalisation(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
    assert resolve_normalisation(ZOO["inception_v3-text"], "timm") == half
    assert resolve_normalisation(ZOO["resnet50-text"], "timm").mean == (0.485, 0.456, 0.406)
    assert resolve_normalisation(CUSTOM, "none") == UNIT
    written = CONFIG.model_copy(update={"normalisation": half})
    assert resolve_normalisation(written, "w.safetensors") == half


def test_a_file_does_not_say_how_its_images_were_scaled() -> None:
    with pytest.raises(HemoscopeError, match=r"w.safetensors do not say .*normalisation: \{mean"):
        resolve_normalisation(CONFIG, "w.safetensors")


@pytest.mark.parametrize("name", ["inception_v3", "densenet121", "tf_efficientnet_lite0"])
def test_real_weights_fit_to_the_last_key(name: str) -> None:
    folder = os.environ.get("HEMOSCOPE_WEIGHTS")
    if folder is None:
        pytest.skip("HEMOSCOPE_WEIGHTS does not name a folder of timm weights")
    body = create_body(name, "timm")
    load_weights(body, ModelConfig(backbone=name), str(Path(folder) / f"{name}.safetensors"))
    assert all(tensor.isfinite().all() for tensor in body.state_dict().values())
