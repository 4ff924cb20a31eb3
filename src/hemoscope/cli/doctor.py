"""`hemoscope doctor`: what is installed, and what it can do here."""

import os
import platform

import hemoscope
from hemoscope.cli.options import Json
from hemoscope.cli.output import print_json, print_table

# library → what is not to be had without it
CAPABILITIES = {
    "numpy": "everything",
    "pandas": "everything",
    "pillow": "reading images",
    "onnxruntime": "scoring with a bundle",
    "scikit-learn": "evaluation",
    "scipy": "evaluation",
    "matplotlib": "figures",
    "jinja2": "reports",
    "torch": "training, predicting with a run folder",
    "torchvision": "timm",
    "timm": "backbones",
    "lightning": "training",
    "safetensors": "model files",
    "onnx": "exporting a bundle",
    "onnxscript": "exporting a bundle",
    "openvino": "the engine openvino (optional)",
    "tensorboard": "TensorBoard logs (optional)",
    "fastapi": "the lab bench",
    "uvicorn": "the lab bench",
    "sqlalchemy": "the lab bench",
}


def doctor(json: Json = False) -> None:
    """Show what is installed, and what this machine can do."""
    libraries = {name: _installed(name) for name in CAPABILITIES}
    machine = {
        "hemoscope": hemoscope.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        **_accelerator(libraries["torch"] is not None),
    }
    if json:
        print_json({"machine": machine, "libraries": libraries})
        return
    print_table("This machine", ("", "found"), list(machine.items()))
    print_table(
        "Libraries",
        ("library", "version", "needed for"),
        [(name, libraries[name] or "missing", use) for name, use in CAPABILITIES.items()],
    )


def _installed(name: str) -> str | None:
    # Late: `hemoscope --help` would wait 30 ms for it.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _accelerator(torch_installed: bool) -> dict[str, object]:
    if not torch_installed:
        return {"gpus": [], "native bfloat16": None}
    import torch

    from hemoscope.training.precision import native_bfloat16

    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return {"gpus": gpus, "native bfloat16": native_bfloat16("auto")}
