"""One protocol, "images in, logits out", whatever the model is stored as."""

from hemoscope.inference.load import ModelError, load_scorer
from hemoscope.inference.predict import PredictionRun, predict_cells
from hemoscope.inference.scorer import Observation, Scorer

__all__ = ["ModelError", "Observation", "PredictionRun", "Scorer", "load_scorer", "predict_cells"]
