"""The form as its visitors meet it: the pages, asked over ASGI, on both databases."""

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import select
from support.desk import Desk
from support.form_client import FORM_URL, Answer, Browser

from dashboard.report.application import PAGES, make_app
from dashboard.report.asked import QUESTIONS
from triage.app import ReportForm
from triage.conduct import incidents
from triage.conduct.incidents import (
    Activity,
    Ground,
    Medium,
    Party,
    PoliceWish,
    PublicStatus,
    Standing,
    TeamAnswer,
    ViolationKind,
    Wish,
)
from triage.core.database import Base
from triage.core.ids import new_id
from triage.reports import published, service
from triage.reports.answers import Answers, Person
from triage.reports.published import Event, Member
from triage.reports.tables import Report, ReportDraft
from triage.reports.thread import OpenedReport, StepKind

ADDRESS = "192.0.2.7"
AGENT = "made up"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 50
HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}\u202e\u200b![a](http://b)"
)


def begin(visitor: Browser, description: str = "It happened.", what: str = "behaviour") -> Answer:
    visitor.post("/what", {"what": what})
    return visitor.post("/q/happened", {"description": description, "go": "on"})


def answer(visitor: Browser, slug: str, **given: object) -> Answer:
    return visitor.post(f"/q/{slug}", {"go": "on", **given})


def opened(desk: Desk) -> OpenedReport:
    """The one report, as the desk opens it."""
    (report_id,) = desk.do(desk.ana, service.waiting)
    return desk.do(desk.ana, service.open_report, report_id=report_id)


def everything(desk: Desk) -> str:
    """Every value of every table; bytes both as they are and in hexadecimal."""
    found = []
    with desk.triage.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                for one in row:
                    found.append(
                        one.hex() + one.decode("latin-1") if isinstance(one, bytes) else str(one)
                    )
    return "\n".join(found)


def publish(desk: Desk, key: str, value: object) -> None:
    desk.do(desk.ana, service.publish, key=key, value=value)


# -- the first question


def test_p_rte_1_a_service_complaint_is_shown_its_way_and_nothing_is_stored(
    visitor: Browser, desk: Desk
) -> None:
    before = everything(desk)
    shown = visitor.post("/what", {"what": "service"})
    for name in ("TheyWorkForYou", "WriteToThem", "FixMyStreet", "WhatDoTheyKnow"):
        assert name in shown.words
    assert visitor.cookies == {}
    assert everything(desk) == before


def test_p_rte_1_the_ways_are_the_deployers_own_words(make_form: object) -> None:
    made = make_form(service_complaints={"FixMyStreet": "Ring the bell."})  # type: ignore[operator]
    assert "Ring the bell." in Browser(make_app(made)).get("/service").words


def test_p_rte_1_both_goes_on_and_says_so_in_the_report(visitor: Browser, desk: Desk) -> None:
    begin(visitor, what="both")
    assert "about how a service works" in visitor.get("/check").words
    visitor.post("/send")
    assert opened(desk).answers == Answers(description="It happened.", service_too=True)


def test_p_rte_3_staff_are_shown_their_ways_and_no_submit(visitor: Browser, desk: Desk) -> None:
    shown = visitor.post("/what", {"what": "staff"})
    settings = desk.triage.settings
    for words in (settings.hr_route, settings.hr_alternative, settings.staff_flag_route):
        assert words in shown.words
    assert "<form" not in shown.page
    assert "<button" not in shown.page
    assert visitor.cookies == {}


def test_nothing_chosen_is_said_beside_the_question_and_first_on_the_page(
    visitor: Browser,
) -> None:
    shown = visitor.post("/what")
    assert shown.status == 422
    assert shown.title.startswith("Error: ")
    assert shown.words.count("Choose what this is about.") == 2
    assert "There is a problem" in shown.words
    assert '<a href="#what">' in shown.page
    assert 'id="what"' in shown.page


# -- a description alone


def test_p_int_1_a_description_alone_is_a_report_and_nothing_tells_who_sent_it(
    visitor: Browser, desk: Desk
) -> None:
    begin(visitor, "An anonymous account.")
    visitor.post("/send")
    assert opened(desk).answers == Answers(description="An anonymous account.")
    held = everything(desk)
    assert ADDRESS not in held
    assert AGENT not in held
    assert "Mozilla" not in held
    assert "anonymous account" not in held
    for token in visitor.cookies.values():
        assert token not in held


