"""HTML -> text a person can read. Nothing is fetched, and no words are dropped.

Visible text keeps its lines, links their address, quoted blocks a ``>``. Text that a reader of the
mail clearly does not see (display:none, size zero, white on nothing, comments, templates) is given
apart: the caller keeps it with the quoted mail. Where it is not clear, it is visible: a style sheet
with ``!important`` may show what an element hides, so then nothing short of ``!important`` hides.
"""

import html as entities
import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from triage.intake.charsets import clean
from triage.intake.limits import Budget

BLOCKS = re.compile(
    r"address|article|aside|blockquote|body|br|center|d[dlt]|details|dialog|dir|div|fieldset"
    r"|fig(ure|caption)|footer|form|h[1-6r]|header|iframe|li|main|menu|nav|no(script|frames|embed)"
    r"|[ou]l|option|p|pre|section|summary|t(able|body|foot|head|r)|textarea"
)
SPACED = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre", "table"}
)
DATA_ADDRESS = re.compile(r"data:[\w/+.;=-]{0,100},[A-Za-z0-9+/=%\s]{100,}")
TAG = re.compile(r"<[^<>]*>")
TAG_START = re.compile(r"<[a-zA-Z]")
BREAKING = re.compile(r"<(?:/?(?:p|div|tr|li|h[1-6]|table|blockquote)|br)\b[^<>]*>", re.IGNORECASE)
LINK = re.compile(r"<a\b[^<>]*?\bhref\s*=\s*[\"']?([^\"'<>\s]+)[^<>]*>", re.IGNORECASE)
STYLE_TEXT = re.compile(r"\bcontent\s*:\s*(?:\"([^\"]{3,500})\"|'([^']{3,500})')")
DISPLAY = re.compile(r"(?<![\w-])display\s*:\s*none\b\s*(!\s*important)?", re.IGNORECASE)
VISIBILITY = re.compile(r"(?<![\w-])visibility\s*:\s*(\w+)", re.IGNORECASE)
SIZE = re.compile(r"(?<![\w-])font-size\s*:\s*([\d.]*)", re.IGNORECASE)
WHITE = re.compile(r"(?<![\w-])color\s*:\s*(?:white\b|#fff(?:fff)?\b)", re.IGNORECASE)
COLOUR = re.compile(r"(?<![\w-])color\s*:", re.IGNORECASE)
SPACE = re.compile(r"[ \t\n\r\f\xa0]+")


@dataclass(slots=True)
class _Lines:
    """Text being laid out. A line is ``"> " * depth`` and its words."""

    done: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    prefix: str = ""

    def add(self, text: str, verbatim: bool = False) -> None:
        if verbatim:
            first, *more = text.split("\n")
            self.current.append(first)
            for line in more:
                self.end_line(keep_empty=True)
                self.current.append(line)
            return
        words = SPACE.sub(" ", text)
        if not self.current or self.current[-1].endswith(" "):
            words = words.lstrip(" ")
        if words:
            self.current.append(words)

    def end_line(self, keep_empty: bool = False) -> None:
        text = "".join(self.current).rstrip()
        self.current = []
        if text or keep_empty:
            self.done.append((self.prefix + text).rstrip())

    def gap(self) -> None:
        self.end_line()
        if self.done and self.done[-1] not in ("", self.prefix.rstrip()):
            self.done.append(self.prefix.rstrip())

    def text(self) -> str:
        self.end_line()
        return clean("\n".join(self.done)).strip("\n")


@dataclass(slots=True)
class _Frame:
    """What holds inside an open element."""

    tag: str
    off: bool = False
    """Hidden, and nothing inside can show itself."""
    faint: bool = False
    """Hidden, but an element inside may show itself."""
    white: bool = False
    verbatim: bool = False
    prefix: str = ""
    link: str = ""
    words: list[str] | None = None
    cells: int = 0


