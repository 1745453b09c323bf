"""What a screen says, for tests without a browser."""

import re
from html import unescape

from streamlit.testing.v1 import AppTest


def html_of(at: AppTest) -> str:
    """What went through the one way for outside text, as it was sent."""
    return "\n".join(str(one.proto.body) for one in at.get("html"))


def words_of(at: AppTest) -> str:
    """Everything that a screen says, in one text."""
    html = [unescape(re.sub("<[^>]*>", "", one.proto.body)) for one in at.get("html")]
    plain = [
        one.value
        for kind in ("title", "header", "subheader", "markdown", "caption")
        for one in at.get(kind)
    ]
    labels = [
        one.label
        for kind in ("button", "text_input", "text_area", "checkbox", "toggle")
        for one in at.get(kind)
    ]
    return "\n".join(str(one) for one in (*html, *plain, *labels))


def press(at: AppTest, name: str) -> AppTest:
    """Press the button of this name, whichever message it is of."""
    found = [one for one in at.button if str(one.key).startswith(f"{name}_") or one.key == name]
    assert found, f"no button {name} among {[one.key for one in at.button]}"
    return found[0].click().run()
