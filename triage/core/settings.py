"""Settings: from the environment, with the prefix ``TRIAGE_``; nowhere else."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything a deployer may set. ``triage doctor`` prints what is in force."""

    model_config = SettingsConfigDict(env_prefix="TRIAGE_", extra="forbid", frozen=True)

    home: Path = Path(".triage")
    """Folder for the embedded database and the key file. Ignored by git."""
    database_url: SecretStr | None = None
    """SQLAlchemy URL; without one, SQLite in ``home``. Secret, since it may hold a password."""
    hash_key: SecretStr | None = None
    """Key for hashes of addresses and originals; without one, a file made in ``home``."""
    demo: bool = False
    """The demonstration: sample mail, and a choice of who to be. Never with real mail."""
    address: str = "127.0.0.1"
    """Where the desk listens."""

    own_domains: tuple[str, ...] = ()
    """The charity's mail domains."""
    service_addresses: dict[str, str] = Field(default_factory=dict)
    """Recipient address -> service, e.g. ``{"team@example.org": "whatdotheyknow"}``."""

    claim_minutes: int = Field(default=10, ge=1, le=120)
    undo_minutes: int = Field(default=10, ge=1, le=60)
    blind_sample_per_day: int = Field(default=2, ge=0, le=50)
    expected_messages_per_day: int = Field(default=40, ge=1)
    """Used for the blind sample until there are two weeks of figures."""
    sitting_limit: int = Field(default=25, ge=1)
    """Messages in one sitting after which the desk suggests stopping. Soft."""
    severe_limit: int = Field(default=5, ge=1)
    """Severe messages in one sitting after which the desk suggests a break."""
    sitting_minutes: int = Field(default=45, ge=5)
    support_lines: tuple[str, ...] = (
        "Samaritans: 116 123, any time, free",
        "Your line manager, or the named alternative on the staff page",
    )
    """Shown to staff at the point of need. The deployer's own words."""
    welfare_lines: tuple[str, ...] = (
        "999 if a life is at risk now",
        "Samaritans: 116 123",
        "Your safeguarding lead",
    )
    """Shown beside a welfare message."""
    welfare_reply: str = (
        "Thank you for writing to us. We are worried about you. If you may be in danger now, "
        "please call 999. You can talk to Samaritans at any time, free, on 116 123. We are not "
        "a support service and may not see a reply at once, but we have read your message."
    )
    """The approved reply to copy; the deployer adopts or replaces it."""

    @property
    def url(self) -> str:
        """The database in use."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        name = "demo.db" if self.demo else "triage.db"
        return f"sqlite:///{(self.home / name).absolute()}"

    @property
    def claim_time(self) -> timedelta:
        """How long a claim holds without a sign of life."""
        return timedelta(minutes=self.claim_minutes)

    @property
    def undo_time(self) -> timedelta:
        """How long a decision may be undone by who took it."""
        return timedelta(minutes=self.undo_minutes)
