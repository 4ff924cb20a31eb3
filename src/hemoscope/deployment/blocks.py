"""The parts of a model that are quantised, or kept in float, as a whole.

A block is named as its module is: `backbone.Mixed_5b`, `backbone.layer1`, `backbone.blocks.3`,
`tokens`, `encoder.blocks.0`. In the ONNX file every node carries the name of its block.
"""

import ast
from collections.abc import Iterable, Sequence

import onnx

BLOCK = "hemoscope.block"
"""Key of a node's metadata in the ONNX file."""

_SCOPES = "pkg.torch.onnx.name_scopes"
_BACKBONE = "backbone.body."


def name_blocks(model: onnx.ModelProto, root: str) -> None:
    """Writes the block of every node into its metadata, in place of what the exporter wrote.

    The exporter's own notes hold paths of the machine that it ran on.

    Args:
        model: As torch's dynamo exporter makes it.
        root: Name of the classifier within the exported module.
    """
    for node in model.graph.node:
        block = block_of(_module(node, root))
        del node.metadata_props[:]
        if block:
            node.metadata_props.add(key=BLOCK, value=block)


def node_block(node: onnx.NodeProto) -> str:
    """The block that a node belongs to; empty for one of no block, such as preprocessing."""
    return next((entry.value for entry in node.metadata_props if entry.key == BLOCK), "")


def block_of(module: str) -> str:
    """The block of a module, both named from the classifier down.

    In the backbone that is the outermost module with a number in its name, which in timm's
    networks is a stage: `backbone.body.layer1.0.conv1` is of the block `backbone.layer1`.
    """
    if module.startswith(_BACKBONE):
        inner = module.removeprefix(_BACKBONE)
        return "backbone." + ".".join(_up_to_number(inner.split(".")))
    if module.startswith("encoder.blocks."):
        return ".".join(module.split(".")[:3])
    return module.partition(".")[0]


def blocks_in_order(nodes: Iterable[onnx.NodeProto]) -> tuple[str, ...]:
    """The blocks of some nodes, each once, in the order in which they first occur."""
    return tuple(dict.fromkeys(node_block(node) for node in nodes))


def _up_to_number(parts: Sequence[str]) -> Sequence[str]:
    for length, part in enumerate(parts, start=1):
        if any(character.isdigit() for character in part):
            return parts[:length]
    return parts


def _module(node: onnx.NodeProto, root: str) -> str:
    """The innermost module that a node stems from, named from the classifier down."""
    for entry in node.metadata_props:
        if entry.key == _SCOPES:
            *modules, _operation = ast.literal_eval(entry.value)
            inside = [name for name in modules if name.startswith(root + ".")]
            return inside[-1].removeprefix(root + ".") if inside else ""
    return ""