def test_p_tax_0_no_ground_is_asked_for_as_a_duty(visitor: Browser) -> None:
    begin(visitor)
    assert answer(visitor, "grounds").status == 200
    for question in QUESTIONS[1:]:
        if question.asked(Answers(description="x")):
            go = visitor.upload if question.slug == "files" else visitor.post
            if question.slug == "files":
                assert go(f"/q/{question.slug}", {"go": "on"}, "", b"").status == 200
            else:
                assert answer(visitor, question.slug).status == 200, question.slug


def test_a_description_is_needed_and_an_empty_one_says_so(visitor: Browser) -> None:
    visitor.post("/what", {"what": "behaviour"})
    shown = visitor.post("/q/happened", {"description": " ", "go": "on"})
    assert shown.status == 422
    assert shown.words.count("Tell us what happened.") == 2
    assert 'aria-invalid="true"' in shown.page
    shown = visitor.post("/send")
    assert shown.status == 422
    assert "Tell us what happened." in shown.words


# -- every question


def test_every_answer_reaches_the_desk_as_it_was_given(visitor: Browser, desk: Desk) -> None:
    team = (Member(desk.ana.person_id, "Ana"), Member(desk.ben.person_id, "Ben"))
    publish(desk, published.TEAM, published.team_value(team))
    begin(visitor, "The account.\nIn two lines.")
    answer(visitor, "standing", standing="saw_it")
    answer(visitor, "affected", affected="somebody in front")
    answer(visitor, "kinds", kinds=["recording", "other"], other_kind="juggling")
    answer(visitor, "recording", permission_given="no")
    answer(visitor, "grounds", grounds=["age", "belief"])
    answer(visitor, "when", happened="on Monday", happening_now="yes")
    answer(visitor, "where", place="the hall", setting="both")
    answer(visitor, "activity", activity="other", other_activity="a fair", event="Open day")
    answer(visitor, "way", medium="other", other_medium="a banner")
    person = {"role": "stands at the door", "party": "volunteer", "contact": "@example"}
    answer(visitor, "people", n="0", name="Pat", **person)
    visitor.post("/q/people", {"n": "1", "name": "Kim", "go": "more"})
    answer(visitor, "risk", risk="yes", risk_note="careful")
    answer(visitor, "team", team="not_sure", team_members=[desk.ben.person_id])
    answer(visitor, "witnesses", n="0", name="Lou")
    visitor.upload("/q/files", {"go": "add"}, "../a b.png", PNG)
    answer(visitor, "support", support="a ramp")
    answer(visitor, "police", police_wish="ask_first")
    answer(visitor, "outcome", wish="by_contact")
    contact = {"name": "Me", "email": "me@example.org", "phone": "020 7946 0000"}
    answer(visitor, "contact", **contact)
    shown = answer(visitor, "connection", reporter_party="user")
    for words in ("The account.", "juggling", "Pat", "Kim", "a ramp", "Ask me first", "a b.png"):
        assert words in shown.words
    visitor.post("/send")
    found = opened(desk)
    assert [one.name for one in found.files] == ["a b.png"]
    assert found.answers == Answers(
        description="The account.\nIn two lines.",
        standing=Standing.SAW_IT,
        reporter_party=Party.USER,
        kinds=(ViolationKind.RECORDING, ViolationKind.OTHER),
        other_kind="juggling",
        grounds=(Ground.AGE, Ground.BELIEF),
        happened="on Monday",
        happening_now=True,
        place="the hall",
        setting=incidents.Setting.BOTH,
        activity=Activity.OTHER,
        other_activity="a fair",
        medium=Medium.OTHER,
        other_medium="a banner",
        event="Open day",
        affected="somebody in front",
        subjects=(
            Person("Pat", "stands at the door", Party.VOLUNTEER, "@example"),
            Person("Kim"),
        ),
        witnesses=(Person("Lou"),),
        team=TeamAnswer.NOT_SURE,
        team_members=(desk.ben.person_id,),
        risk=True,
        risk_note="careful",
        permission_given=False,
        support="a ramp",
        wish=Wish.BY_CONTACT,
        police_wish=PoliceWish.ASK_FIRST,
        **contact,
    )


def test_p_int_3_who_is_affected_is_asked_of_whoever_is_not(visitor: Browser, desk: Desk) -> None:
    begin(visitor)
    assert answer(visitor, "standing", standing="affected").title == "What kind of thing was it?"
    assert answer(visitor, "standing", standing="saw_it").title == "Who was affected?"
    answer(visitor, "affected", affected="Lou")
    visitor.post("/send")
    found = opened(desk).answers
    assert (found.standing, found.affected, found.name) == (Standing.SAW_IT, "Lou", "")


