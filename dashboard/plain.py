"""Plain pages beside the desk: for people who have a link and no account. HTML, and no script.

Every value is escaped by the template. The style stands in the page, and the policy names it by
its hash, so that nothing else may style or run.
"""

import base64
import hashlib

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

HTTPS_ALONE = b"max-age=63072000; includeSubDomains"
"""Strict-Transport-Security, where people reach us by https: for two years, and below us too."""
STYLE = """
:root { color-scheme: light dark; }
body { font: 1.05rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; } h3 { font-size: 1.1rem; margin: 0 0 .3rem; }
p, li { overflow-wrap: anywhere; }
.danger { border-left: 4px solid #c9372c; padding: .35rem .7rem; font-weight: 600; }
.notice { border-left: 4px solid #1f6f8b; padding: .5rem .8rem; }
.problem { border: 2px solid #c9372c; padding: .6rem .9rem; }
.card { border: 1px solid #808080; border-radius: .4rem; padding: .8rem; margin: 0 0 1rem; }
.quiet { font-size: .95rem; margin: 0 0 .3rem; }
label { display: block; margin: .6rem 0 .2rem; font-weight: 600; }
input, select, textarea { font: inherit; width: 100%; box-sizing: border-box; padding: .45rem; }
input[type=date], input[type=time], select { width: auto; min-width: 10rem; max-width: 100%; }
input[type=checkbox] { width: auto; min-width: 0; }
button { font: inherit; padding: .5rem .9rem; margin: .5rem .5rem .3rem 0; min-height: 2.6rem; }
.first { font-weight: 600; border: 2px solid #c9372c; }
button { display: block; }
summary { padding: .45rem 0; cursor: pointer; }
"""

_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><style>{{ style }}</style></head>
<body><main><h1>{{ title }}</h1>
{% include "body" %}
</main></body></html>"""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'sha256-"
        + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
        + "'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
"""What such a page may load: nothing; and where its forms go: here."""

PLACES = ("/a/", "/r/")
"""Where such pages stand."""


def page(title: str, body_template: str, *, status: int = 200, **values: object) -> Response:
    """A page from a literal template; every value in it is escaped."""
    environment = _environment(body_template)
    frame = environment.get_template("frame")
    whole = frame.render(title=title, style=Markup(STYLE), **values)
    return HTMLResponse(whole, status_code=status, headers={"cache-control": "no-store"})


def _environment(body: str) -> Environment:
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=DictLoader({"frame": _FRAME, "body": body}),
        trim_blocks=True,
        lstrip_blocks=True,
    )
