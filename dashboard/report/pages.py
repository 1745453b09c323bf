"""How a page is drawn: from a template, every value escaped, its tricks made visible."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboard.report.site import Site
from dashboard.visible import visible

HERE = Path(__file__).parent / "templates"
STYLE = (HERE / "style.css").read_text("utf-8")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'none'",
        "style-src 'sha256-"
        + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
        + "'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
"""What a page may load: nothing; and where its forms go: here."""

_ENVIRONMENT = Environment(
    autoescape=True,
    undefined=StrictUndefined,
    loader=FileSystemLoader(HERE),
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["seen"] = visible

Problem = tuple[str, str]
"""The id of the field, and what is wrong."""


def page(
    site: Site,
    template: str,
    title: str,
    *,
    status: int = 200,
    problems: "list[Problem] | tuple[Problem, ...]" = (),
    **values: object,
) -> Response:
    """A page. One with problems is titled so, and lists them first."""
    drawn = _ENVIRONMENT.get_template(template).render(
        title=title,
        style=Markup(STYLE),
        us=site.us,
        settings=site.settings,
        problems=list(problems),
        problem=dict(reversed(list(problems))),
        **values,
    )
    return HTMLResponse(drawn, status_code=status)


def go(path: str) -> Response:
    """On to another page, with a GET."""
    return RedirectResponse(path, status_code=303)


def say(site: Site, title: str, *sentences: str, status: int = 200) -> Response:
    """A page that only says something."""
    return page(site, "say.html", title, status=status, sentences=sentences)