def test_p_int_3_filing_for_somebody_the_receipt_is_said_to_be_theirs(visitor: Browser) -> None:
    begin(visitor)
    assert "the receipt at the end is theirs" in visitor.get("/q/standing").words
    answer(visitor, "standing", standing="for_somebody")
    assert "is theirs" in visitor.get("/check").words
    assert "the code is theirs" in visitor.post("/send").words


def test_p_tax_1_each_kind_and_p_sco_3_each_activity_and_way_can_be_chosen(
    visitor: Browser,
) -> None:
    begin(visitor)
    for slug, name, all_of in (
        ("kinds", "kinds", ViolationKind),
        ("activity", "activity", Activity),
        ("way", "medium", Medium),
        ("grounds", "grounds", Ground),
        ("where", "setting", incidents.Setting),
    ):
        page = visitor.get(f"/q/{slug}").page
        for one in all_of:
            assert f'name="{name}" value="{one}"' in page, (slug, one)


@pytest.mark.parametrize(
    ("slug", "given", "field"),
    [
        ("kinds", {"kinds": "other"}, "other_kind"),
        ("activity", {"activity": "other"}, "other_activity"),
        ("way", {"medium": "other"}, "other_medium"),
    ],
)
def test_p_sco_3_other_needs_a_word(
    visitor: Browser, slug: str, given: dict[str, str], field: str
) -> None:
    begin(visitor)
    shown = answer(visitor, slug, **given)
    assert shown.status == 422
    assert f'href="#{field}"' in shown.page
    assert f"{next(iter(given))}=other" in shown.checked()
    assert answer(visitor, slug, **given, **{field: "a word"}).status == 200


def test_p_sco_1_and_4_a_person_can_be_any_party_online_or_not(
    visitor: Browser, desk: Desk
) -> None:
    """Also staff towards a user, and a user towards a user."""
    begin(visitor)
    page = visitor.get("/q/people").page
    for one in set(Party) - {Party.NOT_KNOWN}:
        assert f'name="party" value="{one}"' in page
    answer(visitor, "connection", reporter_party="partner")
    answer(visitor, "where", setting="offline")
    answer(visitor, "activity", activity="social_event")
    answer(visitor, "people", n="0", name="Pat", party="volunteer")
    visitor.post("/send")
    found = opened(desk).answers
    assert found.reporter_party is Party.PARTNER
    assert found.subjects[0].party is Party.VOLUNTEER
    assert (found.other_kind, found.other_activity, found.other_medium) == ("", "", "")


def test_p_tax_2_recording_asks_about_permission_with_its_hint(visitor: Browser) -> None:
    begin(visitor)
    assert answer(visitor, "kinds", kinds="remarks").title != "Had whoever"
    shown = answer(visitor, "kinds", kinds="recording")
    assert incidents.HINTS[ViolationKind.RECORDING] in shown.words
    assert 'name="permission_given" value="yes"' in shown.page
    assert "permission_given=no" in visitor_after(visitor, "recording", permission_given="no")


def visitor_after(visitor: Browser, slug: str, **given: object) -> set[str]:
    answer(visitor, slug, **given)
    return visitor.get(f"/q/{slug}").checked()


def test_p_sub_1_where_somebody_is_named_the_page_says_they_are_told_and_asks_about_risk(
    visitor: Browser, desk: Desk
) -> None:
    begin(visitor)
    assert visitor.get("/q/risk").title == "Check your answers", "nobody is named yet"
    told = "normally tell them that there has been a complaint, and not who made it"
    assert told in visitor.get("/q/people").words
    shown = answer(visitor, "people", n="0", name="Pat")
    assert shown.title == "Could telling them put you or anyone at risk?"
    assert "there has been a complaint, and not who made it" in shown.words
    answer(visitor, "risk", risk="yes", risk_note="They know my street.")
    assert told in visitor.get("/check").words
    visitor.post("/send")
    found = opened(desk).answers
    assert (found.risk, found.risk_note) == (True, "They know my street.")


def test_p_rec_2_the_team_is_picked_from_with_yes_no_and_not_sure(
    visitor: Browser, desk: Desk
) -> None:
    begin(visitor)
    assert 'name="team_members"' not in visitor.get("/q/team").page
    team = (Member(new_id(), "Ana & co"), Member(new_id(), HOSTILE))
    publish(desk, published.TEAM, published.team_value(team))
    page = visitor.get("/q/team").page
    for one in TeamAnswer:
        assert f'name="team" value="{one}"' in page
    assert "Ana &amp; co" in page
    assert "<script>" not in page
    answer(visitor, "team", team="yes", team_members=[one.id for one in team])
    visitor.post("/send")
    found = opened(desk).answers
    assert (found.team, found.team_members) == (TeamAnswer.YES, tuple(one.id for one in team))


