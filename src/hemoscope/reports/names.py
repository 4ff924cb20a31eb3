"""What the figures of an evaluation are called in print."""

from types import MappingProxyType

HEADLINES = MappingProxyType(
    {
        "accuracy": "Accuracy",
        "balanced_accuracy": "Balanced accuracy",
        "macro.precision": "Macro precision",
        "macro.recall": "Macro recall",
        "macro.f1": "Macro F1",
        "macro.specificity": "Macro specificity",
        "weighted.precision": "Weighted precision",
        "weighted.recall": "Weighted recall",
        "weighted.f1": "Weighted F1",
        "f1_sd": "Spread of F1 over classes (SD)",
        "kappa": "Cohen's kappa",
        "mcc": "Matthews correlation",
        "roc.macro.auc": "Macro AUC",
        "roc.micro.auc": "Micro AUC",
        "roc.macro.partial_auc": "Macro partial AUC (FPR up to 0.1)",
        "pr.macro.average_precision": "Macro average precision",
        "pr.micro.average_precision": "Micro average precision",
        "calibration.ece": "ECE (equal width)",
        "calibration.ece_debiased": "ECE, bias removed",
        "calibration.adaptive_ece": "ECE (equal mass)",
        "calibration.classwise_ece": "Class-wise ECE",
        "calibration.mce": "MCE",
        "calibration.nll": "Negative log-likelihood (nats)",
        "calibration.brier.sum.score": "Brier score (sum over classes)",
        "calibration.brier.class_mean.score": "Brier score (class mean)",
        "calibration.confidence.mean": "Mean confidence",
        "confusion.normalised_mutual_information": "Normalised mutual information",
        "confusion.error_entropy": "Entropy of the mistakes (nats)",
        "confusion.error_concentration": "Mistakes in the three most confused pairs",
        "separation.mean": "Mean Jensen-Shannon divergence",
        "selective.aurc": "Area under the risk-coverage curve",
        "selective.excess_aurc": "Excess area over a perfect ordering",
        "selective.coverage_at_error.0.001": "Coverage at 0.1 % error",
        "selective.coverage_at_error.0.005": "Coverage at 0.5 % error",
        "selective.coverage_at_error.0.01": "Coverage at 1 % error",
    }
)


def figure_name(path: str) -> str:
    """The printed name of the figure at a path of the evaluation's JSON."""
    return HEADLINES.get(path, path)


METHODS = MappingProxyType(
    {
        "wilson": "Wilson",
        "wilson-grouped": "Wilson, effective number of cells",
        "delong": "DeLong",
        "delong-grouped": "DeLong, by group",
        "delong-logit": "DeLong, logit scale",
        "delong-logit-grouped": "DeLong, logit scale, by group",
        "bootstrap-stratified": "bootstrap within classes",
        "bootstrap-grouped": "bootstrap of groups",
        "test-inversion": "inversion of a test",
    }
)


def method_name(method: str) -> str:
    """The printed name of the method behind an interval."""
    return METHODS.get(method, method)
