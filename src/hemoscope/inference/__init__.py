"""One protocol, "images in, logits out", whatever the model is stored as."""

from hemoscope.inference.bundle import Bundle, ModelError, read_bundle
from hemoscope.inference.bundle_info import BundleInfo
from hemoscope.inference.classifier import Classifier
from hemoscope.inference.image_list import ImageList, listed_images, open_images
from hemoscope.inference.job import Classified, classify_images
from hemoscope.inference.load import Engine, load_scorer
from hemoscope.inference.predict import PredictionRun, predict_cells
from hemoscope.inference.scorer import Observation, Scorer
from hemoscope.inference.second_look import look_again
from hemoscope.inference.shipped import shipped_bundle
from hemoscope.opinions import Opinion

__all__ = [
    "Bundle",
    "BundleInfo",
    "Classified",
    "Classifier",
    "Engine",
    "ImageList",
    "ModelError",
    "Observation",
    "Opinion",
    "PredictionRun",
    "Scorer",
    "classify_images",
    "listed_images",
    "load_scorer",
    "look_again",
    "open_images",
    "predict_cells",
    "read_bundle",
    "shipped_bundle",
]
