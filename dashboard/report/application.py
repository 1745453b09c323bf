"""The form as an ASGI application: routes, headers, and what is said when something goes wrong."""

import logging
from collections.abc import Callable
from functools import partial

from anyio import CapacityLimiter, fail_after, to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import logs
from dashboard.plain import HTTPS_ALONE
from dashboard.report import answering, checking, coming_back, events, starting
from dashboard.report.asking import Ask, TooLong, from_our_page, read
from dashboard.report.pages import POLICY, say
from dashboard.report.site import Site
from dashboard.report.throttle import Throttle
from triage.app import ReportForm

Page = Callable[[Ask], Response]

PAGES: tuple[tuple[str, Page, bool], ...] = (
    ("/", starting.start, True),
    ("/what", starting.what, True),
    ("/service", starting.service, False),
    ("/staff", starting.staff, False),
    ("/leave", starting.leave, False),
    ("/lost", starting.lost, False),
    ("/q/{slug}", answering.question, True),
    ("/check", checking.check, False),
    ("/receipt", checking.receipt, True),
    ("/receipt/print", checking.receipt, False),
    ("/receipt/text", checking.receipt_text, False),
    ("/kept", checking.kept, False),
    ("/event", events.event, True),
    ("/return", coming_back.come_back, True),
    ("/thread", coming_back.thread, False),
    ("/thread/receipt/{act}", coming_back.thread, True),
    ("/thread/{act}", coming_back.thread, True),
)
"""Where, what, and whether something may be posted there."""

SECONDS_TO_SEND = 180
"""How long one request may take to arrive."""
UPLOADS = 16
"""Requests with a file that are in memory at one time."""
POWERS = ", ".join(
    f"{one}=()"
    for one in (
        "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope",
        "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
        "xr-spatial-tracking",
    )
)  # fmt: skip


def make_app(form: ReportForm) -> Starlette:
    """The form over a database that is open."""
    site = Site(form, Throttle())
    uploads = CapacityLimiter(UPLOADS)

    def route(path: str, draw: Page, posts: bool) -> Route:
        methods = ["GET", "POST"] if posts else ["GET"]
        return Route(path, partial(_answer, site, uploads, draw), methods=methods)

    return Starlette(
        routes=[
            *(route(*one) for one in PAGES),
            Route("/send", partial(_answer, site, uploads, checking.send), methods=["POST"]),
            Route("/healthz", _healthy),
            Route("/robots.txt", _robots),
        ],
        middleware=[Middleware(Headers, site=site)],
        exception_handlers={404: partial(_not_here, site), 405: partial(_not_here, site)},
    )


async def _answer(site: Site, uploads: CapacityLimiter, draw: Page, request: Request) -> Response:
    """Read, check where it comes from, and draw. An error says nothing of what was typed."""
    try:
        if request.method == "POST" and not from_our_page(request, site):
            return say(site, "Not from here", "This did not come from our own page.", status=403)
        with fail_after(SECONDS_TO_SEND):
            if request.headers.get("content-type", "").startswith("multipart/"):
                async with uploads:
                    ask = await read(request, site)
                    return await to_thread.run_sync(draw, ask)
            ask = await read(request, site)
        return await to_thread.run_sync(draw, ask)
    except TooLong:
        said = "This is too long or too big to be taken. Go back, and make it shorter."
        return say(site, "Too long", said, status=413)
    except TimeoutError:
        return say(
            site, "Too slow", "This did not arrive in time. Go back, and try again.", status=408
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, its text stays out of the page
        logging.getLogger("dashboard").error(logs.describe(error))
        said = "Go back, and try again. What you saved before is still here."
        return say(site, "Something went wrong here", said, status=500)


async def _healthy(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _robots(_request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def _not_here(site: Site, _request: Request, _error: Exception) -> Response:
    return say(site, "There is no such page", "Start from the first page.", status=404)


class Headers:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self.ours = [
            (b"content-security-policy", POLICY.encode("latin-1")),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            # With no-referrer a browser sends no origin with our own forms, and where a POST
            # comes from could not be checked. Nothing goes to any other site with this either.
            (b"referrer-policy", b"same-origin"),
            (b"cache-control", b"no-store"),
            (b"permissions-policy", POWERS.encode()),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if site.settings.form_url.startswith("https://"):
            self.ours.append((b"strict-transport-security", HTTPS_ALONE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass through, with headers on the way out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        names = {name for name, _ in self.ours}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [one for one in message.get("headers", []) if one[0].lower() not in names]
                message = {**message, "headers": kept + self.ours}
            await send(message)

        await self.app(scope, receive, send_with_headers)
