import pytest

from triage.intake.html import strip_tags, to_text
from triage.intake.limits import Budget


def read(source):
    return to_text(source, Budget())


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One<p>Two", "One\n\nTwo"),
        ("One<br>Two<div>Three</div>Four", "One\nTwo\nThree\nFour"),
        ("a &amp; b &lt;c&gt; &#233;&nbsp;d", "a & b <c> é d"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a | b\nc"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ('see <a href="http://example.org/x">here</a>', "see here <http://example.org/x>"),
        ('<a href="http://example.org/">example.org</a>', "example.org"),
        ('<a href="mailto:a@example.org">a@example.org</a>', "a@example.org"),
        ('<a href="#top">up</a>', "up"),
        ("<blockquote>a<br>b</blockquote>c", "> a\n> b\n>\nc"),
        ('<blockquote style="border:none">mine</blockquote>', "mine"),
        ('<img src="http://example.org/t.gif"><img alt="a cat">', "[a cat]"),
        ("<script>x()</script><style>p{color:red}</style>ok", "ok"),
        ("<noscript>no</noscript><textarea>ta</textarea>", "no\nta"),
        ('<input value="v"><input type=hidden value=w>', "[v]"),
        ("a\x00b", "ab"),
        ("", ""),
        ("<", "<"),
    ],
)
def test_html_becomes_readable_text(source, text):
    assert read(source)[0] == text


@pytest.mark.parametrize(
    "source",
    [
        '<div style="display: none">secret</div>ok',
        '<div style="display:none"><p><b>secret</b></p></div>ok',
        "<div hidden>secret</div>ok",
        '<span style="font-size:0px">secret</span>ok',
        '<span style="visibility:hidden">secret</span>ok',
        '<span style="color:#FFFFFF">secret</span>ok',
        "<!--[if mso]><p>secret</p><![endif]-->ok",
        "<!-- secret -->ok",
        "<template><p>secret</p></template>ok",
        "<title>secret</title>ok",
        '<style>p::after{content:"secret"}</style>ok',
        '<style>p{x:y!important}</style><p style="display:none!important">secret</p>ok',
    ],
)
def test_hidden_words_are_kept_apart_and_not_lost(source):
    visible, hidden = read(source)
    assert visible == "ok"
    assert hidden == "secret"


@pytest.mark.parametrize(
    "source",
    [
        '<div style="font-size:0"><span style="font-size:14px">shown</span></div>',
        '<div style="visibility:hidden"><span style="visibility:visible">shown</span></div>',
        '<style>div{display:block!important}</style><div style="display:none">shown</div>',
        "<style>div{display:block}</style><div hidden>shown</div>",
        '<div style="background:#000"><span style="color:#fff">shown</span></div>',
        '<p style="-x-display:none">shown</p>',
    ],
)
def test_words_that_may_show_are_visible(source):
    assert read(source)[0] == "shown"


@pytest.mark.parametrize(
    "source",
    ["<div>" * 30_000 + "words", "<b>x" * 400_000 + "words", "<p " + "a " * 30_000 + ">words"],
)
def test_html_above_its_limits_keeps_its_words(source):
    visible, _ = read(source)
    assert visible.endswith("words")


def test_tags_cut_out_plainly_leave_lines_and_addresses():
    assert strip_tags('<p>a<script>x</script><p>b <a href="http://example.org">c</a>') == (
        "a\nb (http://example.org) c"
    )
