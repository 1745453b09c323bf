"""Settings: from the environment, with the prefix ``TRIAGE_``; nowhere else."""

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from triage.core.mailboxes import Mailbox
from triage.core.schedule import Schedule


class RelayRule(BaseModel):
    """A service that sends on what people write: where in its mail stands who really wrote."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = Field(min_length=3)
    """From which it comes: a whole address, or a domain."""
    service: str = Field(pattern=r"^[a-z0-9_-]{1,60}$")
    header: str | None = None
    """The header that names who wrote: ``Reply-To``."""
    field: str | None = None
    """Or the label of the line in the body that does: ``Email``."""
    channel: Literal["web", "email", "social"] = "web"
    ticket_header: str | None = None
    """The header with the service's own number of the message, if there is one."""
    ticket_url_header: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.header) == bool(self.field):
            raise ValueError("name a header or a field, and not both")
        return self


class Settings(Schedule):
    """Everything a deployer may set. ``triage doctor`` prints what is in force."""

    model_config = SettingsConfigDict(
        env_prefix="TRIAGE_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    home: Path = Path(".triage")
    """Folder for the embedded database and the key file. Ignored by git."""
    database_url: SecretStr | None = None
    """SQLAlchemy URL; without one, SQLite in ``home``. Secret, since it may hold a password."""
    backups: Path | None = None
    """Where ``triage backup`` writes, and where backups whose time is over are deleted."""
    backup_keys: Path | None = None
    """Where the keys of backups lie: apart from them. Without it, ``home``/backup-keys."""
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
    relays: tuple[RelayRule, ...] = ()
    """Services that send on what people write, e.g. ``[{"address": "no-reply@example.org",
    "service": "fixmystreet", "header": "Reply-To"}]``. The first that fits counts."""
    authserv_ids: tuple[str, ...] = ()
    """The names under which our own servers write Authentication-Results. They must take out what
    others wrote under these names (RFC 8601, 5)."""
    forward_to: tuple[str, ...] = ()
    """The addresses of the mailbox to which colleagues forward what they got."""
    forwarders: tuple[str, ...] = ()
    """Addresses of volunteers without an account who may forward; everybody with one may."""

    mailboxes: tuple[Mailbox, ...] = ()
    """IMAP mailboxes that ``triage watch`` reads, as a JSON list (core/mailboxes.py). The desk
    shows how they do: it needs the same list, and no password."""
    mailbox_stale_minutes: int = Field(default=15, ge=2, le=1440)
    """A mailbox that nobody has looked into for longer than this is a banner on the desk."""
    mailbox_timeout: float = Field(default=30, ge=1, le=120)
    """Seconds to wait for each answer of a mailbox's server."""

    claim_minutes: int = Field(default=10, ge=1, le=120)
    undo_minutes: int = Field(default=10, ge=1, le=60)
    blind_sample_per_day: int = Field(default=2, ge=0, le=50)
    expected_messages_per_day: int = Field(default=40, ge=1)
    """Used for the blind sample until there are two weeks of figures."""
    self_review_hours: int = Field(default=4, ge=1, le=40)
    """Working hours without another reviewer after which a recipient who reviews may ask for a
    second look at their own."""
    aftercare: bool = True
    """Write to whoever a message was sent to once it has been dealt with; nothing of it."""
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

    alarm_minutes: int = Field(default=15, ge=1, le=240)
    """How long one person has to say that they have an alarm, before the next is alerted."""
    report_alarm_minutes: int = Field(default=120, ge=5, le=1440)
    """The same for an incident report that is not happening at this moment."""
    hr_contact: str = Field(default="", max_length=254)
    """The work address of who takes referrals for HR. Where that is who a case is about, or they
    stepped back from it, the fallback takes their part (P-HR-1). Without one, HR has a receipt."""
    case_event_minutes: int = Field(default=15, ge=1, le=240)
    """How soon somebody takes a report from an event that goes on. The targets of the policy's
    promise to be prompt stand here; each state of a case has its own, in working days."""
    case_acknowledge_days: int = Field(default=2, ge=1, le=20)
    case_triage_days: int = Field(default=5, ge=1, le=40)
    case_investigate_days: int = Field(default=20, ge=1, le=120)
    case_account_days: int = Field(default=10, ge=1, le=60)
    """How long the person reported has for their account."""
    case_decide_days: int = Field(default=5, ge=1, le=40)
    case_act_days: int = Field(default=10, ge=1, le=60)
    case_outcome_days: int = Field(default=5, ge=1, le=40)
    restriction_decide_days: int = Field(default=2, ge=1, le=20)
    """How long a proposed restriction waits for who approves or declines it."""
    restriction_appeal_days: int = Field(default=5, ge=1, le=40)
    """How long an appeal waits for its decision, from when it came. Past either, whoever may decide
    is reminded, once a working day."""
    case_withhold_for_risk: bool = False
    """Whether a risk of harm or retaliation is a reason not to tell somebody of a report yet. The
    policy does not name it: the trustees adopt it, or do not."""
    alarm_again_hours: int = Field(default=4, ge=1, le=24)
    """How long after everybody was alerted it begins anew. There is no setting for never."""
    letter_from: str = ""
    """The role address that letters come from; without one, ``smtp_from``."""
    signed_as: str = Field(default="The conduct team", min_length=1, max_length=80)
    """How letters are signed: a role, and nobody's name."""
    appeal_address: str = ""
    """Where an appeal reaches us, also from somebody who is blocked: letters are answered to it."""
    appeal_ladder: str = (
        "If you are not content with the answer, you can ask for another member of the team to "
        "look at it, then our chief executive, and then our trustees."
    )
    """What comes after an appeal. The deployer's own words."""
    route_complaint: str = Field(
        default="A complaint about how one of our services works: its own contact form.",
        min_length=1,
    )
    """This and the next three stand in every notice: ways to us that a restriction leaves open."""
    route_data: str = Field(
        default="To see or correct what we hold about you: our data protection address.",
        min_length=1,
    )
    route_access: str = Field(
        default="Help with using our services, or any of this in another form: write and say so.",
        min_length=1,
    )
    route_emergency: str = Field(
        default="If somebody is in danger, call 999.",
        min_length=1,
    )

    organisation: str = Field(default="", max_length=120)
    """Who we are, as it is said to the police on the telephone."""
    police_phone: str = Field(default="", max_length=40)
    """The number at which the police reach us back: of a role, and nobody's own."""
    police_routes: tuple[str, ...] = ()
    """Further ways to the police beside 999, 101 and online, by name: a local officer's desk."""

    form_url: str = ""
    """How people reach the public report form, e.g. ``https://report.example.org``."""
    form_no_addresses: bool = False
    """Set it once the proxy before the form keeps no address of who visits: the form then says
    so. The form itself never keeps one."""
    exit_url: str = Field(default="https://www.bbc.co.uk/weather", pattern=r"^https://")
    """Where "Leave this page quickly" leads: a page that anybody might have open."""
    service_complaints: dict[str, str] = Field(
        default_factory=lambda: {
            name: f"Use the contact page of {name}, and say that it is a complaint. If you are "
            "not content with the answer, ask there for it to be looked at again."
            for name in ("TheyWorkForYou", "WriteToThem", "FixMyStreet", "WhatDoTheyKnow")
        }
    )
    """Service -> where a complaint about it goes. The deployer's own words."""
    hr_route: str = Field(
        default="Speak to HR, or to your line manager.",
        min_length=1,
    )
    """What a member of staff who wants to report is told."""
    hr_alternative: str = Field(
        default="If it is about one of them: the chair of our trustees, who is in no team's line.",
        min_length=1,
    )
    """Whom else they may turn to: somebody by name, outside their line."""
    staff_flag_route: str = Field(
        default="Abuse from the public in your mail or on the phone: sign in to the desk and flag "
        "it there, or forward it to the address that the team gave you.",
        min_length=1,
    )
    event_access_route: str = Field(
        default="If you need something to be able to take part in one of our events, and nothing "
        "has happened, tell its organisers as early as you can. No report is needed for that.",
        min_length=1,
    )

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

    @field_validator("mailboxes")
    @classmethod
    def _names_differ(cls, boxes: tuple[Mailbox, ...]) -> tuple[Mailbox, ...]:
        if len({one.name for one in boxes}) != len(boxes):
            raise ValueError("each mailbox has a name of its own")
        return boxes

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
