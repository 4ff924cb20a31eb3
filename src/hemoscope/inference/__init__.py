"""One protocol, "images in, logits out", whatever the model is stored as."""

from hemoscope.inference.bundle import Bundle, BundleInfo, ModelError, read_bundle
from hemoscope.inference.classifier import Classifier, Opinion
from hemoscope.inference.load import Engine, load_scorer
from hemoscope.inference.predict import PredictionRun, predict_cells
from hemoscope.inference.scorer import Observation, Scorer

__all__ = [
    "Bundle",
    "BundleInfo",
    "Classifier",
    "Engine",
    "ModelError",
    "Observation",
    "Opinion",
    "PredictionRun",
    "Scorer",
    "load_scorer",
    "predict_cells",
    "read_bundle",
]