class _Reader:
    """Walks a tree without recursion."""

    def __init__(self, source: str) -> None:
        lowered = source.lower()
        self.strict = "!important" in lowered and "<style" in lowered
        self.styled = "<style" in lowered
        self.painted = "background" in lowered or "bgcolor" in lowered
        self.visible, self.hidden = _Lines(), _Lines()
        self.frames = [_Frame("")]

    def walk(self, root: LexborNode) -> None:
        node = root
        while True:
            child = node.first_child if self.enter(node) else None
            if child is not None:
                node = child
                continue
            self.leave(node)
            while node.next is None:
                parent = node.parent
                if parent is None or node.mem_id == root.mem_id:
                    return
                node = parent
                self.leave(node)
                if node.mem_id == root.mem_id:
                    return
            node = node.next

    def out(self) -> _Lines:
        top = self.frames[-1]
        return self.hidden if top.off or top.faint or top.white else self.visible

    def enter(self, node: LexborNode) -> bool:
        tag = node.tag or ""
        if tag == "-text":
            top = self.frames[-1]
            text = node.text_content or ""
            self.out().add(text, top.verbatim)
            if top.words is not None:
                top.words.append(text)
        elif tag == "-comment":
            self.aside(node.comment_content or "")
        elif tag == "style":
            for match in STYLE_TEXT.finditer(node.text()[:100_000]):
                self.aside(match[1] or match[2])
        elif tag in ("template", "title"):
            self.aside(node.html or "")
        if tag.startswith("-") or tag in ("script", "style", "template", "title"):
            return tag == "-document"
        self.open(tag, node)
        return True

    def aside(self, markup: str) -> None:
        """Words of a place that no reader shows, or only some do."""
        text = strip_tags(markup)
        if text.strip():
            self.hidden.end_line()
            self.hidden.add(text, verbatim=True)
            self.hidden.end_line()

    def open(self, tag: str, node: LexborNode) -> None:
        above = self.frames[-1]
        attributes = node.attributes
        frame = _Frame(tag, above.off, above.faint, above.white, above.verbatim, above.prefix)
        frame.words = above.words
        self.conceal(frame, attributes)
        style = (attributes.get("style") or "").lower()
        if tag == "blockquote" and not re.search(r"border\s*:\s*(none|0)", style):
            frame.prefix += "> "
        if tag == "pre" or tag == "textarea":
            frame.verbatim = True
        if tag == "a" and attributes.get("href"):
            frame.link, frame.words = str(attributes["href"]), []
        self.before(tag, above)
        self.frames.append(frame)
        self.visible.prefix = frame.prefix
        shown = attributes.get("alt") if tag == "img" else None
        if tag == "input" and (attributes.get("type") or "").lower() != "hidden":
            shown = attributes.get("value")
        if shown and shown.strip():
            self.out().add(f"[{shown.strip()}]")

    def conceal(self, frame: _Frame, attributes: dict[str, str | None]) -> None:
        style = attributes.get("style") or ""
        shown = DISPLAY.search(style) if style else None
        if (shown and (shown[1] or not self.strict)) or (
            "hidden" in attributes and not self.styled
        ):
            frame.off = True
        if not style:
            return
        sight, size = VISIBILITY.search(style), SIZE.search(style)
        if (sight and sight[1].lower() == "visible") or (size and size[1].strip("0.")):
            frame.faint = False
        zero = size is not None and size[1] != "" and not size[1].strip("0.")
        if ((sight and sight[1].lower() == "hidden") or zero) and not self.strict:
            frame.faint = True
        if not self.painted and not self.styled and COLOUR.search(style):
            frame.white = WHITE.search(style) is not None

    def before(self, tag: str, above: _Frame) -> None:
        out = self.out()
        if tag in SPACED:
            out.gap()
        elif BLOCKS.fullmatch(tag):
            out.end_line()
        elif tag in ("td", "th"):
            above.cells += 1
            if out.current and above.cells > 1:
                out.add(" | ")
        if tag == "li":
            out.add("- ")

    def leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag.startswith("-") or tag in ("script", "style", "template", "title"):
            return
        frame, out = self.frames[-1], self.out()
        if frame.link:
            said = " ".join("".join(frame.words or []).split())
            address = "".join(frame.link.split())
            if _same(said, address) is False:
                out.add(f" <{address}>")
        if tag in SPACED:
            out.gap()
        elif BLOCKS.fullmatch(tag):
            out.end_line()
        self.frames.pop()
        self.visible.prefix = self.frames[-1].prefix


def _same(said: str, address: str) -> bool:
    """Whether a link's text already shows its address, or the address leads nowhere."""
    bare = (
        re.sub(r"^(mailto:|tel:|https?://)", "", address, flags=re.IGNORECASE).rstrip("/").lower()
    )
    shown = re.sub(r"^https?://", "", said, flags=re.IGNORECASE).rstrip("/").lower()
    return not bare or bare.startswith("#") or bare == shown


def to_text(source: str, budget: Budget) -> tuple[str, str]:
    """(visible, hidden) text of an HTML document or fragment, both cleaned. Never raises.

    Above the limits of ``budget`` for HTML, tags are cut out plainly, and all text is visible.
    """
    source = DATA_ADDRESS.sub("data:", clean(source))
    tags = len(TAG_START.findall(source))
    # One tag with very many attributes is quadratic too: it shows as a long stretch without ">".
    crowded = len(source) > 20_000 and max(map(len, source.split(">"))) > 20_000
    if not budget.take_html(tags, len(source)) or crowded:
        return strip_tags(source), ""
    root = LexborHTMLParser(source).root
    if root is None:
        return "", ""
    reader = _Reader(source)
    reader.walk(root.parent or root)  # comments may stand outside the root element
    return reader.visible.text(), reader.hidden.text()


def strip_tags(source: str) -> str:
    """Text with tags cut out, in time that grows with its length. Links keep their address."""
    for name in ("script", "style", "xml"):
        source = _without(source, f"<{name}", f"</{name}")
    source = LINK.sub(lambda match: f" ({match[1]}) ", source)
    source = TAG.sub("", BREAKING.sub("\n", source))
    source = re.sub(r"<?!?\[(?:if|endif)[^\]]{0,200}\](?:>|--)*", "", source)
    lines = (SPACE.sub(" ", line).strip() for line in clean(entities.unescape(source)).split("\n"))
    return "\n".join(line for line in lines if line)


def _without(source: str, opening: str, closing: str) -> str:
    """Without every stretch from ``opening`` to ``closing``; one that never ends stays."""
    lowered = source.lower()
    if len(lowered) != len(source) or opening not in lowered:
        return source
    kept, pos = [], 0
    while (start := lowered.find(opening, pos)) >= 0:
        end = lowered.find(closing, start)
        if end < 0:
            break
        kept.append(source[pos:start])
        pos = end
    return "".join(kept) + source[pos:]
