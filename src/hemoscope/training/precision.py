"""In which numbers a model is trained."""

from typing import Literal

import torch

LightningPrecision = Literal["32-true", "bf16-mixed"]

_NATIVE_BFLOAT16 = ("avx512_bf16", "amx_bf16")


def lightning_precision(precision: str, accelerator: str) -> LightningPrecision:
    """Lightning's name for a recipe's precision.

    Args:
        precision: "float32", "bfloat16", or "auto": bfloat16 autocast where the processor
            multiplies it natively (elsewhere it is emulated, and slower than float32).
        accelerator: "cpu", or anything else for a GPU where there is one.
    """
    if precision == "float32":
        return "32-true"
    if precision == "bfloat16" or native_bfloat16(accelerator):
        return "bf16-mixed"
    return "32-true"


def in_words(precision: LightningPrecision) -> str:
    """What a recipe would call it: "float32" or "bfloat16"."""
    return {"32-true": "float32", "bf16-mixed": "bfloat16"}[precision]


def native_bfloat16(accelerator: str) -> bool:
    """Whether the processor that will train multiplies bfloat16 in hardware."""
    if accelerator != "cpu" and torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in _NATIVE_BFLOAT16)
