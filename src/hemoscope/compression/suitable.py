"""Which models can be scored and cut."""

from hemoscope.compression.errors import PruningError
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.joint import Classifier


def check_suitable(model: Classifier) -> HybridClassifier:
    """The model itself, if it has one backbone and an encoder whose blocks can be cut one by one.

    Raises:
        PruningError: It is joint, has no token encoder, its blocks are one block, or it answers
            more than the class.
    """
    if not isinstance(model, HybridClassifier):
        raise PruningError(
            "this model is joint: its branches share one encoder, and what one of them can spare "
            "another may need. Prune a run of one backbone."
        )
    encoder = model.config.encoder
    if not encoder.blocks:
        raise PruningError(
            f"this model ({model.config.backbone}) has no token encoder, so there is nothing to "
            "prune: only parts of the encoder are removed, and the backbone stays."
        )
    if encoder.tied and encoder.blocks > 1:
        raise PruningError(
            "the encoder's blocks share their weights across depth (encoder.tied), so cutting one "
            "would cut all. Prune a model whose blocks have weights of their own."
        )
    if model.config.tasks:
        raise PruningError(
            f"this model answers {', '.join(model.config.tasks)} beside the class, and pruning "
            "looks after the class alone: fine-tuning would let the other heads decay. Prune a "
            "model that was trained without tasks."
        )
    return model
