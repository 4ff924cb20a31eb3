"""Table 2 and the text about the models against parameter arithmetic."""

from collections.abc import Iterator

from hemoscope.claims.arithmetic.architecture import (
    KERAS_BACKBONE_PARAMETERS,
    convolution_stack,
    dense,
    frozen_parameters,
    inception_v3_edge,
    resnet50_layers,
    transformer_block,
)
from hemoscope.claims.claim import MODEL_NAMES, Model
from hemoscope.claims.finding import Finding, agree, contradict
from hemoscope.claims.ledger import Ledger

TRANSFERRED: tuple[Model, ...] = ("resnet50", "efficientnet_b3", "inception_v3")
HALVINGS: dict[Model, int] = {"custom_cnn": 4, "resnet50": 5, "efficientnet_b3": 5}


def _total(model: Model, width: int, heads: int, inner: int, blocks: int) -> int:
    block = transformer_block(width, heads=heads, key=width, inner=inner)
    return KERAS_BACKBONE_PARAMETERS[model] + blocks * block + dense(width, 8)


def check_totals(ledger: Ledger) -> Iterator[Finding]:
    """Backbone + blocks + head, with heads as wide as the token and a fourfold inner layer."""
    heads, blocks = ledger["s231.heads"].count, ledger["t2.blocks"].count
    for model in TRANSFERRED:
        total, width = ledger[f"t2.{model}.total"], ledger[f"t2.{model}.width"].count
        block = transformer_block(width, heads=heads, key=width, inner=4 * width)
        expected = _total(model, width, heads, 4 * width, blocks)
        because = (
            f"{KERAS_BACKBONE_PARAMETERS[model]:,} (Keras's {MODEL_NAMES[model]} without top) + "
            f"{blocks} × {block:,} (a block of width {width}: {heads} heads of {width}, inner "
            f"layer {4 * width}) + {dense(width, 8):,} (output) = {expected:,}."
        )
        claims = (total.id, f"t2.{model}.width", "t2.blocks", "t2.outputs", "s231.heads")
        verdict = agree if expected == total.count else contradict
        yield verdict(f"{MODEL_NAMES[model]}: parameters", claims, because)


def check_custom_cnn(ledger: Ledger) -> Iterator[Finding]:
    """One natural reading of the custom network meets its total."""
    total, width = ledger["t2.custom_cnn.total"], ledger["t2.custom_cnn.width"].count
    stack = convolution_stack((5, 3, 3, 3), (3, 32, 64, 128, width))
    blocks = ledger["t2.blocks"].count * transformer_block(
        width, heads=8, key=width, inner=4 * width
    )
    head = dense(width, 128) + dense(128, 8)
    expected = stack + blocks + head
    because = (
        f"One reading meets it: four convolutions (32 of 5×5; 64, 128 and {width} of 3×3) "
        f"{stack:,} + blocks {blocks:,} + dense layers of 128 and 8 {head:,} = {expected:,}. "
        "Table 2 does not fix the layers."
    )
    verdict = agree if expected == total.count else contradict
    yield verdict("CustomCNN: parameters", (total.id, "t2.custom_cnn.width"), because)


def check_text_sizes(ledger: Ledger) -> Iterator[Finding]:
    """The text's embedding and feed-forward sizes against table 2's totals."""
    model: Model = "resnet50"
    total, width = ledger[f"t2.{model}.total"], ledger[f"t2.{model}.width"].count
    embedding, inner = ledger["s231.embedding"], ledger["s231.feed_forward"]
    blocks, heads = ledger["t2.blocks"].count, ledger["s231.heads"].count
    narrow = (
        KERAS_BACKBONE_PARAMETERS[model]
        + dense(width, embedding.count)
        + blocks
        * transformer_block(
            embedding.count, heads=heads, key=embedding.count, inner=4 * embedding.count
        )
        + dense(embedding.count, 8)
    )
    yield _size_finding(total.count, narrow, embedding.id, f"Tokens of {embedding.count}")
    short = _total(model, width, heads, inner.count, blocks)
    yield _size_finding(total.count, short, inner.id, f"An inner layer of {inner.count}")


def _size_finding(printed: int, expected: int, claim: str, what: str) -> Finding:
    because = (
        f"{what} would give ResNet50 {expected:,} parameters; table 2 prints {printed:,}, which "
        "the tokens' own width of 2,048 and an inner layer of 8,192 give exactly."
    )
    if expected == printed:
        return agree(what, (claim,), because)
    return contradict(f"{what} against table 2", (claim,), because)


def check_frozen(ledger: Ledger) -> Iterator[Finding]:
    """ResNet50's frozen layers, counted; and its layers in all."""
    layers = resnet50_layers()
    frozen, stated = (
        ledger["s233.resnet50.frozen_layers"],
        ledger["t2.resnet50.frozen"],
    )
    expected = frozen_parameters(layers, frozen.count)
    because = (
        f"The first {frozen.count} of Keras's layers and the moving statistics of the rest hold "
        f"{expected:,} numbers."
    )
    verdict = agree if expected == stated.count else contradict
    yield verdict("ResNet50: frozen parameters", (frozen.id, stated.id), because)
    claim = ledger["s38.resnet50.layers"]
    weighted = sum(layer.parameters > 0 for layer in layers)
    because = (
        f"Keras's ResNet50 without top has {len(layers)} layers, {weighted} of them with "
        "parameters; its name counts 50."
    )
    fits = claim.count in (len(layers), weighted, 50)
    yield (agree if fits else contradict)("ResNet50: layers", (claim.id,), because)


def check_edges(ledger: Ledger) -> Iterator[Finding]:
    """The feature maps' edges follow from the input's."""
    size = ledger["t2.input_size"].count
    for model, halvings in HALVINGS.items():
        claim, expected = ledger[f"t2.{model}.map_edge"], size // 2**halvings
        verdict = agree if expected == claim.count else contradict
        because = f"{size} halved {halvings} times is {expected}."
        yield verdict("Edge of the feature map", (claim.id, "t2.input_size"), because)
    claim, expected = ledger["t2.inception_v3.map_edge"], inception_v3_edge(size)
    verdict = agree if expected == claim.count else contradict
    because = f"InceptionV3's unpadded steps take {size} to {expected}."
    yield verdict("Edge of the feature map", (claim.id, "t2.input_size"), because)
