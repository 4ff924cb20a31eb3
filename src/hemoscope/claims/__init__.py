"""The claims ledger: every number of the paper, and whether arithmetic or our runs bear it out.

Claims are data (`numbers/*.yaml`), the definitions and bounds are pure functions
(`arithmetic/`), the checks bring the two together by claim id (`checks/`), and `take_account`
gives every claim exactly one status.
"""

from hemoscope.claims.account import Account, take_account
from hemoscope.claims.page import save_page, write_page
from hemoscope.claims.record import as_record

__all__ = ["Account", "as_record", "save_page", "take_account", "write_page"]
