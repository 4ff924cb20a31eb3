import pytest

from hemoscope.claims.account import Account, take_account
from hemoscope.claims.ledger import Ledger, read_ledger


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    return read_ledger()


@pytest.fixture(scope="session")
def account() -> Account:
    return take_account()
