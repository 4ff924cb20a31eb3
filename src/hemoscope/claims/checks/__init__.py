"""Every check: from the ledger to findings that name claims by id."""

from collections.abc import Callable, Iterator

from hemoscope.claims.checks.architecture import (
    check_custom_cnn,
    check_edges,
    check_frozen,
    check_text_sizes,
    check_totals,
)
from hemoscope.claims.checks.brier import check_class_brier, check_uncertainty
from hemoscope.claims.checks.calibration import (
    check_class_ece,
    check_ece,
    check_ece_and_mce,
    check_losses,
    check_mce,
    check_sharpness,
    check_temperature,
    check_top_bins,
)
from hemoscope.claims.checks.classification import check_f1_spread, check_margins
from hemoscope.claims.checks.confusion import (
    check_caps,
    check_concentration,
    check_error_entropy,
    check_false_positive_sum,
    check_kappa,
)
from hemoscope.claims.checks.curves import check_auc_spread, check_divergence, check_partial_auc
from hemoscope.claims.checks.data import check_accuracies, check_rarest_class, check_split
from hemoscope.claims.checks.derived import check_derived
from hemoscope.claims.checks.restated import check_restatements
from hemoscope.claims.checks.statements import (
    check_efficiency,
    check_extremes,
    check_gap_classes,
    check_intervals,
    check_loss_variance,
    check_range_ends,
    check_recall_exception,
    check_recall_floors,
    check_table_5,
)
from hemoscope.claims.finding import Finding
from hemoscope.claims.ledger import Ledger

Check = Callable[[Ledger], Iterator[Finding]]

# In the order in which contradictions are told: the heaviest first.
ALL_CHECKS: tuple[Check, ...] = (
    check_ece,
    check_temperature,
    check_mce,
    check_top_bins,
    check_uncertainty,
    check_class_brier,
    check_class_ece,
    check_sharpness,
    check_caps,
    check_false_positive_sum,
    check_kappa,
    check_error_entropy,
    check_concentration,
    check_accuracies,
    check_margins,
    check_f1_spread,
    check_recall_floors,
    check_recall_exception,
    check_gap_classes,
    check_extremes,
    check_rarest_class,
    check_text_sizes,
    check_totals,
    check_custom_cnn,
    check_frozen,
    check_edges,
    check_efficiency,
    check_derived,
    check_restatements,
    check_loss_variance,
    check_split,
    check_range_ends,
    check_table_5,
    check_ece_and_mce,
    check_losses,
    check_partial_auc,
    check_auc_spread,
    check_divergence,
    check_intervals,
)


def all_findings(ledger: Ledger) -> list[Finding]:
    """What every check says, in the order of `ALL_CHECKS`."""
    return [finding for check in ALL_CHECKS for finding in check(ledger)]
