"""One request as a page sees it, read within bounds, and only if it comes from our own page."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from dashboard.report.site import Site
from triage.core.text import storable
from triage.reports.thread import LARGEST_FILE

Fields = dict[str, list[str]]

LONGEST_BODY = 700_000
"""Bytes of a form without a file: the longest account, each of its characters spelled out."""
LONGEST_UPLOAD = LARGEST_FILE + 200_000
MOST_FIELDS = 120
FORM, EVENT, VISIT = "report-form", "report-event", "report-visit"
COOKIES = (FORM, EVENT, VISIT)


class TooLong(Exception):
    """More was sent than may be."""


@dataclass
class Ask:
    """What was asked, with all of its body read."""

    site: Site
    method: str
    path: str
    params: dict[str, str]
    query: dict[str, str]
    cookies: dict[str, str]
    client: str
    fields: Fields = field(default_factory=dict)
    upload: tuple[str, bytes] | None = None
    """Name and bytes of the file that came, if one did."""

    @property
    def posted(self) -> bool:
        """Whether something is to be done."""
        return self.method == "POST"

    def one(self, name: str) -> str:
        """A field's first value; empty where there is none."""
        return self.fields.get(name, [""])[0]

    def token(self, cookie: str = FORM) -> str:
        """The token of a cookie; empty where there is none."""
        return self.cookies.get(_named(self.site, cookie), "")


async def read(request: Request, site: Site) -> Ask:
    """The request. ``TooLong`` for a body past its bound: the rest is never read."""
    ask = Ask(
        site=site,
        method=request.method,
        path=request.url.path,
        params=dict(request.path_params),
        query=dict(request.query_params),
        cookies=dict(request.cookies),
        client=request.client.host if request.client else "",
    )
    if ask.posted:
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            await _read_parts(request, ask)
        else:
            ask.fields = _fields(b"".join([one async for one in _within(request, LONGEST_BODY)]))
    return ask


def from_our_page(request: Request, site: Site) -> bool:
    """Whether a POST comes from a page of this form: the browser says so, and no page can.

    Beside it, no cookie of ours is sent along from another site (SameSite=Strict).
    """
    fetch = request.headers.get("sec-fetch-site")
    if fetch is not None:
        return fetch == "same-origin"
    return request.headers.get("origin") == site.origin


def keep(response: Response, site: Site, cookie: str, token: str, seconds: int | None) -> None:
    """Give the browser a token: for so many seconds, or until it is closed."""
    response.set_cookie(
        _named(site, cookie),
        token,
        max_age=seconds,
        path="/",
        secure=site.secure,
        httponly=True,
        samesite="strict",
    )


def forget(response: Response, site: Site, *cookies: str) -> None:
    """Take tokens from the browser."""
    for cookie in cookies:
        response.delete_cookie(
            _named(site, cookie), path="/", secure=site.secure, httponly=True, samesite="strict"
        )


def _named(site: Site, cookie: str) -> str:
    # The prefix binds a cookie to https and to this host alone; browsers refuse it without both.
    return f"__Host-{cookie}" if site.secure else cookie


def _fields(body: bytes) -> Fields:
    """The fields; anything that is no form has none."""
    try:
        return parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}


async def _read_parts(request: Request, ask: Ask) -> None:
    parser = MultiPartParser(
        request.headers,
        _within(request, LONGEST_UPLOAD),
        max_files=1,
        max_fields=MOST_FIELDS,
        max_part_size=LONGEST_BODY,
    )
    # A file stays in memory until it is sealed: none of it touches the disk in plain.
    parser.spool_max_size = LONGEST_UPLOAD
    try:
        form = await parser.parse()
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                data = await value.read()
                if value.filename or data:
                    ask.upload = (storable(value.filename or ""), data)
            else:
                ask.fields.setdefault(storable(name), []).append(storable(value))
    except (MultiPartException, KeyError, ValueError):  # ValueError: of a charset that it names
        return
    finally:
        # Also of a part that was begun and has no end, which the library forgets.
        for file in parser._files_to_close_on_error:
            file.close()


async def _within(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    held = 0
    try:
        async for chunk in request.stream():
            held += len(chunk)
            if held > most:
                raise TooLong
            yield chunk
    except ClientDisconnect as error:
        raise TooLong from error
