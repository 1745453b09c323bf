"""What every page of the form works with: settings, database, clock, and who asked how often."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from dashboard.report.throttle import Throttle
from triage.app import ReportForm
from triage.core.settings import Settings
from triage.doctor.findings import LOOPBACK
from triage.reports.published import Published
from triage.reports.queries import shown_to_all

T = TypeVar("T")


@dataclass
class Site:
    """One running form."""

    form: ReportForm
    throttle: Throttle = field(default_factory=Throttle)

    @property
    def settings(self) -> Settings:
        """What the deployer set."""
        return self.form.settings

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.form.clock.now()

    @property
    def us(self) -> str:
        """Who we are, in a sentence."""
        return self.settings.organisation or "our organisation"

    @property
    def secure(self) -> bool:
        """Whether cookies are for https alone: always, but on this machine."""
        parts = urlsplit(self.settings.form_url)
        return not (parts.scheme == "http" and parts.hostname in LOOPBACK)

    @property
    def origin(self) -> str:
        """From where our own pages post."""
        parts = urlsplit(self.settings.form_url)
        return f"{parts.scheme}://{parts.netloc}"

    def read(self, question: Callable[..., T], **given: Any) -> T:
        """Ask the database."""
        with self.form.database.read() as session:
            return question(session, **given)

    def act(self, command: Callable[..., T], **given: Any) -> T:
        """Run a command in one transaction."""
        return self.form.database.write(lambda session: command(session, **given))

    def shown(self) -> Published:
        """What the desk has published."""
        return self.read(shown_to_all)
