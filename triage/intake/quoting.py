"""What the sender wrote, told apart from quoted mail and signature.

No line is lost: each non-blank line stands in exactly one of the three. In doubt it is written:
a missed threat matters more than a tidy screen.
"""

import re

from triage.intake.limits import MAX_SPLIT_LINES

WRITTEN, QUOTED, SIGNATURE = "written", "quoted", "signature"
SEEN = 400
"""Characters of a line that patterns look at."""

DIVIDER = re.compile(
    r"[-_=*~ ]{2,}(original (message|appointment)|forwarded (message|by\b.{1,100})|reply message)"
    r"[-_=*~ ]{2,}|begin forwarded message:",
    re.IGNORECASE,
)
FROM_LINE = re.compile(r"\*?From\s?:\*?\s*\S", re.IGNORECASE)
BLOCK_LINE = re.compile(
    r"\*?(Sent|Date|To|Cc|Bcc|Subject|Importance|Reply-To|Attachments)\s?:\*?", re.IGNORECASE
)
SAYS = re.compile(r"\b(wrote|writes|said|replied)\s*:$", re.IGNORECASE)
DATED_ADDRESS = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d.{0,200}<[^<>\s]+@[^<>\s]+>:$")
OPENS = re.compile(r"(On|At|In)\b", re.IGNORECASE)
DATE = re.compile(r"\b(19|20)\d\d\b|\b\d{1,2}[/.]\d{1,2}[/.]\d\d")
HOUR_OR_ADDRESS = re.compile(r"\d[:.]\d\d|@")
DEVICES = (
    r"(?:i?phone|ipad|ipod|android|samsung|galaxy|mobile|blackberry|huawei|pixel|nokia|windows"
    r"|yahoo|mail|outlook|device|tablet|smartphone|gmail|proton|app|ios)"
)
SENT_FROM = re.compile(
    rf"(?:Sent (?:from|via|with|using)(?: [\w']+){{0,4}} {DEVICES}"
    rf"(?: (?:mail|app|phone|device|smartphone|tablet|email))?(?: (?:for|on) [\w ]{{1,20}})?\.?"
    r"|Get Outlook for (?:iOS|Android|Mac))",
    re.IGNORECASE,
)
LEGAL = re.compile(
    r"\W{0,5}(this (e-?mail|message|communication)( message)?( and any| \(including| is| may| has"
    r"| was| contains)|(confidentiality|legal|privacy) (notice|disclaimer)|disclaimer\b|the "
    r"(information|contents?) (contained )?(in|of) this|please consider the environment"
    r"|if you (are not the intended|have received this)|registered (office|charity|in england))",
    re.IGNORECASE,
)
LEGAL_WORDS = re.compile(
    r"confidential|intended|disclos|virus|monitored|environment|registered|in error|privileged",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"\s*<[^<>\s]{1,300}>")


def split(text: str) -> tuple[str, str, str]:
    """(written, quoted, signature) of a body, each with its lines in their order.

    Quoted: ``>`` lines with the line that introduces them, and, to the end, what follows a dated
    "On ... wrote:", an Outlook block or a forward's divider. Replies between ``>`` lines are
    written. Signature: a short tail after ``-- ``, "Sent from my phone", closing legal notices.
    """
    lines = text.split("\n")
    if len(lines) > MAX_SPLIT_LINES:
        return text.strip("\n"), "", ""
    kinds = [QUOTED if _is_quote(line) else WRITTEN for line in lines]
    _mark_introductions(lines, kinds)
    _mark_signatures(lines, kinds)
    return _take(lines, kinds, WRITTEN), _take(lines, kinds, QUOTED), _take(lines, kinds, SIGNATURE)


def _is_quote(line: str) -> bool:
    return line[:4].lstrip(" ").startswith(">")


def _take(lines: list[str], kinds: list[str], kind: str) -> str:
    """The lines of one kind; one blank line where others were taken out between them."""
    out: list[str] = []
    apart = False
    for line, each in zip(lines, kinds, strict=True):
        blank = not line.strip()
        if each != kind or blank:
            apart = apart or each != kind or blank
            continue
        if apart and out:
            out.append("")
        apart = False
        out.append(line)
    return "\n".join(out)


