"""The form over the same database as a desk, with the public key alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.desk import Desk
from support.form_client import FORM_URL, Browser

from dashboard.report.application import make_app
from triage.app import ReportForm
from triage.core.database import Database, make_engine
from triage.core.keys import KeyStore
from triage.core.sealed import Vault
from triage.core.settings import Settings

MakeForm = Callable[..., ReportForm]


def public_key(desk: Desk) -> str:
    """The desk's public key as a setting."""
    public = desk.triage.vault.ring().publics[1]
    return f"1:{public.public_bytes_raw().hex()}"


@pytest.fixture
def make_form(desk: Desk, tmp_path: Path) -> Iterator[MakeForm]:
    """A form over the desk's database: ``make_form(url=…, form_no_addresses=True)``."""

    opened: list[ReportForm] = []

    def make(url: str | None = None, **given: object) -> ReportForm:
        settings = Settings(
            home=tmp_path / "form",
            database_url=url or desk.triage.settings.url,
            desk_public_key=public_key(desk),
            **({"form_url": FORM_URL, "organisation": "Civic Example"} | given),
        )
        made = ReportForm(
            settings=settings,
            database=Database(make_engine(settings.url)),
            vault=Vault(KeyStore(settings).ring),
            clock=desk.clock,
        )
        opened.append(made)
        return made

    yield make
    for one in opened:
        one.database.close()


@pytest.fixture
def report_form(make_form: MakeForm) -> ReportForm:
    """One of them."""
    return make_form()


@pytest.fixture
def visitor(report_form: ReportForm) -> Browser:
    """Somebody at the form."""
    return Browser(make_app(report_form))
