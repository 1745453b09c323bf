"""Settings: from the environment, with the prefix ``TRIAGE_``; nowhere else."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

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

    smtp_host: str = ""
    """The server that takes alerts; without one they stay in the outbox."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    smtp_starttls: bool = True
    """Encrypt before anything is said; a server that does not offer it gets nothing."""
    smtp_from: str = ""
    """The address that alerts come from. It is all that they show of us."""
    smtp_timeout: float = Field(default=20, ge=1, le=60)
    """Seconds to wait for each answer of that server."""

    public_url: str = ""
    """How people reach the desk, e.g. ``https://desk.example.org``. Sign-in needs it."""
    oidc_metadata_url: str = ""
    """Where the sign-in provider describes itself (``…/.well-known/openid-configuration``)."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    cookie_secret: SecretStr | None = None
    """Signs the login cookie. 32 characters or more; a new one signs everybody out."""
    trusted_proxy: str = ""
    """Address of the proxy whose forwarded headers are believed. Without one, none are."""
    metrics_token: SecretStr | None = None
    """Whoever sends it as a bearer token may read the server's metrics. Without one, nobody."""

    desk_key: SecretStr | None = None
    """The desk's private keys as ``VERSION:HEX``, several with commas between; without it, the
    files in ``home``/keys that ``triage keys init`` makes."""
    desk_public_key: str | None = None
    """The desk's public key as ``VERSION:HEX``: all that the public form needs to seal."""
    record_key: SecretStr | None = None
    """Ed25519 key that signs the head of the record, in hexadecimal; else a file as above."""

    @property
    def signs_in(self) -> bool:
        """Whether a sign-in provider is set up, with all that it needs."""
        return bool(
            self.public_url
            and self.oidc_metadata_url
            and self.oidc_client_id
            and self.oidc_client_secret
            and self.cookie_secret
        )

    nation: Literal["england_and_wales", "scotland", "northern_ireland"] = "england_and_wales"
    """Whose bank holidays the rota keeps."""
    opens: int = Field(default=9, ge=0, le=22)
    closes: int = Field(default=17, ge=1, le=23)
    """The hours of a working day by London's clock: somebody should be on duty from, until."""

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