def test_p_acc_1_help_is_asked_for_and_event_access_has_its_own_way(
    visitor: Browser, desk: Desk
) -> None:
    assert desk.triage.settings.event_access_route in visitor.get("/").words
    begin(visitor)
    answer(visitor, "support", support="a hearing loop")
    visitor.post("/send")
    assert opened(desk).answers.support == "a hearing loop"


def test_p_out_1_an_answer_by_contact_needs_a_contact(visitor: Browser) -> None:
    begin(visitor)
    answer(visitor, "outcome", wish="by_contact")
    shown = answer(visitor, "contact")
    assert shown.status == 422
    assert "Enter an email address or a phone number" in shown.words
    assert 'href="#row-contact"' in visitor.get("/check").page
    assert visitor.post("/send").status == 422
    assert answer(visitor, "contact", phone="020 7946 0000").status == 200
    assert visitor.post("/send").code


# -- saving, going back


def test_back_saves_what_is_typed_and_nothing_is_lost(visitor: Browser) -> None:
    begin(visitor)
    answer(visitor, "standing", standing="saw_it")
    back = visitor.post("/q/affected", {"affected": "typed, not sent", "go": "back"})
    assert back.title == "How do you know about it?"
    assert "standing=saw_it" in back.checked()
    assert visitor.get("/q/affected").values()["affected"] == "typed, not sent"
    assert visitor.get("/q/happened").values()["description"] == "It happened."
    assert visitor.post("/q/happened", {"description": "", "go": "back"}).title.startswith(
        "What is"
    )


def test_people_are_changed_and_removed(visitor: Browser, desk: Desk) -> None:
    begin(visitor)
    for number, name in enumerate(("One", "Two", "Three")):
        visitor.post("/q/people", {"n": str(number), "name": name, "go": "more"})
    given = {"n": "3", "name": "Four, just typed", "go": "remove-1"}
    assert visitor.post("/q/people", given).values()["name"] == "Four, just typed"
    assert visitor.get("/q/people?n=1").values()["name"] == "Three"
    assert visitor.post("/q/people?n=2", {"n": "2", "name": "x" * 301, "go": "on"}).status == 422
    visitor.post("/q/people?n=1", {"n": "1", "name": "Third", "go": "on"})
    visitor.post("/send")
    assert [one.name for one in opened(desk).answers.subjects] == [
        "One",
        "Third",
        "Four, just typed",
    ]


def test_a_draft_that_is_over_says_so_and_keeps_nothing(visitor: Browser, desk: Desk) -> None:
    begin(visitor)
    desk.move(hours=25)
    for shown in (
        visitor.get("/q/where"),
        answer(visitor, "where", place="x"),
        visitor.get("/check"),
    ):
        assert shown.title == "There is nothing here to go on with"
    assert visitor.post("/send").title == "There is nothing here to go on with"
    assert desk.count(Report) == 0


def test_the_first_page_offers_what_was_begun_and_to_forget_it(
    visitor: Browser, desk: Desk
) -> None:
    assert "You have begun a report here" not in visitor.get("/").words
    begin(visitor)
    assert "You have begun a report here" in visitor.get("/").words
    visitor.post("/what", {"what": "both"})  # begins no second one
    assert desk.count(ReportDraft) == 1
    assert visitor.post("/", {"do": "forget"}).title == "Forgotten"
    assert (desk.count(ReportDraft), visitor.cookies) == (0, {})


def test_leave_this_page_quickly_is_on_each_page_and_forgets(visitor: Browser, desk: Desk) -> None:
    begin(visitor)
    answer(visitor, "people", n="0", name="Pat")
    for path in every_path(visitor, desk):
        page = visitor.get(path).page
        assert 'href="/leave"' in page, path
        assert "If somebody is in danger now, call 999." in page
    away = visitor.get("/leave", follow=False)
    assert away.header("location") == desk.triage.settings.exit_url
    assert (desk.count(ReportDraft), visitor.cookies) == (0, {})
    assert not visitor.get("/leave").header("set-cookie"), "a link from elsewhere takes nothing"


def every_path(visitor: Browser, desk: Desk) -> list[str]:
    """Every page that there is, but those that need a receipt."""
    plain = [path for path, _, _ in PAGES if "{" not in path]
    return [*(one for one in plain if one != "/leave"), *(f"/q/{one.slug}" for one in QUESTIONS)]


