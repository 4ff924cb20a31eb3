"""Every check contradicts what it should, and falls silent once the number is mended."""

import pytest

from hemoscope.claims.checks import (
    ALL_CHECKS,
    Check,
    all_findings,
    architecture,
    brier,
    calibration,
    classification,
    confusion,
    curves,
    data,
    derived,
    restated,
    statements,
)
from hemoscope.claims.finding import Verdict
from hemoscope.claims.ledger import Ledger

from ..doctored import doctored


def accused(check: Check, ledger: Ledger) -> set[str]:
    return {
        name
        for finding in check(ledger)
        if finding.verdict is Verdict.CONTRADICTED
        for name in finding.claims
    }


def test_findings_name_claims_that_exist(ledger):
    for finding in all_findings(ledger):
        assert finding.claims
        assert all(name in ledger.claims for name in finding.claims)
        assert finding.because.endswith(".")


def test_every_check_of_the_package_runs():
    modules = (
        architecture,
        brier,
        calibration,
        classification,
        confusion,
        curves,
        data,
        derived,
        restated,
        statements,
    )
    written = {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.startswith("check_")
    }
    assert written == set(ALL_CHECKS)


# (check, a number that it contradicts in the paper, what would mend it)
CONTRADICTED_AND_MENDED = [
    (calibration.check_ece, "s35.inception_v3.ece", {"s35__inception_v3__ece": "0.040"}),
    (
        calibration.check_ece,
        "s36.inception_v3.adaptive_ece",
        {"s36__inception_v3__adaptive_ece": "0.040"},
    ),
    (
        calibration.check_temperature,
        "s35.inception_v3.temperature",
        {"s35__inception_v3__temperature": "0.81"},
    ),
    (
        calibration.check_mce,
        "s35.custom_cnn.mce",
        {"s35__custom_cnn__mce": "0.012"},
    ),
    (
        calibration.check_top_bins,
        "s35.inception_v3.over_above",
        {"s35__inception_v3__mce": "0.253"},
    ),
    (
        calibration.check_sharpness,
        "s35.resnet50.sharpness",
        {"s35__resnet50__sharpness": "-0.273"},
    ),
    (
        calibration.check_class_ece,
        "s36.custom_cnn.class_ece",
        {"s36__custom_cnn__class_ece": "0.017"},
    ),
    (brier.check_uncertainty, "s35.resnet50.uncertainty", {"s35__resnet50__uncertainty": "0.856"}),
    (
        brier.check_class_brier,
        "s36.resnet50.class5.brier",
        {"s36__resnet50__class5__brier": "0.018"},
    ),
    (
        confusion.check_caps,
        "t3.resnet50.class5.precision",
        {"t3__resnet50__class5__precision": "0.94"},
    ),
    (
        confusion.check_caps,
        "t3.custom_cnn.class5.recall",
        {"t3__custom_cnn__class5__recall": "0.96"},
    ),
    (
        confusion.check_false_positive_sum,
        "s37.resnet50.confused_3_5",
        {"s37__resnet50__confused_3_5": "2"},
    ),
    (confusion.check_kappa, "s37.resnet50.kappa", {"s37__resnet50__kappa": "0.970"}),
    (confusion.check_kappa, "s37.custom_cnn.kappa", {"s37__custom_cnn__kappa": "0.960"}),
    (
        confusion.check_concentration,
        "s37.custom_cnn.concentration",
        {"s37__custom_cnn__concentration": "52.6"},
    ),
    (
        confusion.check_error_entropy,
        "s37.inception_v3.error_entropy",
        {"s37__inception_v3__error_entropy": "2.83"},
    ),
    (data.check_accuracies, "t5.custom_cnn.accuracy", {"t5__custom_cnn__accuracy": "96.61"}),
    (data.check_rarest_class, "s34.rarest_class", {"s34__rarest_class": "6.93"}),
    (
        statements.check_recall_floors,
        "s37.inception_v3.near_perfect",
        {"s37__inception_v3__near_perfect": "98"},
    ),
    (
        statements.check_recall_exception,
        "s31.inception_v3.recall_exception",
        {"s31__inception_v3__recall_exception": "0.93"},
    ),
    (
        statements.check_gap_classes,
        "s31.efficientnet_b3.gap_classes",
        {"t3__efficientnet_b3__class0__recall": "0.96"},
    ),
    (
        statements.check_loss_variance,
        "s32.inception_v3.loss_variance",
        {"s32__inception_v3__loss_variance": "0.00005"},
    ),
    (statements.check_table_5, "s39.columns", {"s39__columns": "5"}),
    (
        statements.check_efficiency,
        "s38.resnet50.efficiency",
        {"s38__resnet50__efficiency": "0.0090"},
    ),
    (architecture.check_frozen, "s38.resnet50.layers", {"s38__resnet50__layers": "175"}),
    (
        derived.check_derived,
        "s37.custom_cnn.confused_share",
        {"s37__custom_cnn__confused_share": "4.51"},
    ),
    (
        derived.check_derived,
        "s38.efficientnet_b3.clock_seconds",
        {"s38__efficientnet_b3__clock_seconds": "31"},
    ),
    (
        derived.check_derived,
        "s38.inception_v3.clock_seconds",
        {"s38__inception_v3__clock_seconds": "43"},
    ),
    (
        restated.check_restatements,
        "s232.inception_v3.frozen",
        {"s232__inception_v3__frozen": "7.00"},
    ),
]


