"""Where our figure for a claim stands: the quantity of the ledger to the path in test.json.

Only what both define alike is listed. Left out, because the paper does not say how it is computed
or means the shape of a curve: Brier scores and their parts, sharpness, entropies and divergences
(of an unknown base), confidences from which a curve bends, phases of training, thresholds.
"""

from collections.abc import Mapping

from hemoscope.claims.claim import Claim
from study.page.printed import class_names

PATHS: Mapping[str, str] = {
    "accuracy": "accuracy",
    "macro_precision": "macro.precision",
    "macro_recall": "macro.recall",
    "macro_f1": "macro.f1",
    "weighted_precision": "weighted.precision",
    "weighted_recall": "weighted.recall",
    "weighted_f1": "weighted.f1",
    "f1_sd": "f1_sd",
    "micro_auc": "roc.micro.auc",
    "auc_sd": "roc.auc_sd",
    "micro_ap": "pr.micro.average_precision",
    "ece": "calibration.ece",
    "adaptive_ece": "calibration.adaptive_ece",
    "class_ece_mean": "calibration.classwise_ece",
    "mce": "calibration.mce",
    "loss": "calibration.nll",
    "kappa": "kappa",
    "nmi": "confusion.normalised_mutual_information",
    "confidence_when_right": "calibration.confidence.right",
    "confidence_when_wrong": "calibration.confidence.wrong",
    "mean_accuracy_gap": "dynamics.absolute_accuracy_gap",
    "loss_change_sd": "dynamics.val_loss.sd",
    "loss_cv": "dynamics.val_loss.cv",
    "epoch_of_0.95": "dynamics.epoch_of_95",
    "convergence_efficiency": "dynamics.convergence_efficiency.accuracy_per_minute",
}
OF_A_CLASS: Mapping[str, str] = {
    "precision": "per_class.{name}.precision",
    "recall": "per_class.{name}.recall",
    "f1": "per_class.{name}.f1",
    "auc": "roc.per_class.{name}.auc",
    "partial_auc": "roc.per_class.{name}.partial_auc",
    "ap": "pr.per_class.{name}.average_precision",
    "class_ece": "calibration.per_class.{name}.ece",
    "class_brier": "calibration.per_class.{name}.brier.score",
    "ici": "calibration.per_class.{name}.ici",
}
LOWEST_OR_HIGHEST: Mapping[str, str] = {
    "precision_min": "per_class.{name}.precision",
    "recall_min": "per_class.{name}.recall",
    "f1_min": "per_class.{name}.f1",
    "auc_min": "roc.per_class.{name}.auc",
    "auc_max": "roc.per_class.{name}.auc",
    "ap_min": "pr.per_class.{name}.average_precision",
    "ap_max": "pr.per_class.{name}.average_precision",
}
# An accuracy that is not of the test cells, and floors that leave out a class.
OTHERWISE = ("s32.inception_v3.reached", "s31.inception_v3.recall_floor")


def path_of(claim: Claim) -> str | None:
    """The path of our figure, or None where there is none that is defined alike."""
    if claim.id in OTHERWISE:
        return None
    if claim.cell_class is not None and claim.quantity in OF_A_CLASS:
        return OF_A_CLASS[claim.quantity].format(name=class_names()[claim.cell_class])
    return PATHS.get(claim.quantity)


def paths_over_classes(claim: Claim) -> list[str]:
    """The paths over which our figure is the lowest or highest; none for other claims."""
    pattern = LOWEST_OR_HIGHEST.get(claim.quantity)
    if pattern is None or claim.id in OTHERWISE:
        return []
    return [pattern.format(name=name) for name in class_names().values()]