# -- the receipt


def test_the_receipt_is_shown_to_who_sent_it_and_to_nobody_else(
    visitor: Browser, report_form: ReportForm, desk: Desk
) -> None:
    begin(visitor)
    sent = visitor.post("/send", follow=False)
    assert (sent.status, sent.header("location")) == (303, "/receipt")
    assert not sent.body
    code = visitor.get("/receipt").code
    assert re.fullmatch(r"([0-9A-Z]{4}-){5}[0-9A-Z]{4}", code)
    assert visitor.get("/receipt").code == code, "reloading in the same browser"
    assert visitor.get("/receipt/print").code == code
    saved = visitor.get("/receipt/text")
    assert saved.page.startswith(code)
    assert "attachment" in saved.header("content-disposition")
    other = Browser(make_app(report_form))
    for path in ("/receipt", "/receipt/print", "/receipt/text"):
        assert code not in other.get(path).page
    assert visitor.post("/send").code == code, "sent twice it is one"
    assert desk.count(Report) == 1
    held = dict(visitor.cookies)
    assert visitor.post("/receipt").title == "Thank you"
    visitor.cookies = held  # Back, on a shared computer
    assert visitor.get("/receipt").title == "There is nothing here to go on with"


def test_a_receipt_is_gone_after_ten_minutes(visitor: Browser, desk: Desk) -> None:
    begin(visitor)
    visitor.post("/send")
    desk.move(minutes=10)
    assert visitor.get("/receipt").code == ""


