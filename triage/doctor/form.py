"""The public report form: its address, its key, and what it says of addresses."""

from urllib.parse import urlsplit

from triage.core.errors import UnsafeConfiguration
from triage.core.keys import KeyStore
from triage.core.settings import Settings
from triage.doctor import reach
from triage.doctor.findings import LOOPBACK, Finding, Level


def form(settings: Settings) -> list[Finding]:
    """What of the form can be seen from here; nothing is wrong where there is no form."""
    if not settings.form_url:
        advice = "set TRIAGE_FORM_URL, and run: triage serve --report"
        return [Finding(Level.NOTE, "report form", "not set up", advice)]
    parts = urlsplit(settings.form_url)
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (parts.scheme == "https" or plain) or not parts.hostname or parts.path.strip("/"):
        advice = "https, and nothing after the host"
        return [Finding(Level.UNSAFE, "report form", settings.form_url, advice)]
    found = [Finding(Level.GOOD, "report form", settings.form_url)]
    if _one_host(settings.form_url, settings.public_url):
        found.append(
            Finding(Level.UNSAFE, "report form", settings.form_url, "a host apart from the desk")
        )
    said = "says that no address is kept" if settings.form_no_addresses else "says nothing"
    advice = (
        "" if settings.form_no_addresses else "TRIAGE_FORM_NO_ADDRESSES, once the proxy keeps none"
    )
    level = Level.GOOD if settings.form_no_addresses else Level.NOTE
    found.append(Finding(level, "form: addresses", said, advice))
    store = KeyStore(settings)
    try:
        ring = store.ring()
    except UnsafeConfiguration:
        return found  # said by the desk's own finding
    if settings.desk_public_key and store.private_within_reach() and not settings.demo:
        wanted = "the form is given the public key: take desk-N.key and TRIAGE_DESK_KEY from it"
        found.append(Finding(Level.UNSAFE, "form: key", "the private key within reach", wanted))
    elif ring.privates:
        wanted = "run the form with desk-N.pub alone, on PostgreSQL as a role of its own"
        found.append(Finding(Level.GOOD, "form: key", "private key here: this is the desk", wanted))
    elif ring.publics:
        found.append(Finding(Level.GOOD, "form: key", "public key alone"))
        found += reach.role_of_form(settings)
    return found


def _one_host(form: str, desk: str) -> bool:
    """Whether form and desk would share cookies, which know no ports."""
    host = urlsplit(form).hostname
    same = host == urlsplit(desk).hostname
    return form.rstrip("/") == desk.rstrip("/") or (same and host not in LOOPBACK)
