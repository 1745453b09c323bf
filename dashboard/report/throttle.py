"""How often one address may try: in memory alone, under a keyed hash whose key lives a day.

The address itself is kept nowhere. When the day's key goes, so does all that was counted.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

DAY = timedelta(days=1)
MOST_ADDRESSES = 20_000
"""Counted at one time; the one not seen for longest goes first."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within a time."""

    what: str
    most: int
    within: timedelta


WRONG_CODES = Limit("code", 10, timedelta(minutes=15))
REPORTS = Limit("report", 120, timedelta(hours=1))
"""Begun or sent. Many people may share one address at an event."""
FILES = Limit("file", 120, timedelta(hours=1))


@dataclass
class Throttle:
    """Counts tries."""

    _key: bytes = b""
    _until: datetime | None = None
    _tries: OrderedDict[bytes, deque[datetime]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def full(self, limit: Limit, address: str, now: datetime) -> bool:
        """Whether this address has used up its tries."""
        with self._lock:
            tries = self._tries.get(self._mark(limit, address, now))
            recent = [one for one in tries or () if one > now - limit.within]
            return len(recent) >= limit.most

    def count(self, limit: Limit, address: str, now: datetime) -> None:
        """One more try."""
        with self._lock:
            mark = self._mark(limit, address, now)
            self._tries.setdefault(mark, deque(maxlen=limit.most)).append(now)
            self._tries.move_to_end(mark)
            while len(self._tries) > MOST_ADDRESSES:
                self._tries.popitem(last=False)

    def take(self, limit: Limit, address: str, now: datetime) -> bool:
        """Count a try, unless they are used up; whether it may go on."""
        if self.full(limit, address, now):
            return False
        self.count(limit, address, now)
        return True

    def _mark(self, limit: Limit, address: str, now: datetime) -> bytes:
        if self._until is None or now >= self._until:
            self._key, self._until = secrets.token_bytes(32), now + DAY
            self._tries.clear()
        told = f"{limit.what}|{_network(address)}".encode()
        return hmac.new(self._key, told, hashlib.sha256).digest()


def _network(address: str) -> str:
    """The address; of IPv6 the half that one connection has."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