def test_the_code_stands_in_no_address_no_cookie_and_no_log(
    visitor: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    begin(visitor)
    code = visitor.post("/send").code
    visitor.post("/return", {"code": code})
    visitor.get("/thread")
    new = visitor.post("/thread/code").code
    for one in (code, new):
        bare = one.replace("-", "")
        for held in (*visitor.visited, *visitor.cookies.values(), caplog.text):
            assert one not in held
            assert bare not in held.upper()


# -- coming back


def test_p_out_3_an_anonymous_reporter_reads_and_writes_with_the_receipt(
    visitor: Browser, desk: Desk
) -> None:
    begin(visitor)
    code = visitor.post("/send").code
    visitor.post("/receipt")
    shown = visitor.post("/return", {"code": f" {code.lower().replace('-', ' ')} "})
    assert shown.title == "Your report"
    assert incidents.STATUSES[PublicStatus.RECEIVED][0] in shown.words
    report_id = opened(desk).id
    desk.do(desk.ana, service.say, report_id=report_id, text="Can you say <more>?")
    status = PublicStatus.WAITING_FOR_YOU
    desk.do(desk.ana, service.set_status, report_id=report_id, status=status)
    shown = visitor.get("/thread")
    assert incidents.STATUSES[status][0] in shown.words
    assert "Can you say <more>?" in shown.words
    assert "It happened." not in shown.words, "the account itself is not shown again"
    shown = visitor.post("/thread/answer", {"text": "I can: it was loud."})
    assert "I can: it was loud." in shown.words
    assert "Your message is with us." in shown.words
    assert visitor.post("/thread/answer", {"text": " "}).status == 422
    visitor.upload("/thread/file", {}, "proof.png", PNG)
    assert "proof.png" in visitor.get("/thread").words
    assert visitor.upload("/thread/file", {}, "", b"").status == 422
    assert [one.kind for one in desk.do(desk.ana, service.incoming)] == [
        StepKind.TEXT,
        StepKind.FILE,
    ]


def test_p_out_2_status_alone_until_the_wish_is_changed_by_receipt(
    visitor: Browser, desk: Desk
) -> None:
    begin(visitor)
    code = visitor.post("/send").code
    visitor.post("/return", {"code": code})
    assert "wish=none" in visitor.get("/thread/wish").checked()
    shown = visitor.post("/thread/wish", {"wish": "by_contact"})
    assert shown.status == 422
    visitor.post("/thread/wish", {"wish": "by_contact", "email": "me@example.org"})
    page = visitor.get("/thread/wish")
    assert "wish=by_contact" in page.checked()
    assert page.values()["email"] == "me@example.org"
    opened(desk)
    (one,) = desk.do(desk.ana, service.incoming)
    assert one.kind is StepKind.REACH


def test_a_reporter_asks_to_withdraw_and_is_sure(visitor: Browser, desk: Desk) -> None:
    begin(visitor)
    visitor.post("/return", {"code": visitor.post("/send").code})
    assert visitor.post("/thread/withdraw", {"why": "x"}).status == 422
    shown = visitor.post("/thread/withdraw", {"why": "I changed my mind.", "sure": "yes"})
    assert "You asked us to stop." in shown.words
    assert "I changed my mind." in shown.words


def test_a_code_is_changed_and_the_new_one_shown_until_it_is_kept(
    visitor: Browser, report_form: ReportForm
) -> None:
    begin(visitor)
    old = visitor.post("/send").code
    visitor.post("/return", {"code": old})
    assert visitor.get("/thread/receipt").title == "Your report", "no code is shown again"
    shown = visitor.post("/thread/code")
    new = shown.code
    assert new not in {old, ""}
    assert visitor.get("/thread/receipt").code == new
    assert visitor.get("/thread/receipt/print").code == new
    assert visitor.get("/thread/receipt/text").page.startswith(new)
    assert visitor.post("/thread/receipt/kept").title == "Your report"
    for path in ("/thread/receipt", "/thread/receipt/print", "/thread/receipt/text", "/thread"):
        assert new not in visitor.get(path).page
    other = Browser(make_app(report_form))
    assert other.post("/return", {"code": old}).status == 422
    assert other.post("/return", {"code": new}).title == "Your report"


def test_p_int_2_a_report_entered_by_a_colleague_opens_after_a_forced_change_of_code(
    visitor: Browser, desk: Desk
) -> None:
    given = replace(Answers(description="told at the stand"), taken_by=desk.ana.person_id)
    report_id, code = desk.do(desk.ana, service.enter_for, answers=given)
    desk.do(desk.ana, service.say, report_id=report_id, text="for you alone")
    shown = visitor.post("/return", {"code": code})
    assert shown.title == "A new receipt code"
    for path in ("/thread", "/thread/file", "/thread/wish", "/thread/withdraw"):
        assert "for you alone" not in visitor.get(path).words
        assert visitor.get(path).title == "A new receipt code"
    assert visitor.post("/thread/answer", {"text": "x"}).title == "A new receipt code"
    new = visitor.post("/thread/code").code
    visitor.post("/thread/receipt/kept")
    assert "for you alone" in visitor.get("/thread").words
    assert visitor.post("/return", {"code": code}).status == 422
    assert new != code


def test_p_out_3_wrong_malformed_and_erased_codes_are_answered_alike(
    visitor: Browser, desk: Desk
) -> None:
    begin(visitor)
    code = visitor.post("/send").code
    from triage.core.data_keys import destroy

    desk.do(desk.ana, destroy, owner_id=opened(desk).id)
    pages = {
        visitor.post("/return", {"code": typed}).page
        for typed in ("", "x", code, "0000-0000-0000-0000-0000-0001", HOSTILE)
    }
    assert len(pages) == 1
    assert visitor.get("/thread").title == "Come back to your report"


def test_p_out_3_tries_with_wrong_codes_are_limited_by_where_they_come_from(
    visitor: Browser, report_form: ReportForm, desk: Desk
) -> None:
    begin(visitor)
    code = visitor.post("/send").code
    for _ in range(10):
        assert visitor.post("/return", {"code": "wrong"}).status == 422
    assert visitor.post("/return", {"code": "wrong"}).status == 429
    assert visitor.post("/return", {"code": code}).status == 429, "the right one tells nothing"
    elsewhere = replace(visitor, address="198.51.100.9", cookies={})
    assert elsewhere.post("/return", {"code": code}).title == "Your report"
    desk.move(minutes=15)
    assert visitor.post("/return", {"code": code}).title == "Your report"


def test_a_visit_ends_when_it_is_closed_and_when_its_time_is_over(
    visitor: Browser, desk: Desk
) -> None:
    begin(visitor)
    code = visitor.post("/send").code
    visitor.post("/return", {"code": code})
    held = dict(visitor.cookies)
    visitor.post("/thread/close")
    visitor.cookies = held
    assert visitor.get("/thread").title == "Come back to your report"
    visitor.post("/return", {"code": code})
    desk.move(minutes=31)
    assert visitor.get("/thread").title == "Come back to your report"


# -- events, and who is on duty


def test_p_tim_2_an_event_says_whom_to_call_first_and_asks_three_things(
    visitor: Browser, desk: Desk
) -> None:
    event = Event("Open26", "Open <day>", "Ana, 07700 900123")
    publish(desk, published.EVENTS, published.events_value((event,)))
    assert visitor.get("/event?code=nothing").status == 404
    shown = visitor.get("/event?code=open%2026")
    assert shown.words.index("Call the person on site first: Ana, 07700 900123") < (
        shown.words.index("What is happening?")
    )
    assert [one for one in shown.values() if one not in {"code", "once"}] == [
        "what",
        "where",
        "who",
    ]
    once = shown.values()["once"]
    given = {"code": "Open26", "once": once, "where": "hall"}
    assert visitor.post("/event", given).status == 422
    given |= {"what": "shouting", "who": HOSTILE}
    code = visitor.post("/event", given).code
    assert visitor.post("/event", given).code == code, "sent twice it is one"
    found = opened(desk)
    assert (found.event_code, found.answers.description) == ("Open26", "shouting")
    assert found.answers.happening_now
    assert found.answers.subjects[0].name == HOSTILE
    assert "does not by itself make anybody leave" in shown.words


def test_an_event_report_leaves_a_report_that_was_begun_as_it_is(
    visitor: Browser, desk: Desk
) -> None:
    publish(desk, published.EVENTS, published.events_value((Event("A1", "A", "b"),)))
    begin(visitor)
    once = visitor.get("/event?code=a1").values()["once"]
    assert visitor.post("/event", {"code": "a1", "once": once, "what": "x"}).code
    visitor.post("/receipt")
    assert desk.count(Report) == 1


def test_nobody_on_duty_is_said_plainly_and_only_where_the_desk_said_so(
    visitor: Browser, desk: Desk
) -> None:
    nobody = "Nobody is on duty at this moment."
    begin(visitor)
    assert nobody not in visitor.get("/").words
    publish(desk, published.ON_DUTY, published.duty_value(None))
    for path in ("/", "/check"):
        assert nobody in visitor.get(path).words
    assert nobody in visitor.post("/send").words


def test_that_no_address_is_kept_is_said_once_the_deployer_has_confirmed_it(
    visitor: Browser, make_form: object
) -> None:
    said = "We keep no address"
    assert said not in visitor.get("/").words
    made = make_form(form_no_addresses=True)  # type: ignore[operator]
    assert said in Browser(make_app(made)).get("/").words


# -- hostile visitors


def test_hostile_text_in_every_field_comes_back_as_text(visitor: Browser, desk: Desk) -> None:
    publish(desk, published.TEAM, published.team_value((Member(new_id(), HOSTILE),)))
    publish(desk, published.EVENTS, published.events_value((Event("E", HOSTILE, HOSTILE),)))
    begin(visitor, HOSTILE)
    pages = [visitor.get("/event?code=e")]
    answer(visitor, "standing", standing="saw_it")
    answer(visitor, "kinds", kinds="recording")
    answer(visitor, "people", n="0", name=HOSTILE, role=HOSTILE, contact=HOSTILE)
    answer(visitor, "witnesses", n="0", name=HOSTILE, role=HOSTILE, contact=HOSTILE)
    for question in QUESTIONS:
        texts = {one.name: HOSTILE for one in question.fields if one.kind in TYPED}
        if texts:
            answer(visitor, question.slug, **texts)
        pages.append(visitor.get(f"/q/{question.slug}"))
    visitor.upload("/q/files", {"go": "add"}, HOSTILE.replace('"', ""), PNG)
    answer(visitor, "contact", name=HOSTILE, email="")
    pages += [visitor.get("/q/files"), visitor.get("/q/people?n=9"), visitor.get("/check")]
    code = visitor.post("/send").code
    visitor.post("/return", {"code": code})
    pages.append(visitor.post("/thread/answer", {"text": HOSTILE}))
    desk.do(desk.ana, service.say, report_id=opened(desk).id, text=HOSTILE)
    pages.append(visitor.post("/thread/wish", {"wish": "by_receipt", "name": HOSTILE}))
    pages.append(visitor.get("/thread/wish"))
    pages.append(visitor.post("/thread/withdraw", {"why": HOSTILE, "sure": "yes"}))
    drawn = 0
    for one in pages:
        assert "<script" not in one.page
        assert "<img" not in one.page
        assert "49" not in one.words.replace("490", "")
        drawn += one.words.count("alert(1)") + sum("alert(1)" in v for v in one.values().values())
        assert "\u202e" not in one.words, "shown by its number where it is no field"
    assert drawn > 25
    assert "{{7*7}}" in unescape(pages[-1].page)


TYPED = {"line", "area", "email", "tel"}


def test_a_post_from_another_site_does_nothing(visitor: Browser, desk: Desk) -> None:
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": None},
        {"origin": "null"},
        {"origin": FORM_URL, "sec-fetch-site": "cross-site"},
        {"origin": FORM_URL, "sec-fetch-site": "none"},
    ):
        assert visitor.post("/what", {"what": "behaviour"}, **headers).status == 403
    assert (desk.count(ReportDraft), visitor.cookies) == (0, {})
    kept = {"origin": None, "sec-fetch-site": "same-origin"}
    assert visitor.post("/what", {"what": "behaviour"}, **kept).status == 200


