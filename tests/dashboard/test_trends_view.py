"""The managers' page, the board and the classifier's page, drawn without a browser."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from support.desk import Desk
from support.screens import html_of, words_of
from support.year import fill

from dashboard import charts, charts_quality
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import CONSOLE
from triage.trends import page, service
from triage.trends.assurance import Check
from triage.trends.paper import sheet_of_paper
from triage.trends.queries.reading import published
from triage.trends.rules import Period


def release(desk: Desk, *codes: str) -> None:
    for code in codes:
        period = Period.parse(code)
        at = datetime.combine(period.after, datetime.min.time(), UTC) + timedelta(days=8)
        desk.clock.move(at - desk.now)
        made = service.make(desk.triage.runner, CONSOLE, period=period)
        assert made.release_id is not None
        desk.do(CONSOLE, service.publish, release_id=made.release_id)


@pytest.fixture
def year(desk: Desk) -> Desk:
    """Half a year of mail, released."""
    fill(desk.triage, year=2026, messages=6000, flagged=0.06)
    desk.do(CONSOLE, service.record_check, kind=Check.RESTORE, day=desk.now.date(), held=True)
    months = ["2026-01", "2026-02", "2026-03"], ["2026-04", "2026-05", "2026-06"]
    release(desk, *months[0], "2026-Q1", *months[1], "2026-Q2")
    return desk


def test_before_anything_is_published_the_page_says_so(screen, desk: Desk) -> None:
    at = screen("trends", desk.max)
    assert not at.exception
    assert "Nothing has been published yet" in words_of(at)


@pytest.mark.parametrize("who", ["max", "dora"])
def test_the_page_answers_first_and_says_what_it_is_made_from(screen, year: Desk, who: str) -> None:
    at = screen("trends", year.people[who])
    assert not at.exception
    said = words_of(at)
    assert said.index("abusive messages") < said.index("Decided to be abuse")
    found = year.read(published, viewer=year.max)
    for one in found:
        assert one.id in said
    assert "1 January 2026 to 30 June 2026" in said
    assert "never tried" in said
    assert "2 March 2026" in said, "the restore that was recorded"
    assert len(at.get("vega_lite_chart")) + len(at.get("arrow_vega_lite_chart")) >= 4


def test_nothing_drills_down_and_nothing_can_be_filtered(screen, year: Desk) -> None:
    at = screen("trends", year.max)
    assert [one.key for one in at.selectbox] == ["picture"]
    assert not at.button
    assert not at.get("date_input")
    assert not at.slider
    assert "href" not in html_of(at)


def test_p_sum_1_the_page_shows_no_figure_that_no_release_has(screen, year: Desk) -> None:
    """Mail that has come in since changes nothing on the page."""
    before = words_of(screen("trends", year.max))
    fill(year.triage, year=2026, messages=500, flagged=0.5, seed=9)
    assert words_of(screen("trends", year.max)) == before


def test_every_chart_has_words_and_every_hidden_cell_its_reason(year: Desk) -> None:
    releases = [one.release for one in year.read(published, viewer=year.max)]
    drawn = page.blocks(releases)
    assert drawn
    for block in drawn:
        spec = charts.draw(block).to_dict()
        assert spec["description"] == block.alt
        for point in block.points:
            assert point.label in block.alt
        hidden = any(page.unseen(one.messages) for one in block.points)
        assert bool(block.note) >= hidden
        assert json.dumps(spec).count("http") == json.dumps(spec).count("vega.github.io")


def test_the_report_is_one_page_and_the_same_each_time(year: Desk) -> None:
    found = year.read(published, viewer=year.max)
    releases = [one.release for one in found]
    given = {"window": "x", "releases": [one.id for one in found], "as_of": year.now}
    told = [("Restore of a backup tried", "never tried")]
    made = [
        sheet_of_paper(page.answer(releases), page.blocks(releases), told, **given)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF")
    assert made[0].count(b"/Type /Page\n") == 1
    assert b"report for trustees" in made[0]


def test_a_picture_is_made_of_a_chart(year: Desk) -> None:
    releases = [one.release for one in year.read(published, viewer=year.max)]
    png = charts.picture(page.blocks(releases)[0])
    assert png.startswith(b"\x89PNG")


def test_the_board_counts_what_the_viewer_may_open_and_their_own_exposure(
    screen, desk: Desk
) -> None:
    desk.arrive("[high] words")
    desk.arrive("[medium] to ana", recipients=("ana@charity.example.org",))
    mine = desk.arrive("[medium] words")
    desk.move(hours=3)
    desk.decide(desk.ana, mine, Disposition.OFFENSIVE, severity=Severity.LOW)
    said = words_of(screen("board", desk.ana))
    assert "1 overdue" in said
    assert "In 14 days you uncovered 1 text whole" in said
    assert "decided 1" in said
    other = words_of(screen("board", desk.ben))
    assert "uncovered 0 texts whole" in other


def test_the_quality_page_shows_an_admin_figures_and_no_message(screen, desk: Desk) -> None:
    message = desk.arrive("[medium] quixotic words")
    desk.decide(desk.ana, message)
    at = screen("quality", desk.dora)
    assert not at.exception
    assert "What it is wrong about" in words_of(at)
    assert message[:3] in words_of(at)
    assert "quixotic" not in words_of(at)
    admin = screen("quality", desk.ada)
    assert not admin.exception
    assert "What it is wrong about" not in words_of(admin)
    assert message[:3] not in re.findall(r"\b[0-9A-Z]{3}-", words_of(admin))


def test_moving_the_threshold_changes_a_sentence_and_nothing_else(screen, desk: Desk) -> None:
    for number in range(5):
        if number == 4:
            few = words_of(screen("quality", desk.dora))
            assert "what another threshold would find cannot be said" in few
        message = desk.arrive(f"[medium] words {number}")
        desk.decide(desk.ana, message, Disposition.AGGRESSIVE, severity=Severity.LOW)
    before = len(desk.events())
    at = screen("quality", desk.dora)
    at = at.slider(key="cut").set_value(0.9).run()
    assert not at.exception
    assert "From 0.90 on" in words_of(at)
    assert len(desk.events()) == before


def test_charts_of_quality_have_words() -> None:
    rows = [(0.5, 3.0, 0.4, None), (0.9, 1.0, 0.8, 0.2)]
    spec = charts_quality.draw_thresholds(rows, 0.5).to_dict()
    assert "3.0 a day" in spec["description"]
    spread = charts_quality.draw_drift([5, 5], [2, 8], [0, 0.5, 1]).to_dict()
    assert "80%" in spread["description"]