def _next_text(lines: list[str], at: int) -> int:
    """Index of the first non-blank line from here on; the number of lines if there is none."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _mark_introductions(lines: list[str], kinds: list[str]) -> None:
    """Mark what introduces quoted mail, and the mail itself where it bears no ``>``."""
    at = 0
    while at < len(lines):
        if kinds[at] != WRITTEN or not lines[at].strip():
            at += 1
            continue
        end, sure = _introduction(lines, at)
        if end == at:
            at += 1
            continue
        follows = _next_text(lines, end)
        marked = follows < len(lines) and _is_quote(lines[follows])
        if not marked and not sure:
            at += 1
            continue
        stop = follows if marked else len(lines)
        kinds[at:stop] = [QUOTED] * (stop - at)
        at = stop


def _introduction(lines: list[str], at: int) -> tuple[int, bool]:
    """(index after an introduction that begins here, whether it needs no ``>`` to be believed)."""
    line = lines[at][:SEEN].strip()
    if DIVIDER.fullmatch(line):
        block = _next_text(lines, at + 1)
        end = _outlook_block(lines, block, need=1) if block < len(lines) else block
        return max(end, at + 1), True
    if set(line) <= {"_"} and len(line) >= 10:
        block = _next_text(lines, at + 1)
        end = _outlook_block(lines, block) if block < len(lines) else block
        return (end, True) if end > block else (at, False)
    end = _outlook_block(lines, at)
    if end > at:
        return end, True
    if not (OPENS.match(line) or SAYS.search(line) or DATED_ADDRESS.match(line)):
        return at, False
    said = ""
    for count, each in enumerate(lines[at : at + 3], start=1):
        if not each.strip() or _is_quote(each):
            break
        said = f"{said} {each[:SEEN].strip()}".strip()
        if SAYS.search(said) or DATED_ADDRESS.match(said):
            return at + count, _is_sure(said) and any(line.strip() for line in lines[:at])
        if not OPENS.match(line):
            break
    return at, False


def _is_sure(said: str) -> bool:
    """Whether "On ... wrote:" names a date, and an hour or an address."""
    dated = DATE.search(said) and HOUR_OR_ADDRESS.search(said)
    return bool(said[:3].lower() == "on " and dated and re.search(r"wrote\s?:$", said))


def _outlook_block(lines: list[str], at: int, need: int = 2) -> int:
    """Index after a From:/Sent:/To:/Subject: block that begins here; ``at`` if none does."""
    if not FROM_LINE.match(lines[at][:SEEN].strip()):
        return at
    names: set[str] = set()
    end, odd = at + 1, 0
    for index in range(at + 1, min(at + 14, len(lines))):
        line = lines[index][:SEEN].strip()
        match = BLOCK_LINE.match(line)
        if match:
            names.add(match[1].lower())
            end = index + 1
        elif line:
            odd += 1  # a list of recipients may go over several lines
        if odd > 2 or (not line and index > end):
            break
    dated = names & {"sent", "date"}
    return end if len(names) >= need and (dated or need == 1) else at


def _mark_signatures(lines: list[str], kinds: list[str]) -> None:
    """Mark signatures at the end of each stretch of written lines; never all that was written."""
    end = len(lines)
    while end > 0:
        start = end
        while start > 0 and kinds[start - 1] == WRITTEN:
            start -= 1
        if start < end:
            _mark_tail(lines, kinds, start, end)
        end = start - 1 if start == end else start
    left = any(k == WRITTEN and line.strip() for k, line in zip(kinds, lines, strict=True))
    if not left:
        kinds[:] = [WRITTEN if kind == SIGNATURE else kind for kind in kinds]


def _mark_tail(lines: list[str], kinds: list[str], start: int, end: int) -> None:
    """Mark the signature of ``lines[start:end]``."""
    last = end
    while True:
        while last > start and not lines[last - 1].strip():
            last -= 1
        head = last
        while head > start and lines[head - 1].strip():
            head -= 1
        taken = _closing(lines[head:last])
        if not taken:
            break
        last -= taken
        kinds[last:end] = [SIGNATURE] * (end - last)
    for index in range(last - 1, max(start, last - 40) - 1, -1):
        if lines[index].rstrip() != "--" or not any(line.strip() for line in lines[start:index]):
            continue
        tail = [line for line in lines[index + 1 : last] if line.strip()]
        if tail and len(tail) <= 15 and sum(map(len, tail)) <= 1500:
            kinds[index:end] = [SIGNATURE] * (end - index)
        return


def _closing(paragraph: list[str]) -> int:
    """How many of the last lines of a paragraph are a phone's footer or a legal notice."""
    if not paragraph:
        return 0
    if SENT_FROM.fullmatch(ADDRESS.sub("", paragraph[-1][:SEEN]).strip()):
        return 1
    whole = "\n".join(paragraph)
    if len(whole) <= 3000 and LEGAL.match(whole.lstrip()) and LEGAL_WORDS.search(whole):
        return len(paragraph)
    return 0
