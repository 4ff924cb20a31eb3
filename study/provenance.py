"""What a run was trained on and with, in words."""

from collections.abc import Mapping
from typing import Any

from study.markdown import counted


def hardware(provenance: Mapping[str, Any]) -> str:
    """The GPUs, or threads and processor; then the instructions and numbers that it used.

    Args:
        provenance: A run's; those of November 2026 and before lack the last two.
    """
    told = provenance["hardware"]
    gpus = ", ".join(told["gpus"])
    device = gpus or f"{counted(told['threads'], 'thread')} of {told['processor']}"
    instructions = None if gpus else told.get("instructions")
    details = [each for each in (instructions, provenance.get("precision")) if each is not None]
    return f"{device} ({', '.join(details)})" if details else device


def commit(provenance: Mapping[str, Any]) -> str:
    """The commit of the code, in Markdown; and whether it had changes that no commit holds."""
    git = provenance.get("git") or {}
    name = f"`{str(git.get('commit') or 'unknown')[:7]}`"
    return f"{name} and changes" if git.get("changed") else name
