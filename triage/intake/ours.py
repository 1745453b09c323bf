"""What is ours and what is known of others, as far as reading a mail hangs on it.

The child that reads mail has no settings and no environment: this is all that it is told.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the child starts without them
    from triage.core.settings import RelayRule, Settings


@dataclass(frozen=True, slots=True)
class Relay:
    """A service that sends on what people write (``core.settings.RelayRule``)."""

    address: str
    """A whole address, or a domain; lower case."""
    service: str
    header: str | None = None
    field: str | None = None
    channel: str = "web"
    ticket_header: str | None = None
    ticket_url_header: str | None = None

    def sends(self, address: str | None) -> bool:
        """Whether this address is the relay's."""
        return address is not None and self.address in (address, address.rpartition("@")[2])


@dataclass(frozen=True, slots=True)
class Ours:
    """Relays, the names of our servers, the mailbox for forwards. Addresses in lower case."""

    relays: tuple[Relay, ...] = ()
    authserv_ids: tuple[str, ...] = ()
    forward_to: tuple[str, ...] = ()

    def relay(self, address: str | None) -> Relay | None:
        """The first relay that sends from this address."""
        return next((one for one in self.relays if one.sends(address)), None)


NOTHING = Ours()


def ours_of(settings: "Settings") -> Ours:
    """What these settings say."""
    return Ours(
        relays=tuple(_relay(one) for one in settings.relays),
        authserv_ids=tuple(one.strip().lower() for one in settings.authserv_ids),
        forward_to=tuple(one.strip().lower() for one in settings.forward_to),
    )


def _relay(rule: "RelayRule") -> Relay:
    given = rule.model_dump()
    return Relay(**(given | {"address": rule.address.strip().lower().removeprefix("@")}))


def to_json(ours: Ours) -> dict[str, Any]:
    """For the child."""
    return asdict(ours)


def from_json(told: Mapping[str, Any]) -> Ours:
    """What the parent told."""
    return Ours(
        relays=tuple(Relay(**one) for one in told["relays"]),
        authserv_ids=tuple(told["authserv_ids"]),
        forward_to=tuple(told["forward_to"]),
    )
