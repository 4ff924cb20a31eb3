from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from hemoscope.errors import HemoscopeError
from hemoscope.models.build import build_model
from hemoscope.models.config import with_changes
from hemoscope.models.store import load_model, save_model
from hemoscope.models.zoo import ZOO

SMALL = with_changes(
    ZOO["customcnn-text"],
    {
        "width": 16,
        "image_size": 64,
        "encoder": {"blocks": 1, "heads": 2, "key_width": 8, "feed_forward": 16},
        "normalisation": {"mean": (0.5, 0.4, 0.3), "std": (0.2, 0.2, 0.1)},
    },
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_model(build_model(SMALL, 2, "none"), ("Érythroblaste", "platelet"), path)
    return path


def _rewrite(path: Path, **changed: str) -> None:
    with safe_open(path, "pt") as file:
        metadata = file.metadata() | changed
    save_file(load_file(path), path, metadata)


def test_one_file_holds_all_of_it(saved: Path) -> None:
    stored = load_model(saved)
    assert stored.classes == ("Érythroblaste", "platelet")
    assert stored.model.config == SMALL
    torch.testing.assert_close(stored.model.normalise.mean.flatten(), torch.tensor([0.5, 0.4, 0.3]))
    assert [each.name for each in saved.parent.iterdir()] == ["model.safetensors"]


def test_any_memory_format_can_be_saved(tmp_path: Path) -> None:
    model = build_model(SMALL, 2, "none").eval().to(memory_format=torch.channels_last)
    save_model(model, ("a", "b"), tmp_path / "m.safetensors")
    images = torch.rand(2, 3, 64, 64)
    loaded = load_model(tmp_path / "m.safetensors").model
    torch.testing.assert_close(loaded(images), model(images))


def test_names_must_match_the_logits(tmp_path: Path) -> None:
    with pytest.raises(HemoscopeError, match="tells 2 classes apart, but 3 names"):
        save_model(build_model(SMALL, 2, "none"), ("a", "b", "c"), tmp_path / "m.safetensors")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(HemoscopeError, match=r"no model file .*nowhere\.safetensors"):
        load_model(tmp_path / "nowhere.safetensors")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.9])
def test_a_file_that_was_cut_short(saved: Path, share: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(share * len(content))])
    with pytest.raises(HemoscopeError, match=r"cannot be read as safetensors.*cut short"):
        load_model(saved)


def test_a_file_of_someone_else(tmp_path: Path) -> None:
    path = tmp_path / "resnet.safetensors"
    save_file({"fc.weight": torch.zeros(2, 2)}, path)
    with pytest.raises(HemoscopeError, match=r"not a model that hemoscope saved.*weights:"):
        load_model(path)


def test_a_later_version(saved: Path) -> None:
    _rewrite(saved, version="2")
    with pytest.raises(HemoscopeError, match="version 2 of the model format"):
        load_model(saved)


@pytest.mark.parametrize("damage", [{"config": "{}"}, {"config": "oops"}, {"classes": "oops"}])
def test_a_damaged_description(saved: Path, damage: dict[str, str]) -> None:
    _rewrite(saved, **damage)
    with pytest.raises(HemoscopeError, match=r"description of the model in .* is damaged"):
        load_model(saved)


def test_tensors_of_another_architecture(saved: Path) -> None:
    other = with_changes(SMALL, {"encoder": {"blocks": 2}})
    _rewrite(saved, config=other.model_dump_json())
    with pytest.raises(HemoscopeError, match=r"do not fit .*customcnn.*Missing key.*blocks\.1"):
        load_model(saved)