@pytest.mark.parametrize(("check", "name", "mended"), CONTRADICTED_AND_MENDED)
def test_a_contradiction_goes_when_its_number_is_mended(ledger, check, name, mended):
    assert name in accused(check, ledger)
    assert name not in accused(check, doctored(ledger, **mended))


# (check, a change that it must notice, what it then contradicts)
SILENT_AND_SPOILT = [
    (data.check_split, {"t3__class0__support": "238"}, "t3.class0.support"),
    (data.check_split, {"s21__seed": "43"}, "s21.seed"),
    (derived.check_derived, {"s21__class0__images": "1219"}, "s21.images"),
    (derived.check_derived, {"t2__resnet50__trainable": "355152905"}, "t2.resnet50.total"),
    (derived.check_derived, {"t3__inception_v3__class4__f1": "0.98"}, "t3.inception_v3.class4.f1"),
    (derived.check_derived, {"t3__resnet50__macro__recall": "0.99"}, "t3.resnet50.macro.recall"),
    (derived.check_derived, {"t4__resnet50__minutes": "94.35"}, "t4.resnet50.minutes"),
    (derived.check_derived, {"s35__resnet50__brier": "0.038"}, "s35.resnet50.brier"),
    (derived.check_derived, {"s38__custom_cnn__faster": "4.48"}, "s38.custom_cnn.faster"),
    (derived.check_derived, {"s21__rotation_degrees": "24"}, "s21.rotation_degrees"),
    (classification.check_margins, {"t4__resnet50__accuracy": "0.9801"}, "t4.resnet50.accuracy"),
    (classification.check_f1_spread, {"s31__resnet50__f1_sd": "0.0431"}, "s31.resnet50.f1_sd"),
    (confusion.check_kappa, {"s37__inception_v3__kappa": "0.977"}, "s37.inception_v3.kappa"),
    (architecture.check_totals, {"s231__heads": "12"}, "s231.heads"),
    (architecture.check_custom_cnn, {"t2__custom_cnn__total": "5684169"}, "t2.custom_cnn.total"),
    (architecture.check_edges, {"t2__inception_v3__map_edge": "7"}, "t2.inception_v3.map_edge"),
    (
        architecture.check_frozen,
        {"s233__resnet50__frozen_layers": "110"},
        "s233.resnet50.frozen_layers",
    ),
    (calibration.check_ece_and_mce, {"s35__resnet50__mce": "0.022"}, "s35.resnet50.mce"),
    (calibration.check_losses, {"t4__custom_cnn__loss": "0.0897"}, "t4.custom_cnn.loss"),
    (curves.check_partial_auc, {"s33__resnet50__class5__auc": "0.996"}, "s33.resnet50.class5.auc"),
    (curves.check_auc_spread, {"s33__inception_v3__auc_sd": "0.0131"}, "s33.inception_v3.auc_sd"),
    (curves.check_divergence, {"s33__resnet50__divergence": "1.2"}, "s33.resnet50.divergence"),
    (statements.check_extremes, {"s31__inception_v3__f1_min": "0.97"}, "s31.inception_v3.f1_min"),
    (statements.check_range_ends, {"s33__custom_cnn__auc_min": "0.985"}, "s33.custom_cnn.auc_min"),
    (
        statements.check_intervals,
        {"s35__resnet50__ece_high": "0.029"},
        "s35.resnet50.ece",
    ),
    (restated.check_restatements, {"s0__images": "17093"}, "s0.images"),
]


@pytest.mark.parametrize(("check", "change", "name"), SILENT_AND_SPOILT)
def test_a_spoilt_number_is_noticed(ledger, check, change, name):
    assert name not in accused(check, ledger)
    assert name in accused(check, doctored(ledger, **change))


def test_text_sizes_agree_only_with_the_table_sizes(ledger):
    assert accused(architecture.check_text_sizes, ledger) == {
        "s231.embedding",
        "s231.feed_forward",
    }
    mended = doctored(ledger, s231__feed_forward="8192")
    assert accused(architecture.check_text_sizes, mended) == {"s231.embedding"}