def test_cookies_are_for_this_host_https_and_no_script(make_form: object) -> None:
    made = make_form(form_url="https://report.example.org")  # type: ignore[operator]
    visitor = Browser(make_app(made))
    sent = visitor.post(
        "/what", {"what": "behaviour"}, origin="https://report.example.org", follow=False
    )
    cookie = sent.header("set-cookie")
    assert cookie.startswith("__Host-report-form=")
    for part in ("HttpOnly", "SameSite=strict", "Secure", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    said = sent.header("strict-transport-security")
    assert said == "max-age=63072000; includeSubDomains"


def test_every_answer_carries_the_security_headers(visitor: Browser, desk: Desk) -> None:
    for path in [*every_path(visitor, desk), "/nothing", "/healthz", "/leave", "/receipt/x"]:
        answer_ = visitor.get(path, follow=False)
        policy = answer_.header("content-security-policy")
        for part in (
            "default-src 'none'",
            "script-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
        ):
            assert part in policy, path
        assert answer_.header("x-content-type-options") == "nosniff"
        assert answer_.header("x-frame-options") == "DENY"
        assert answer_.header("referrer-policy") == "same-origin"
        assert answer_.header("cache-control") == "no-store"
        assert "<script" not in answer_.page
        assert "http" not in re.sub(r"<meta[^>]*>", "", answer_.page).replace("https://www.", "")


def test_what_is_too_long_is_not_taken(visitor: Browser) -> None:
    begin(visitor)
    assert visitor.post("/q/happened", {"description": "x" * 800_000}).status == 413
    big = visitor.upload("/q/files", {"go": "add"}, "a.png", PNG + bytes(11 * 2**20))
    assert big.status == 413
    shown = visitor.post("/q/happened", {"description": "y" * 20_001, "go": "on"})
    assert shown.status == 422
    assert shown.values()["description"] == "y" * 20_001, "what was typed stays on the page"
    just = visitor.upload("/q/files", {"go": "add"}, "a.png", PNG + bytes(10 * 2**20 - len(PNG)))
    assert just.status == 200
    over = visitor.upload("/q/files", {"go": "add"}, "a.png", PNG + bytes(10 * 2**20))
    assert over.status == 422


def test_a_kind_of_file_that_is_not_taken_is_said_beside_the_field(visitor: Browser) -> None:
    begin(visitor)
    shown = visitor.upload("/q/files", {"go": "add"}, "holiday.png", b"MZ\x90\0\x03")
    assert shown.status == 422
    assert shown.words.count("We cannot take this kind of file.") == 2


@pytest.mark.parametrize("body", [b"", b"\xff", b"%", b"go=on&" * 500, b"a" * 1000])
def test_a_body_that_is_no_form_is_answered_and_changes_nothing(
    visitor: Browser, body: bytes
) -> None:
    begin(visitor)
    headers = {"origin": FORM_URL, "content-type": "application/x-www-form-urlencoded"}
    shown = visitor._ask("POST", "/q/happened", body, headers)
    assert shown.status == 422
    parts = {"origin": FORM_URL, "content-type": "multipart/form-data"}
    assert visitor._ask("POST", "/q/files", body, parts).status in {200, 303, 422}
    assert visitor.get("/q/happened").values()["description"] == "It happened."


def test_an_error_says_nothing_of_what_was_typed(
    visitor: Browser,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin(visitor)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("obstreperous words")

    monkeypatch.setattr("dashboard.report.answering.answered", broken)
    shown = answer(visitor, "where", place="obstreperous words")
    assert shown.status == 500
    assert "obstreperous" not in shown.page
    assert "obstreperous" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_a_field_that_comes_twice_counts_once_and_an_address_fills_in_none(
    visitor: Browser, desk: Desk
) -> None:
    headers = {"origin": FORM_URL, "content-type": "application/x-www-form-urlencoded"}
    shown = visitor._ask("POST", "/what?what=behaviour", b"", headers)
    assert shown.status == 422
    assert desk.count(ReportDraft) == 0
    shown = visitor._ask("POST", "/what", b"what=behaviour&what=service", headers)
    assert shown.status == 303
    assert shown.header("location") == "/q/happened"
