"""What must not happen is tested by making it happen: each mutant is killed by its named test.

A mutant is one patch of one file, applied to a copy of the tree. Its test passes on the copy as it
is (shown once for all of them) and must fail on the patched one.
"""

import os
import queue
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutant:
    """One wrong line, and the test that must see it."""

    name: str
    file: str
    old: str
    new: str
    killer: str


MUTANTS = [
    Mutant(
        "no exclusion filters anything",
        "triage/core/access.py",
        "    if viewer.is_system:\n        return true()",
        "    if True:\n        return true()",
        "tests/messages/test_search.py::test_p_rec_4_a_recipient_finds_nothing_of_their_own",
    ),
    Mutant(
        "commands do not look at exclusions",
        "triage/messages/service/stepping.py",
        "    if not tx.actor.is_system and is_excluded(",
        "    if False and is_excluded(",
        "tests/messages/test_claims.py::test_a_recipient_is_told_that_there_is_no_such_message"
        "_and_the_refusal_is_recorded",
    ),
    Mutant(
        "what was said of a sender is told to who may not know of it",
        "triage/messages/queries/groups.py",
        "            visible(viewer, link.id),\n",
        "",
        "tests/senders/test_links.py::test_a_link_that_came_from_a_message_is_unknown_to_who_has"
        "_no_part_in_it",
    ),
    Mutant(
        "people are joined through somebody hidden",
        "triage/messages/queries/groups.py",
        "            exists().where(seen.sender_id == other, visible(viewer, seen.id)),\n",
        "",
        "tests/senders/test_links.py::test_nobody_is_joined_through_a_sender_of_whom_the_viewer"
        "_may_not_know",
    ),
    Mutant(
        "a hidden message suggests",
        "triage/messages/queries/senders.py",
        "        return visible(viewer, message.id), message.queued_at.is_not(None)",
        "        return (message.queued_at.is_not(None),)",
        "tests/senders/test_links.py::test_what_a_recipient_has_no_part_in_suggests_nothing_to_them",
    ),
    Mutant(
        "unflagged mail of other people suggests",
        "triage/messages/queries/senders.py",
        "        return visible(viewer, message.id), message.queued_at.is_not(None)",
        "        return (visible(viewer, message.id),)",
        "tests/senders/test_links.py::test_unflagged_mail_of_other_people_suggests_nothing",
    ),
    Mutant(
        "a link forgets the messages it came from",
        "triage/messages/service/linking.py",
        "    for person_id in strangers:",
        "    for person_id in ():",
        "tests/senders/test_links.py::test_a_link_that_rests_on_a_text_is_unknown_to_who_has_no"
        "_part_in_the_text",
    ),
    Mutant(
        "two forms of an address are one sender",
        "triage/senders/service.py",
        "    purpose, text = identifier.hashed",
        "    purpose, text = identifier.loose or identifier.hashed",
        "tests/senders/test_senders.py::test_a_sender_is_made_on_first_sight_and_found_again",
    ),
    Mutant(
        "who took the call reviews it",
        "triage/messages/service/taking.py",
        "    to = (*note.colleagues, *_volunteers(tx, note))",
        "    to = ()",
        "tests/messages/test_taking_notes.py::test_p_rec_1_who_took_the_call_has_no_part_in_it"
        "_and_who_entered_it_for_them_has",
    ),
    Mutant(
        "who took the call is told where it stands",
        "triage/messages/service/taking.py",
        "    if is_excluded(",
        "    if False and is_excluded(",
        "tests/messages/test_taking_notes.py::test_p_rec_4_the_answer_tells_the_taker_nothing"
        "_of_what_a_colleague_entered_before",
    ),
    Mutant(
        "who got it in a second mailbox reviews it",
        "triage/messages/service/importing.py",
        "        if recipient_ids and (seen or faster):",
        "        if False and (seen or faster):",
        "tests/mailboxes/test_mailbox_exactly_once.py::test_p_rec_1_a_message_that_came_to_a"
        "_second_mailbox_too_is_reviewed_by_neither_of_theirs",
    ),
    Mutant(
        "a mailbox with other numbers is read on from the old place",
        "triage/intake/service.py",
        "    if row.uidvalidity != uidvalidity:\n",
        "    if row.uidvalidity is None:\n",
        "tests/mailboxes/test_mailbox_exactly_once.py::test_another_uidvalidity_in_the_middle"
        "_reads_all_again_and_receives_nothing_twice",
    ),
    Mutant(
        "everybody may everything",
        "triage/core/access.py",
        "    return bool(actor.roles & ROLES.get(action, frozenset()))",
        "    return True",
        "tests/core/test_access.py::test_each_role_may_exactly_what_the_table_says",
    ),
    Mutant(
        "the system may decide",
        "triage/messages/rules.py",
        "    {_E.RECEIVE, _E.PASS, _E.QUEUE,",
        "    {_E.DECIDE, _E.RECEIVE, _E.PASS, _E.QUEUE,",
        "tests/messages/test_lifecycle_table.py::test_p_msg_3_the_system_takes_no_edge_that"
        "_restricts_refers_or_closes",
    ),
    Mutant(
        "particular concern closes",
        "triage/messages/rules.py",
        "item.unreported_call or (item.particular_concern and item.concern_settled is None)",
        "item.unreported_call",
        "tests/messages/test_second_look.py::test_p_pol_1_a_message_of_particular_concern"
        "_cannot_close",
    ),
    Mutant(
        "a message closes over an open proposal",
        "triage/messages/rules.py",
        "OPEN_CHILD = frozenset({ChildState.OPEN, ChildState.APPROVED})",
        "OPEN_CHILD = frozenset({ChildState.OPEN})",
        "tests/messages/test_children.py::test_a_message_does_not_close_over_what_is_open",
    ),
    Mutant(
        "the system approves what was proposed",
        "triage/messages/rules.py",
        "_E.REOPEN, _E.CHILD_DECLINED, _E.ERASE}",
        "_E.REOPEN, _E.CHILD_DECLINED, _E.CHILD_APPROVED, _E.ERASE}",
        "tests/messages/test_children.py::test_p_msg_3_by_itself_the_system_sends_back_and"
        "_approves_nothing",
    ),
    Mutant(
        "who has no part in a message has one in what grew out of it",
        "triage/messages/service/children.py",
        "    inherit(tx.session, parent_id=message_id, child_id=child_id, at=tx.now)\n",
        "",
        "tests/messages/test_children.py::test_p_rec_2_who_has_no_part_in_a_message_has_none_in_what"
        "_grows_out_of_it",
    ),
    Mutant(
        "who asked takes their own second look",
        "triage/messages/rules.py",
        "    if item.second_look_by == person_id:",
        "    if False:",
        "tests/messages/test_second_look.py::test_a_second_look_is_taken_by_anybody_but_who_asked",
    ),
    Mutant(
        "a claim never ends by itself",
        "triage/messages/rules.py",
        "    return item.claim_expires is not None and now < item.claim_expires",
        "    return item.claim_expires is not None",
        "tests/messages/test_claims.py::test_a_claim_ends_by_its_time_alone_with_no_job_run",
    ),
    Mutant(
        "a stale screen decides",
        "triage/messages/service/stepping.py",
        "    if version is not None and version != message.version:",
        "    if False:",
        "tests/messages/test_decisions.py::test_a_stale_screen_decides_nothing",
    ),
    Mutant(
        "what nobody uncovered is decided",
        "triage/messages/rules.py",
        "    if not uncovered:",
        "    if False:",
        "tests/messages/test_decisions.py::test_nothing_is_closed_that_its_reviewer_has_not_uncovered",
    ),
    Mutant(
        "what is sealed may be moved to another place",
        "triage/core/envelope.py",
        "    return _joined(table, column, row_id, key_id)",
        "    return _joined(key_id)",
        "tests/core/test_envelope.py::test_a_sealed_text_does_not_open_in_another_place",
    ),
    Mutant(
        "undo has no end",
        "triage/messages/service/review.py",
        "    if tx.now - last.at > tx.settings.undo_time:",
        "    if False:",
        "tests/messages/test_decisions.py::test_undo_ends_after_ten_minutes",
    ),
    Mutant(
        "a reveal leaves no trace",
        "triage/messages/service/reveals.py",
        '    tx.record("reveal", message_id, step=step.value,',
        '    dict(what="reveal", matter=message_id, step=step.value,',
        "tests/messages/test_flags_notes_reveals.py::test_it_is_uncovered_in_steps_and_each_is"
        "_on_the_record",
    ),
    Mutant(
        "covered text can be read",
        "triage/messages/queries/reading.py",
        "    if not steps & {Step.MASKED, Step.FULL}:",
        "    if False:",
        "tests/messages/test_flags_notes_reveals.py::test_no_text_is_read_that_nobody_uncovered",
    ),
    Mutant(
        "the chain does not bind what was said",
        "triage/core/audit.py",
        '        "details": event.details,\n',
        "",
        "tests/core/test_audit.py::test_every_byte_of_the_details_counts",
    ),
    Mutant(
        "a refusal is forgotten",
        "triage/core/commands.py",
        "            self._record_refusal(actor, refusal.what, refusal.matter_id or about)\n",
        "",
        "tests/core/test_audit.py::test_a_refusal_is_recorded_though_the_command_was_rolled_back",
    ),
    Mutant(
        "outside text is not escaped",
        "dashboard/untrusted.py",
        '    return f"<bdi>{escape(visible(cut))}</bdi>"',
        '    return f"<bdi>{visible(cut)}</bdi>"',
        "tests/security/test_one_way_onto_the_screen.py::test_whatever_is_drawn_has_no_tag_and_no"
        "_hidden_character_of_its_own",
    ),
    Mutant(
        "a screen draws a sender's name as markdown",
        "dashboard/components/listing.py",
        "            untrusted.row(words_wrote.sender(row), chips(row), _quiet(row, now))",
        "            st.markdown(row.from_name)",
        "tests/security/test_one_way_onto_the_screen.py::test_nothing_outside_the_one_way_draws"
        "_what_is_not_a_literal",
    ),
    Mutant(
        "messages are cached for all",
        "dashboard/components/item.py",
        "def _read(viewer: Actor",
        "@st.cache_data\ndef _read(viewer: Actor",
        "tests/security/test_one_way_onto_the_screen.py::test_no_view_keeps_message_data_in_a"
        "_cache",
    ),
    Mutant(
        "a page asks nobody who they are",
        "dashboard/session.py",
        "    if here is None or (action is not None and not can(here.actor(), action)):",
        "    if here is None:",
        "tests/dashboard/test_other_views.py::test_every_page_draws_for_its_roles_and_refuses_the"
        "_others",
    ),
    Mutant(
        "a blind item shows what the model thinks",
        "triage/messages/queries/listing.py",
        "    blind = row.blind and row.decided_at is None",
        "    blind = False",
        "tests/dashboard/test_review_view.py::test_a_blind_item_shows_nothing_of_the_model",
    ),
    Mutant(
        "a recipient is not taken out",
        "triage/messages/service/keeping.py",
        "    recipients = set(inbound.recipients)\n",
        "    recipients = set[str]()\n",
        "tests/messages/test_receiving.py::test_whoever_the_mail_names_as_recipient_has_no_part_in"
        "_its_review",
    ),
    Mutant(
        "who forwards may review it",
        "triage/messages/service/keeping.py",
        "        came_to.add(by.person_id)\n",
        "        pass\n",
        "tests/messages/test_forwarded.py::test_p_rec_1_a_reviewer_who_forwards_their_own_has_no"
        "_part_in_it",
    ),
    Mutant(
        "a colleague's address is a sender",
        "triage/messages/service/who_wrote.py",
        "    own = address is not None and not typed and (",
        "    own = False and (",
        "tests/messages/test_forwarded.py::test_our_own_address_is_never_the_sender_without_a"
        "_persons_word",
    ),
    Mutant(
        "a forward whose sender failed is taken in",
        "triage/messages/service/forwards.py",
        "    believed = forward.by_verified is not Verified.NOT_VERIFIED",
        "    believed = True",
        "tests/messages/test_forwarded.py::test_a_forward_by_somebody_who_is_not_listed_is_held_and"
        "_not_lost",
    ),
    Mutant(
        "a Message-ID alone makes two mails one",
        "triage/messages/service/forwards.py",
        "if searchable(one.text) == words",
        "if words",
        "tests/messages/test_forwarded.py::test_a_threat_does_not_hide_behind_the_message_id_of_a"
        "_harmless_mail",
    ),
    Mutant(
        "anybody's Authentication-Results is believed",
        "triage/intake/authentication.py",
        "    if not stamped or server not in authserv_ids:",
        "    if not stamped:",
        "tests/intake/test_authentication_results.py::test_only_the_topmost_header_counts_and_only"
        "_under_a_name_of_ours",
    ),
    Mutant(
        "a spoofed relay speaks for anybody",
        "triage/intake/writer.py",
        "    if checked.verified is Verified.NOT_VERIFIED:",
        "    if False:",
        "tests/intake/test_relays.py::test_a_spoofed_relay_lets_nobody_write_in_anybodys_name",
    ),
    Mutant(
        "a held forward is judged unseen",
        "triage/messages/rules.py",
        "    if item.held_forward:\n",
        "    if False:\n",
        "tests/messages/test_forwarded.py::test_a_held_forward_is_judged_only_once_somebody_has"
        "_taken_it_in",
    ),
    Mutant(
        "the line at the top counts what somebody may not know of",
        "triage/messages/queries/today.py",
        "    known: list[Condition] = [visible(viewer, message_id)]\n",
        "    known: list[Condition] = []\n",
        "tests/messages/test_today.py::test_a_recipient_finds_none_of_it_anywhere",
    ),
    Mutant(
        "a note for a chat counts what one of its readers may not know of",
        "triage/messages/queries/today.py",
        "    if for_all:",
        "    if False:",
        "tests/messages/test_today.py::test_a_note_for_a_chat_leaves_out_what_anybody_may_not_know"
        "_of",
    ),
    Mutant(
        "a handover note is no child of what it refers to",
        "triage/messages/service/handover_notes.py",
        "        if row.person_id != tx.actor.person_id:",
        "        if False:",
        "tests/messages/test_handover_notes.py::test_p_rec_4_a_note_that_refers_to_a_message_is"
        "_not_there_for_its_recipient",
    ),
    Mutant(
        "typing a reference tells whether there is such a matter",
        "triage/messages/service/handover_notes.py",
        "        if row.person_id != tx.actor.person_id:",
        "        if True:",
        "tests/messages/test_handover_notes.py::test_ones_own_note_stays_so_that_typing_a"
        "_reference_tells_nothing",
    ),
    Mutant(
        "a handover note outlives its reader's exclusion",
        "triage/messages/queries/today.py",
        "        or not any(refers(one.text, matter) for matter in hidden)",
        "        or True",
        "tests/messages/test_handover_notes.py::test_who_is_excluded_later_reads_it_no_more",
    ),
    Mutant(
        "everybody is a recipient of everything",
        "triage/core/access.py",
        "    return and_(matter.in_(theirs), ~otherwise)",
        "    return ~otherwise",
        "tests/messages/test_own_messages.py::test_whoever_is_no_recipient_of_a_message_has_none"
        "_of_these_rights_over_it",
    ),
    Mutant(
        "a recipient who is reported too has a recipient's rights",
        "triage/core/access.py",
        "    return and_(matter.in_(theirs), ~otherwise)",
        "    return matter.in_(theirs)",
        "tests/messages/test_own_messages.py::test_p_rec_1_a_recipient_who_is_excluded_for"
        "_another_reason_too_sees_and_does_nothing",
    ),
    Mutant(
        "a recipient's command asks nobody whose message it is",
        "triage/messages/service/recipient.py",
        "Message.id == message_id, *listed(tx.actor))",
        "Message.id == message_id)",
        "tests/messages/test_own_messages.py::test_whoever_is_no_recipient_of_a_message_has_none"
        "_of_these_rights_over_it",
    ),
    Mutant(
        "who is reported too is told the result",
        "triage/messages/service/aftercare.py",
        "        ~otherwise,\n",
        "",
        "tests/messages/test_aftercare.py::test_who_is_excluded_for_another_reason_too_is_not_told",
    ),
    Mutant(
        "a recipient reviews their own whoever else is there",
        "triage/messages/service/self_review.py",
        "    if others_there(tx.session,",
        "    if False and others_there(tx.session,",
        "tests/messages/test_self_review.py::test_with_another_reviewer_on_the_rota_it_is_refused"
        "_and_nothing_changes",
    ),
    Mutant(
        "a result is told that may still be undone",
        "triage/messages/telling.py",
        "known.decided_at + undo_time <= now:",
        "known.decided_at <= now:",
        "tests/messages/test_own_messages.py::test_a_result_that_is_undone_was_never_told",
    ),
    Mutant(
        "what was drawn by chance is told from what was not",
        "triage/messages/telling.py",
        "    if known.entered and not known.suspected and not known.by_hand:",
        "    if state is State.UNFLAGGED:",
        "tests/messages/test_own_messages.py::test_what_they_entered_quietly_reads_the_same"
        "_whether_it_was_drawn_by_chance_or_not",
    ),
    Mutant(
        "an old link still opens the page",
        "triage/staff/queries/volunteers.py",
        "or version != str(found.link_version)",
        "or False",
        "tests/dashboard/test_recipient_page.py::test_every_link_that_does_not_hold_gets_the_same"
        "_answer",
    ),
    Mutant(
        "a volunteer off the list still has their link",
        "triage/staff/queries/volunteers.py",
        "if found is None or not found.active or",
        "if found is None or",
        "tests/dashboard/test_recipient_page.py::test_every_link_that_does_not_hold_gets_the_same"
        "_answer",
    ),
    Mutant(
        "a link shows the text",
        "triage/messages/service/recipient.py",
        "    if tx.actor.is_volunteer:",
        "    if False:",
        "tests/messages/test_own_messages.py::test_a_volunteer_has_the_rights_of_a_recipient_but"
        "_reads_no_text",
    ),
    Mutant(
        "what cannot be parsed passes",
        "triage/messages/service/receive.py",
        "    if message.unread is not None:\n        reasons.append(FlagReason.UNREAD)\n",
        "",
        "tests/messages/test_receiving.py::test_what_could_not_be_parsed_is_put_before_people"
        "_whatever_its_text_says",
    ),
    Mutant(
        "the alarm's job does not look at exclusions",
        "triage/alarms/service/job.py",
        "    barred = excluded(tx.session, [one.matter_id for one in alarms])",
        "    barred = excluded(tx.session, [])",
        "tests/notify/test_alarm_raised.py::test_an_alarm_of_ones_own_mail_goes_to_a_colleague",
    ),
    Mutant(
        "who is excluded is alerted",
        "triage/alarms/rules.py",
        "        return [one for one in self.on_duty if one.person_id not in self.barred]",
        "        return list(self.on_duty)",
        "tests/notify/test_alarm_rules.py::test_p_rec_2_nobody_is_alerted_who_is_excluded_or_not"
        "_there",
    ),
    Mutant(
        "an excluded fallback is alerted",
        "triage/alarms/rules.py",
        "        return [one for one in self.fallbacks if one not in self.barred]",
        "        return list(self.fallbacks)",
        "tests/notify/test_alarm_rules.py::test_p_rec_2_nobody_is_alerted_who_is_excluded_or_not"
        "_there",
    ),
    Mutant(
        "looking at the link acknowledges",
        "dashboard/acknowledge.py",
        '    if method != "POST":',
        "    if False:",
        "tests/dashboard/test_alarm_on_screen.py::test_looking_at_the_page_acknowledges_nothing",
    ),
    Mutant(
        "an acknowledgement takes what they may not know of",
        "triage/alarms/service/raising.py",
        "carried, visible(tx.actor, Alarm.matter_id))",
        "carried)",
        "tests/notify/test_alarm_flood.py::test_p_rec_1_an_acknowledgement_leaves_what_they_may"
        "_no_longer_know_of",
    ),
    Mutant(
        "an alert of what they may not know of is shown",
        "triage/alarms/queries.py",
        "                visible(viewer, Alarm.matter_id),\n",
        "",
        "tests/dashboard/test_alarm_on_screen.py::test_p_rec_1_who_was_excluded_since_has_a_link"
        "_that_opens_nothing",
    ),
    Mutant(
        "an alarm of what they may not know of is shown",
        "triage/alarms/queries.py",
        "Alarm.raised_at <= at, visible(viewer, Alarm.matter_id))",
        "Alarm.raised_at <= at)",
        "tests/dashboard/test_alarm_on_screen.py::test_p_rec_4_with_and_without_an_alarm_of_hers"
        "_a_recipient_sees_the_same",
    ),
    Mutant(
        "late mail tells of an alarm they may not know of",
        "dashboard/frame.py",
        "without=frozenset({Kind.ALARM})",
        "without=frozenset()",
        "tests/dashboard/test_alarm_on_screen.py::test_p_rec_4_with_and_without_an_alarm_of_hers"
        "_a_recipient_sees_the_same",
    ),
    Mutant(
        "every message of a flood is a mail",
        "triage/alarms/service/job.py",
        "    if standing is not None:\n        return standing, True\n",
        "",
        "tests/notify/test_alarm_flood.py::test_500_threats_in_one_import_are_one_mail_a_step_and"
        "_each_has_its_path",
    ),
    Mutant(
        "what is opened goes on alerting",
        "triage/messages/service/stepping.py",
        "    if edge is Edge.CLAIM:\n        alarms.seen",
        "    if edge is None:\n        alarms.seen",
        "tests/notify/test_alarm_raised.py::test_who_opens_the_message_has_its_alarm",
    ),
    Mutant(
        "a group lists and counts what the viewer may not know of",
        "triage/messages/queries/listing.py",
        "        visible(viewer, Message.id),\n        text(f",
        "        text(f",
        "tests/messages/test_together.py::test_p_rec_4_what_was_sent_to_the_viewer_is_in_no_group"
        "_and_in_no_count",
    ),
    Mutant(
        "beside a blind message a count tells of its like",
        "triage/messages/queries/campaigns.py",
        "        near_total=len(alike_ones),",
        "        near_total=len(near),",
        "tests/messages/test_together.py::test_beside_a_blind_message_nothing_is_learnt_of_the"
        "_model",
    ),
    Mutant(
        "beside a blind message a lane tells of its like",
        "triage/messages/queries/campaigns.py",
        "        lane=None if opened.blind or row.rank is None else",
        "        lane=None if row.rank is None else",
        "tests/messages/test_together.py::test_beside_a_blind_message_nothing_is_learnt_of_the"
        "_model",
    ),
    Mutant(
        "what is grave is decided with the others",
        "triage/messages/service/together.py",
        "    if reason is not None:",
        "    if False and reason is not None:",
        "tests/messages/test_together.py::test_what_became_grave_since_it_was_ticked_is_not"
        "_decided_with_the_others",
    ),
    Mutant(
        "anything at all is decided with the others",
        "triage/messages/service/together.py",
        "    if message.id == opened.id or not (",
        "    if False and not (",
        "tests/messages/test_together.py::test_what_is_neither_alike_nor_of_the_sender_is_not"
        "_taken_beside",
    ),
    # -- the hostile review
    Mutant(
        "what the whole team was sent alerts nobody",
        "triage/messages/service/alarming.py",
        "return Why.NOBODY_LEFT if _nobody_may_look(tx, message) else None",
        "return None",
        "tests/security/test_hostile_mail.py"
        "::test_where_the_whole_team_is_written_to_one_from_outside_is_alerted",
    ),
    Mutant(
        "what one may not see tells that an address was verified",
        "triage/restrictions/queries/verified.py",
        "            visible(viewer, Message.id),\n",
        "",
        "tests/security/test_hostile_insiders.py"
        "::test_p_rec_4_whether_an_address_was_verified_is_told_of_what_one_may_know_alone",
    ),
    Mutant(
        "a cookie without its prefix is read",
        "dashboard/gate.py",
        "for one in pieces if one.startswith((PREFIX, FOR_SCRIPTS))]",
        "for one in pieces]",
        "tests/security/test_hostile_wire.py"
        "::test_of_the_cookies_that_come_only_ours_are_read_and_by_their_own_names",
    ),
    Mutant(
        "a new database file is anybody's to read",
        "triage/core/database.py",
        "Path(name).touch(mode=0o600)",
        "Path(name).touch(mode=0o644)",
        "tests/core/test_database.py"
        "::test_a_new_file_with_its_log_is_its_owners_alone_in_whatever_folder",
    ),
    Mutant(
        "a report to the police is authorised over a link that was taken back",
        "triage/referrals/service/deciding.py",
        "    check_still_linked(tx, referral)\n",
        "",
        "tests/referrals/test_links_taken_back_since.py::test_p_pol_1_nobody_authorises"
        "_what_rests_on_mail_of_somebody_who_is_not_this_person_any_more",
    ),
    Mutant(
        "what was authorised over a link that was taken back is handed over",
        "triage/referrals/service/with_police.py",
        "    check_still_linked(tx, referral, at=at)\n",
        "",
        "tests/referrals/test_links_taken_back_since.py::test_p_pol_1_nobody_hands_over"
        "_what_was_authorised_over_a_link_that_was_taken_back",
    ),
    Mutant(
        "what the police were given while a link stood is not written down once it is taken back",
        "triage/referrals/service/with_police.py",
        "    check_still_linked(tx, referral, at=at)\n",
        "    check_still_linked(tx, referral)\n",
        "tests/referrals/test_links_taken_back_since.py::test_p_pol_2_what_the_police"
        "_were_given_before_that_is_written_down_all_the_same",
    ),
    Mutant(
        "a report on mail from one address alone waits for a link",
        "triage/referrals/queries/unlinked.py",
        "    if len({sender_id for _, sender_id in found}) < 2:\n        return ()\n",
        "",
        "tests/referrals/test_links_taken_back_since.py::test_p_pol_1_what_rests_on_one"
        "_address_alone_rests_on_no_link",
    ),
    Mutant(
        "nobody is told that the police have something over a link that was taken back",
        "triage/referrals/service/jobs.py",
        "    return late + runner.run(SYSTEM, remind_unlinked)",
        "    return late",
        "tests/referrals/test_links_taken_back_since.py::test_p_pol_1_what_the_police_have"
        "_is_taken_back_by_nobody_but_people_and_who_handles_it_is_told",
    ),
    Mutant(
        "who put something forward for the police is asked to decide over a link taken back",
        "triage/referrals/service/jobs.py",
        "        never = team.excluded | (frozenset() if handed_over else team.put_forward)",
        "        never = team.excluded",
        "tests/referrals/test_links_taken_back_since.py::test_rule_2_who_put_it"
        "_forward_decides_nothing_of_it_and_is_not_reminded",
    ),
    Mutant(
        "a finding is overturned and nobody looks again at the restriction that came of it",
        "triage/cases/verdict/service/appealing.py",
        "    look_again(tx, case_id=case.id, decision_id=told.decision_id, appeal_id=row.id)\n",
        "",
        "tests/dashboard/test_restrictions_after_an_appeal.py::test_p_act_4_it_stays"
        "_is_due_for_review_and_says_why_until_somebody_has_looked",
    ),
    Mutant(
        "what is over is brought up again by an appeal",
        "triage/restrictions/service/from_case.py",
        "            Restriction.state.in_([one.value for one in rules.HOLDS]),\n",
        "",
        "tests/dashboard/test_restrictions_after_an_appeal.py::test_p_act_4_a_restriction"
        "_that_is_over_is_brought_up_by_nothing",
    ),
    Mutant(
        "a letter of an appeal is written that nobody turned down",
        "triage/cases/verdict/service/telling.py",
        "    if appeal.outcome != AppealOutcome.UPHELD.value:",
        "    if False:",
        "tests/cases/test_verdict_told.py::test_rule_2_no_such_letter_is_written"
        "_of_an_appeal_that_waits_or_was_granted_nor_by_others",
    ),
]


MUTANTS += [
    Mutant(
        "nothing in a letter is a leak",
        "triage/letters/rules.py",
        "    if standing is LeakCheck.FOUND:",
        "    if False:",
        "tests/letters/test_leak_check.py::test_p_nam_1_with_a_finding_it_is_refused_until_it"
        "_is_edited",
    ),
    Mutant(
        "a check of another text counts",
        "triage/letters/rules.py",
        "    if standing is None or not same_text:",
        "    if standing is None:",
        "tests/letters/test_lifecycle.py::test_p_nam_1_without_a_check_of_this_text_nothing_goes"
        "_to_a_person_reported",
    ),
    Mutant(
        "what goes was never previewed",
        "triage/letters/rules.py",
        "    if shown != now:",
        "    if False:",
        "tests/letters/test_lifecycle.py::test_only_what_was_previewed_is_approved_or_sent",
    ),
    Mutant(
        "what was changed behind our back is sent",
        "triage/letters/service/delivery.py",
        "    return shown if letter.approved_hash == hash_of(tx, shown) else None",
        "    return shown",
        "tests/letters/test_letter_delivery.py::test_what_was_changed_behind_our_back_does_not_go",
    ),
    Mutant(
        "letters go under cease contact",
        "triage/letters/rules.py",
        "    if ceased and not overridden and kind not in PASSES_CEASE:",
        "    if False:",
        "tests/letters/test_lifecycle.py::test_p_msg_4_the_address_counts_whoever_is_named_as_the"
        "_sender",
    ),
    Mutant(
        "letters go with brackets in them",
        "triage/letters/rules.py",
        "    if found is not None:",
        "    if False:",
        "tests/letters/test_lifecycle.py::test_a_template_as_it_is_drafted_does_not_go",
    ),
    Mutant(
        "who wrote it is the second person",
        "triage/letters/rules.py",
        "    if person_id in {drafter_id, edited_by}:",
        "    if False:",
        "tests/letters/test_lifecycle.py::test_the_second_person_is_none_of_those_who_wrote_or"
        "_asked",
    ),
    Mutant(
        "commands on letters do not look at exclusions",
        "triage/letters/service/stepping.py",
        "    if not tx.actor.is_system and is_excluded(",
        "    if False and is_excluded(",
        "tests/letters/test_reading_letters.py::test_p_rec_4_who_is_excluded_is_told_that_there_is"
        "_no_such_letter_whatever_they_try",
    ),
    Mutant(
        "what has ended is still in force",
        "triage/senders/standing/rules.py",
        "all(at < one for one in ends)",
        "all(at <= one for one in ends)",
        "tests/senders/test_standing.py::test_a_measure_holds_from_its_start_and_not_one_second"
        "_past_its_end",
    ),
    Mutant(
        "the system restricts",
        "triage/senders/standing/service.py",
        "    if tx.actor.is_system and measure is not Measure.ASKED_TO_CEASE:",
        "    if False:",
        "tests/senders/test_standing.py::test_p_msg_3_the_system_restricts_nobody",
    ),
    Mutant(
        "one's own proposal is approved",
        "triage/restrictions/rules.py",
        '    if person_id == team.proposer:\n        raise NotAllowed("You proposed this',
        '    if False:\n        raise NotAllowed("You proposed this',
        "tests/restrictions/test_two_people.py::test_nobody_approves_what_they_proposed",
    ),
    Mutant(
        "a restriction is decided on unread",
        "triage/messages/service/reveals.py",
        "    if set(message_ids) - set(tx.session.scalars(seen)):\n",
        "    if False:\n",
        "tests/restrictions/test_two_people.py::test_nobody_decides_on_what_they_have_not_read",
    ),
    Mutant(
        "what lapsed is in force",
        "triage/restrictions/rules.py",
        "    if dates.state in TO_RATIFY and (dates.lapses is None or now >= dates.lapses):",
        "    if False:",
        "tests/restrictions/test_restriction_table.py::test_in_force_is_exactly_by_state_and_dates",
    ),
    Mutant(
        "what lapsed is listed as in force",
        "triage/restrictions/queries/lists.py",
        "        or_(Restriction.state.not_in(alone), Restriction.lapses_at > now),\n",
        "",
        "tests/restrictions/test_measures.py::test_p_tim_3_an_unconfirmed_measure_is_not_in_force"
        "_a_second_past_its_time_though_no_job_ran",
    ),
    Mutant(
        "what has expired is in force still",
        "triage/restrictions/rules.py",
        "    return dates.expires is None or now < dates.expires",
        "    return True",
        "tests/restrictions/test_measures.py::test_nothing_is_put_in_place_for_what_is_over_by_its"
        "_date",
    ),
    Mutant(
        "a service admin reads the reason",
        "triage/restrictions/queries/tasks.py",
        'one.id, one, "public_reason"',
        'one.id, one, "reason"',
        "tests/restrictions/test_reading.py::test_a_service_admin_sees_the_task_and_nothing_of_the"
        "_reasons",
    ),
    Mutant(
        "who approved it decides the appeal",
        "triage/restrictions/rules.py",
        "    if person_id in {team.proposer, team.done_by, *team.approvers, *team.took_part}:",
        "    if person_id in {team.proposer}:",
        "tests/restrictions/test_measures.py::test_an_appeal_is_decided_by_who_took_no_part_and"
        "_overturned_reopens_the_label",
    ),
    Mutant(
        "a late recipient keeps their part in what grew out of it",
        "triage/messages/service/keeping.py",
        "        inherit(tx.session, parent_id=message_id, child_id=child_id, at=tx.now)",
        "        pass",
        "tests/restrictions/test_measures.py::test_p_rec_1_who_turns_out_to_have_received_a_ground"
        "_has_no_part_in_what_grew_out_of_it",
    ),
    Mutant(
        "an export runs formulas",
        "triage/core/cells.py",
        '    return f"\'{shown}" if start in FORMULA and start else shown',
        "    return shown",
        "tests/restrictions/test_sheets.py::test_each_beginning_of_a_formula_is_written_as_text",
    ),
    Mutant(
        "a sender's timeline is open to who may see no message of theirs",
        "triage/messages/queries/senders.py",
        "    if session.scalar(seen.limit(1)) is None:\n        return None\n    group",
        "    group",
        "tests/history/test_sender_history.py::test_p_rec_4_who_may_see_no_message_of_theirs_is"
        "_told_of_nobody",
    ),
    Mutant(
        "a timeline shows referrals of matters that are hidden",
        "triage/referrals/queries/listing.py",
        "    return visible(viewer, Referral.id) & ~hidden",
        "    return ~hidden | hidden",
        "tests/history/test_sender_history.py::test_p_rec_4_with_and_without_a_message_of_hers_the"
        "_timeline_is_the_same",
    ),
    Mutant(
        "a timeline shows letters of matters that are hidden",
        "triage/letters/queries.py",
        "        .where(visible(viewer, Letter.matter_id), *where)",
        "        .where(*where)",
        "tests/history/test_sender_history.py::test_p_rec_4_with_and_without_a_message_of_hers_the"
        "_timeline_is_the_same",
    ),
    Mutant(
        "particular concern is marked, and no referral considered",
        "dashboard/components/ways.py",
        "            considering.mark_concern if concerned else reviewing.ask_second_look,",
        "            reviewing.ask_second_look,",
        "tests/dashboard/test_referrals_view.py::test_p_pol_1_from_particular_concern_to_its"
        "_conclusion_by_three_people",
    ),
    Mutant(
        "one person declines a referral alone",
        "triage/referrals/rules.py",
        "    if person_id in team.against:\n",
        "    if False:\n",
        "tests/referrals/test_the_referral.py::test_p_pol_1_two_people_record_why_not_and_one_is"
        "_not_enough",
    ),
    Mutant(
        "a mark is settled without a report",
        "triage/referrals/service/moving.py",
        "    if states & (rules.WITH_THE_POLICE | {State.CONCLUDED, State.WITHDRAWN}):",
        "    if states:",
        "tests/referrals/test_the_referral.py::test_p_pol_1_two_people_record_why_not_and_one_is"
        "_not_enough",
    ),
    Mutant(
        "what a referral rests on is not held",
        "triage/referrals/service/moving.py",
        "    keep_held(tx, referral)\n",
        "",
        "tests/referrals/test_the_referral.py::test_p_pol_3_everything_it_rests_on_is_held_from_the"
        "_first_thought_until_long_after",
    ),
    Mutant(
        "referrals are listed to who has no part in them",
        "triage/referrals/queries/listing.py",
        "        .where(known_to(viewer), *where)",
        "        .where(*where)",
        "tests/referrals/test_reading_referrals.py::test_p_rec_4_whoever_has_no_part_in_a_message"
        "_knows_of_no_referral_of_it",
    ),
    Mutant(
        "who reported goes to the police unasked",
        "triage/packs/contents.py",
        "        if one.reporter and not found.reporter_data:",
        "        if False:",
        "tests/packs/test_packs.py::test_what_says_who_reported_stays_out_unless_that_was_decided",
    ),
    Mutant(
        "who has no part builds a pack",
        "triage/packs/queries/__init__.py",
        "select(Referral).where(Referral.id == matter_id, known_to(viewer))",
        "select(Referral).where(Referral.id == matter_id)",
        "tests/packs/test_packs.py::test_p_rec_2_who_has_no_part_sees_and_builds_none",
    ),
    Mutant(
        "a pack goes on to who has no part in one of its messages since",
        "dashboard/components/pack.py",
        "        matters=(matter_id, *shown.message_ids),",
        "        matters=(matter_id,),",
        "tests/dashboard/test_pack_on_screen.py::test_p_rec_1_whoever_has_no_part_in_any_of_its"
        "_matters_since_does_not_get_the_file",
    ),
    Mutant(
        "a pack is recorded for who lost their part while it was built",
        "triage/packs/service.py",
        "    _check(tx, matter_id=matter_id)\n    for one in",
        "    for one in",
        "tests/packs/test_packs.py::test_p_rec_1_who_loses_their_part_while_it_is_built_gets_none",
    ),
    Mutant(
        "what was built of a matter is told to who has no part in it",
        "triage/packs/queries/__init__.py",
        "    rests_on(session, viewer=viewer, matter_id=matter_id)\n    events",
        "    events",
        "tests/packs/test_packs.py::test_p_rec_2_who_has_no_part_sees_and_builds_none",
    ),
    Mutant(
        "any guest comes in",
        "dashboard/session.py",
        "    if invited is None:\n        return False",
        "    if invited is None:\n        return True",
        "tests/dashboard/test_guests_on_screen.py::test_rule_7_every_page_and_every_address_shows_a"
        "_guest_that_one_matter_alone",
    ),
    Mutant(
        "a guest is shown the restrictions of all",
        "triage/restrictions/queries/reach.py",
        "    return and_(known_to(viewer), Restriction.id.in_(sorted(invited)))\n\n\ndef invited",
        "    return known_to(viewer)\n\n\ndef invited",
        "tests/dashboard/test_guests_on_screen.py::test_rule_7_every_page_and_every_address_shows_a"
        "_guest_that_one_matter_alone",
    ),
    Mutant(
        "a guest is shown the referrals of all",
        "triage/referrals/queries/reading.py",
        "        if referral_id not in asked:\n",
        "        if False:\n",
        "tests/dashboard/test_guests_on_screen.py::test_rule_7_a_guest_is_the_second_who_says_that"
        "_it_is_not_to_be_referred",
    ),
    Mutant(
        "what is closed is open to everybody",
        "triage/core/access.py",
        "    return and_(~out, or_(~closed, member))",
        "    return ~out",
        "tests/cases/test_opening_reports.py::test_p_con_1_admin_manager_and_reviewers_know_of_no_case",
    ),
    Mutant(
        "commands do not look whether a matter is closed",
        "triage/core/exclusions.py",
        "    if is_shut(session, matter_id=matter_id, person_id=person_id):\n        return True\n",
        "",
        "tests/cases/test_recusal.py::test_rule_3_who_is_slower_is_told_who_did_what",
    ),
    Mutant(
        "a person who might be meant is alerted",
        "triage/cases/service/keeping.py",
        "    for person_id, kind in _found(tx, staff, case, answers).items():\n"
        "        keep(tx, case, person_id, kind)\n",
        "",
        "tests/cases/test_opening_reports.py::test_p_rec_2_whoever_is_named_or_might_be_gets_no_row_and_no_alert",
    ),
    Mutant(
        "not sure counts as no",
        "triage/cases/service/keeping.py",
        "    if unsure or unnamed:",
        "    if unnamed:",
        "tests/cases/test_opening_reports.py::test_p_rec_2_not_sure_goes_to_the_fallback_outside_alone",
    ),
    Mutant(
        "who joins later is told what the team is not",
        "triage/cases/service/keeping.py",
        "    if case.held_outside:\n",
        "    if False:\n",
        "tests/cases/test_opening_reports.py::test_p_rec_2_whoever_joins_the_team_while_nobody_knows_whom_it_is_about_is_kept_away_too",
    ),
    Mutant(
        "a place that was left stays empty",
        "triage/cases/service/recusing.py",
        "    parts.cover(tx, case)\n    see_to_challenges(tx, case)\n    return ended",
        "    return ended",
        "tests/cases/test_recusal.py::test_p_rec_3_the_place_is_filled_from_the_team_in_the_same_transaction",
    ),
    Mutant(
        "stepping back leaves the door open",
        "triage/cases/service/recusing.py",
        "    exclude(tx.session, matter_id=case.id, person_id=person_id, kind=kind, at=tx.now)\n"
        "    tx.session.flush()\n",
        "",
        "tests/cases/test_recusal.py::test_p_rec_4_nobody_who_is_out_writes_anything",
    ),
    Mutant(
        "one person has two parts that do not go together",
        "triage/cases/service/parts.py",
        "        if person_id in people and apart(part, other):",
        "        if False:",
        "tests/cases/test_recusal.py::test_rule_6_nobody_has_two_parts_that_do_not_go_together_even_one_they_had",
    ),
    Mutant(
        "the account is read before a conflict was denied",
        "triage/cases/queries/reading.py",
        "    rules.check_declared(ties(session, viewer=viewer, case_id=case_id))\n",
        "",
        "tests/cases/test_recusal.py::test_the_account_is_not_read_before_a_conflict_was_denied",
    ),
    Mutant(
        "who the reporter is stands in the case",
        "triage/cases/queries/reading.py",
        '        answers=replace(answers, name="", email="", phone=""),',
        "        answers=answers,",
        "tests/cases/test_where_cases_go.py::test_who_the_reporter_is_stands_nowhere_in_the_case",
    ),
    Mutant(
        "a reporter ends a case alone",
        "triage/cases/service/settling.py",
        "        step(tx, case, Edge.ASK_WITHDRAW)",
        "        step(tx, case, Edge.ASK_WITHDRAW)\n        case.state = State.WITHDRAWN.value",
        "tests/cases/test_where_cases_go.py::test_a_reporter_may_ask_to_go_no_further_and_people_decide",
    ),
    Mutant(
        "a case that HR has is read on",
        "triage/cases/service/handling.py",
        "            parts.end(tx, case, person_id)\n\n\ndef reopen",
        "            pass\n\n\ndef reopen",
        "tests/cases/test_where_cases_go.py::test_p_rte_3_a_report_of_a_member_of_staff_is_closed_to_the_desk_after_its_first_opening",
    ),
    Mutant(
        "who took a report down handles it",
        "triage/cases/service/recusing.py",
        "    out = barred(tx, case.id) | ({case.entered_by} if case.entered_by else set())",
        "    out = barred(tx, case.id)",
        "tests/cases/test_where_cases_go.py::test_p_int_2_who_takes_a_report_down_is_not_its_handler_unless_assigned",
    ),
    Mutant(
        "a file is handed to who is no member any more",
        "dashboard/files.py",
        "is_excluded(db, matter_id=one, person_id=who.id) for one in sorted(offer.matters)",
        "False for one in sorted(offer.matters)",
        "tests/dashboard/test_pack_on_screen.py::test_p_rec_1_whoever_has_no_part_in_any_of_its"
        "_matters_since_does_not_get_the_file",
    ),
    Mutant(
        "a notice goes without anybody looking for who reported",
        "triage/cases/inquiry/service/guards.py",
        "    names = [*(one.name for one in given), answers.affected]",
        "    names = [answers.affected]",
        "tests/cases/test_inquiry_notices.py::test_p_nam_1_all_that_people_wrote_and_are_is_looked"
        "_for_and_the_subject_is_not",
    ),
    Mutant(
        "what witnesses said may stand in a notice",
        "triage/cases/inquiry/service/guards.py",
        "    sources += _said(tx, case, without)\n",
        "",
        "tests/cases/test_inquiry_notices.py::test_p_nam_1_what_could_tell_who_reported_or_saw_it"
        "_stops_the_letter",
    ),
    Mutant(
        "a notice goes before the reporter has seen it",
        "triage/cases/inquiry/service/letters.py",
        "    check_may_go(tx, case, letter_id)\n    return",
        "    return",
        "tests/cases/test_inquiry_notices.py::test_the_reporter_is_shown_the_text_first_and_has"
        "_three_working_days",
    ),
    Mutant(
        "nobody need be told of a report against them",
        "triage/cases/inquiry/service/stepping.py",
        "    return NoticeState.DUE if is_named(party) else NoticeState.NOT_APPLICABLE",
        "    return NoticeState.NOT_APPLICABLE",
        "tests/cases/test_inquiry_notices.py::test_p_sub_1_the_notice_is_due_for_whoever_is_named"
        "_and_stops_a_recommendation",
    ),
    Mutant(
        "a notice is withheld for good",
        "triage/cases/inquiry/rules.py",
        "        return recheck_at is not None and now < recheck_at",
        "        return recheck_at is not None",
        "tests/cases/test_inquiry_notices.py::test_p_sub_3_at_its_day_it_is_on_the_list_again_job"
        "_or_no_job",
    ),
    Mutant(
        "who set a measure confirms it",
        "triage/cases/inquiry/rules.py",
        "    if author_id == person_id:",
        "    if False:",
        "tests/cases/test_inquiry_interims.py::test_p_tim_3_even_as_a_decider_nobody_confirms"
        "_their_own",
    ),
    Mutant(
        "a measure holds though nobody confirmed it",
        "triage/cases/inquiry/rules.py",
        "ends = [measure.until, measure.ended_at, None if measure.ratified else measure.lapses]",
        "ends = [measure.until, measure.ended_at]",
        "tests/cases/test_inquiry_interims.py::test_p_tim_3_one_second_past_its_time_it_is_not_in"
        "_force_though_no_job_ran",
    ),
    Mutant(
        "whoever has the role reads an inquiry",
        "triage/cases/inquiry/queries/reading.py",
        "    if found is None or mine is None:",
        "    if found is None:",
        "tests/cases/test_inquiry_evidence.py::test_who_may_take_a_report_reads_no_inquiry_of_it",
    ),
    Mutant(
        "measures are told to who is kept away",
        "triage/cases/inquiry/queries/reading.py",
        "            visible(viewer, Case.id),\n",
        "",
        "tests/cases/test_inquiry_evidence.py::test_whoever_is_kept_away_reads_nothing_though_a"
        "_part_was_left_to_them",
    ),
    Mutant(
        "changed evidence goes out",
        "triage/cases/inquiry/service/handing_out.py",
        "    if data is not None and hashlib.sha256(data).hexdigest() != digest:",
        "    if False:",
        "tests/cases/test_inquiry_evidence.py::test_p_inv_2_a_file_of_the_report_that_was_changed"
        "_under_its_key_does_not_go_out",
    ),
    Mutant(
        "a hidden statement goes to who was reported",
        "triage/cases/inquiry/service/handing_out.py",
        ", CaseEvidence.hidden.is_(False))",
        ")",
        "tests/cases/test_inquiry_evidence.py::test_p_inv_1_a_statement_is_dated_attributed_and"
        "_kept_out_of_what_the_subject_gets",
    ),
    Mutant(
        "a decision is taken unread",
        "triage/cases/verdict/rules.py",
        "    if not account:",
        "    if False:",
        "tests/cases/test_verdict_decided.py::test_p_dec_2_nobody_decides_on_what_they"
        "_have_not_opened_and_opening_is_on_the_record",
    ),
    Mutant(
        "a case is closed and nobody was told",
        "triage/cases/verdict/service/closing.py",
        "    left = untold(tx, case, decision)",
        "    left: list[str] = []",
        "tests/cases/test_verdict_told.py::test_p_out_1_who_asked_and_can_be_reached_is"
        "_told_before_it_is_closed_or_it_says_why_not",
    ),
    Mutant(
        "a reporter who did not ask is told",
        "triage/cases/verdict/service/telling.py",
        "    if reach.wish is Wish.NONE:",
        "    if False:",
        "tests/cases/test_verdict_told.py::test_p_out_2_who_has_not_asked_is_told"
        "_nothing_but_where_it_stands_and_can_ask_later",
    ),
    Mutant(
        "an identity stays open",
        "triage/cases/verdict/rules.py",
        "IdentityState.OPEN if now < opened_at + IDENTITY_OPEN else IdentityState.CLOSED",
        "IdentityState.OPEN",
        "tests/cases/test_verdict_identity.py::test_it_closes_after_a_day_by_the_clock"
        "_job_or_no_job_and_the_record_is_told",
    ),
    Mutant(
        "an identity is open to every member",
        "triage/cases/verdict/queries/identity.py",
        "row.asked_by == viewer.person_id and ",
        "",
        "tests/cases/test_verdict_identity.py::test_it_is_open_to_who_asked_and_to_nobody_else",
    ),
    Mutant(
        "who keeps identities reads the account",
        "triage/cases/queries/reading.py",
        "    if not row.parts - OF_THE_PROCEDURE:",
        "    if not row.parts:",
        "tests/cases/test_verdict_identity.py::test_who_keeps_or_allows_identities_reads"
        "_no_account_for_it",
    ),
    Mutant(
        "the original decider decides the appeal",
        "triage/cases/verdict/rules.py",
        "    if person_id in took_part:",
        "    if False:",
        "tests/cases/test_verdict_told.py::test_rule_2_the_original_decider_does_not"
        "_decide_the_appeal_and_an_upheld_finding_stays",
    ),
    Mutant(
        "who stepped back from a case sees its restriction",
        "triage/restrictions/queries/reach.py",
        ", ~of_case)",
        ")",
        "tests/cases/test_verdict_actions.py::test_p_rec_2_who_has_no_part_in_the_case"
        "_has_none_in_its_restriction_also_later",
    ),
    Mutant(
        "any decider decides on a case's report to the police",
        "triage/referrals/service/moving.py",
        "    shut = any(",
        "    shut = False and any(",
        "tests/cases/test_verdict_actions.py::test_p_con_1_who_is_no_member_of_the_case"
        "_knows_of_no_referral_of_it",
    ),
    Mutant(
        "a warning of a case goes unchecked",
        "triage/letters/rules.py",
        "    if kind not in LEAK_CHECKED and not guarded:",
        "    if kind not in LEAK_CHECKED:",
        "tests/cases/test_verdict_actions.py::test_p_act_2_the_text_of_a_warning_is_kept"
        "_as_it_was_sent_and_goes_only_once_checked",
    ),
    Mutant(
        "a letter goes though the reporter took their wish back",
        "triage/letters/service/sending.py",
        ' if reach.wish is Wish.BY_CONTACT else ""',
        "",
        "tests/cases/test_verdict_told.py::test_p_out_2_nothing_goes_to_who_no_longer"
        "_wants_it_while_it_waited",
    ),
    Mutant(
        "a small category is hidden alone",
        "triage/trends/views.py",
        "    return len(keys) > 1 and whole.messages >= k and whole.safe(k)",
        "    return True",
        "tests/trends/test_cells.py::test_p_sum_1_a_view_hides_none_or_at_least_two_and_other_is"
        "_safe_itself",
    ),
    Mutant(
        "few people who were written to by name are shown",
        "triage/trends/tally.py",
        " and not 0 < len(self.recipients) < k",
        "",
        "tests/trends/test_cells.py::test_p_sum_1_few_named_recipients_withhold_a_cell_and_a_shared"
        "_mailbox_is_nobody",
    ),
    Mutant(
        "the gate lets pass what it could not solve",
        "triage/trends/gate.py",
        "        return [_closed(str(failure))]",
        "        return [] if failure else [_closed(str(failure))]",
        "tests/trends/test_gate.py::test_the_gate_refuses_when_the_solver_runs_out_of_time",
    ),
    Mutant(
        "the gate does not look from one period to the longer one",
        "triage/trends/model.py",
        '        made.made_of(code, ("flagged", "", ALL), [(m, ("flagged", "", ALL)) for m in '
        "months])\n",
        "",
        "tests/trends/test_gate.py::test_p_sum_1_a_quarter_that_gives_a_months_few_away_is_refused"
        "_with_the_cell",
    ),
    Mutant(
        "a late record counts in two releases",
        "triage/trends/queries/belonging.py",
        "        or_(Message.received_at >= span.starts, came >= late.starts),\n",
        "",
        "tests/trends/test_releases.py::test_the_query_counts_each_message_in_the_month_that_the"
        "_rule_says",
    ),
    Mutant(
        "a release is made again",
        "triage/trends/service/__init__.py",
        "        raise Conflict(MADE)",
        "        tx.session.flush()",
        "tests/trends/test_releases.py::test_p_sum_1_a_release_is_never_made_again_whatever_came"
        "_in_since",
    ),
    Mutant(
        "what is not published is read",
        "triage/trends/queries/reading.py",
        "one.published_at is not None and one.whole",
        "one.whole",
        "tests/trends/test_releases.py::test_a_release_counts_its_month_and_is_read_once_it_is"
        "_published",
    ),
    Mutant(
        "the board counts what is late of what the viewer may not know of",
        "triage/messages/queries/board.py",
        '        visible(viewer, Message.id),\n        text(f"messages.state {WAITING}"),',
        '        text(f"messages.state {WAITING}"),',
        "tests/messages/test_board.py::test_p_rec_4_what_was_sent_to_somebody_is_on_everybodys"
        "_board_but_theirs",
    ),
    Mutant(
        "a decider reads of the model what they may not know of",
        "triage/trends/queries/quality.py",
        "        visible(viewer, Message.id),\n        Message.state.in_(CLOSED),",
        "        Message.state.in_(CLOSED),",
        "tests/trends/test_quality.py::test_p_rec_4_with_and_without_a_message_of_theirs_a_decider"
        "_reads_the_same",
    ),
    Mutant(
        "the erasure does not ask whether something is held",
        "triage/retention/service/purging.py",
        "    held = holds.held(session, asked, now)",
        "    held = holds.held(session, [], now) if asked else set[str]()",
        "tests/retention/test_schedule_carried_out.py::test_p_pol_3_what_a_referral_rests_on_is_kept"
        "_until_it_is_concluded_and_then_erased",
    ),
    Mutant(
        "the erasure asks before it locks alone whether something is held",
        "triage/retention/service/purging.py",
        "    if in_the_way(tx.session, [due], tx.now):",
        "    if False:",
        "tests/retention/test_schedule_carried_out.py::test_what_is_held_between_the_look_and_the"
        "_erasure_stays",
    ),
    Mutant(
        "a hold on what a message stands behind does not keep the message",
        "triage/messages/service/erasing.py",
        "            holders = tuple(child.child_id for child in children[one.id])",
        "            holders = ()",
        "tests/retention/test_schedule_carried_out.py::test_a_hold_on_what_a_message_stands_behind"
        "_keeps_the_message_too",
    ),
    Mutant(
        "what was taken up again is erased all the same",
        "triage/messages/service/erasing.py",
        "    if not again or not is_over(tx, due, again[0]):\n        return False\n",
        "    again = again or [due]\n",
        "tests/retention/test_schedule_carried_out.py::test_what_somebody_takes_up_again_is_not"
        "_erased_however_old",
    ),
    Mutant(
        "an erased message comes back with its file",
        "triage/messages/service/receive.py",
        "    if erased(tx.session, [digest]):",
        "    if False:",
        "tests/retention/test_command.py::test_what_is_erased_is_refused_by_receiving_itself",
    ),
    Mutant(
        "the marks of erased messages are not asked for",
        "triage/messages/stubs/service.py",
        "StubMark.raw_hash.in_(hashes)",
        "StubMark.raw_hash.in_([])",
        "tests/retention/test_command.py::test_what_is_erased_does_not_come_back_from_any_file_it"
        "_came_from",
    ),
    Mutant(
        "the words stay in the full-text index",
        "triage/retention/service/files.py",
        "VALUES ('optimize')",
        "VALUES ('integrity-check')",
        "tests/retention/test_gone.py::test_the_words_are_in_the_database_before_and_nowhere_after",
    ),
    Mutant(
        "the words stay in the gaps of the file",
        "triage/retention/service/files.py",
        'connection.exec_driver_sql("VACUUM")',
        'connection.exec_driver_sql("SELECT 1")',
        "tests/retention/test_gone.py::test_nothing_stays_in_the_gaps_of_pages_whose_rows_were"
        "_moved_about",
    ),
    Mutant(
        "the original of an erased message stays",
        "triage/messages/service/forgetting.py",
        "            .where(table.message_id == message.id)\n",
        "            .where(table.message_id == message.id, table is not Original)\n",
        "tests/retention/test_nothing_shows_it.py::test_what_stays_of_a_message_are_ids_and_codes"
        "_and_it_is_known_where",
    ),
    Mutant(
        "unflagged mail is opened by its id",
        "triage/messages/queries/queue.py",
        "    if message.state != State.UNFLAGGED.value:\n        return True\n",
        "    return True\n",
        "tests/messages/test_queue.py::test_unflagged_mail_is_opened_by_no_id_but_beside_an_open_one"
        "_of_its_sender",
    ),
    Mutant(
        "what holds a restriction does not hold its case",
        "triage/cases/verdict/service/erasing.py",
        "            found.append(Due(case.id, *line, _children(session, case.id)))",
        "            found.append(Due(case.id, *line, ()))",
        "tests/retention/test_cases_end.py::test_a_claim_before_a_tribunal_holds_a_case_and_what"
        "_came_of_it",
    ),
    Mutant(
        "a message that is evidence in a case is held by nothing",
        "triage/cases/inquiry/service/evidence.py",
        "    hold(tx, subject_id=message_id, reason=HoldReason.CASE, owner=HOLDER)\n",
        "",
        "tests/retention/test_cases_end.py::test_a_message_that_is_evidence_is_held_until_the_case"
        "_is_erased",
    ),
    Mutant(
        "the data key of what is erased is left",
        "triage/core/erased.py",
        "    destroy(tx, matter_id)\n",
        "",
        "tests/retention/test_cases_end.py::test_every_key_and_every_sealed_byte_of_a_case_is_gone"
        "_from_the_file_and_from_dumps",
    ),
    Mutant(
        "the bytes of what a reporter sent are left",
        "triage/reports/service/erasing.py",
        "    for table in (ReportFile, ReportMessage):",
        "    for table in (ReportMessage,):",
        "tests/retention/test_cases_end.py::test_every_key_and_every_sealed_byte_of_a_case_is_gone"
        "_from_the_file_and_from_dumps",
    ),
    Mutant(
        "what stands on the record of an erased case is shown to whom it was about",
        "triage/core/erased.py",
        "    close(tx.session, matter_id=matter_id, at=tx.now)\n",
        "",
        "tests/cases/test_two_worlds_of_cases.py::test_p_rec_4_whoever_a_report_is_about_reads_the"
        "_same_with_and_without_it",
    ),
    Mutant(
        "a case is kept past the day that the person reported was told",
        "triage/cases/verdict/kept.py",
        "        until = min(until, case.told)",
        "        until = max(until, case.told)",
        "tests/retention/test_case_dates.py::test_it_is_not_kept_past_the_day_that_somebody_was"
        "_told",
    ),
    Mutant(
        "a case is erased while something that came of it restricts somebody",
        "triage/cases/verdict/kept.py",
        "    if case.state not in TERMINAL or None in case.restrictions:",
        "    if case.state not in TERMINAL:",
        "tests/retention/test_cases_end.py::test_an_upheld_case_is_kept_two_years_after_the_last"
        "_restriction_that_came_of_it",
    ),
    Mutant(
        "who had no part in a case is let into its restriction once the case is erased",
        "triage/cases/verdict/service/erasing.py",
        "    _hand_down(tx, case)\n",
        "",
        "tests/retention/test_cases_end.py::test_p_rec_4_who_had_no_part_in_a_case_has_none_in_its"
        "_restriction_once_it_is_erased",
    ),
    Mutant(
        "what was passed on counts as an incident once it is erased",
        "triage/trends/queries/incidents.py",
        "    counts_as = func.coalesce(CaseStub.ended_as, Case.state)",
        "    counts_as = Case.state",
        "tests/retention/test_cases_end.py::test_what_the_trends_count_is_the_same_before_and"
        "_after",
    ),
    Mutant(
        "nobody is hidden in what a person is given",
        "triage/retention/subject/redaction.py",
        "    for _ in range(ROUNDS):",
        "    for _ in range(0):",
        "tests/retention/test_subject_redaction.py::test_p_nam_1_a_third_party_is_hidden_in_whatever"
        "_form_and_place",
    ),
    Mutant(
        "what goes to a person is not looked through for others",
        "triage/retention/subject/redaction.py",
        "    kept = set(_spans(text, others, own))",
        "    kept = set(_spans('', others, own))",
        "tests/retention/test_subject_redaction.py::test_what_goes_whole_needs_a_second_persons_word",
    ),
    Mutant(
        "a custodian finds what they have no part in",
        "triage/retention/subject/queries/finding.py",
        "        .where(visible(viewer, Message.id), ~erased)",
        "        .where(~erased)",
        "tests/retention/test_two_worlds_of_subjects.py::test_p_rec_4_what_a_custodian_has_no_part"
        "_in_changes_nothing_they_read",
    ),
    Mutant(
        "what others found of a request is shown to who has no part in it",
        "triage/retention/subject/queries/reading.py",
        "    return and_(visible(viewer, SubjectItem.matter_id), ~or_(barred_restriction, "
        "barred_referral))",
        "    return ~or_(barred_restriction, barred_referral)",
        "tests/retention/test_two_worlds_of_subjects.py::test_p_rec_4_who_turns_out_to_be_meant"
        "_later_sees_the_item_no_more",
    ),
    Mutant(
        "what somebody asked to be erased is erased though it is held",
        "triage/retention/subject/service/erasing.py",
        "    if held(tx.session, [due.matter_id], tx.now):",
        "    if not due:",
        "tests/retention/test_subject_requests.py::test_p_pol_3_a_hold_keeps_what_was_to_be_erased"
        "_and_that_it_did_is_recorded",
    ),
    Mutant(
        "a person learns of a report that they were not told of",
        "triage/retention/subject/queries/in_cases.py",
        "        return _noticed(session, CaseNotice.party_id == party.id)",
        "        return True",
        "tests/retention/test_subject_requests.py::test_p_sub_3_the_file_says_nothing_of_a_report"
        "_that_they_were_not_told_of",
    ),
    Mutant(
        "one person alone gives out what is held of somebody",
        "triage/retention/subject/service/answering.py",
        '    rules.check_second({request.reviewed_by or "", *_deciders(tx, request)}, '
        "tx.actor.person_id)",
        "    assert rules",
        "tests/retention/test_subject_requests.py::test_nothing_goes_out_before_a_second_person_has"
        "_seen_just_that",
    ),
    Mutant(
        "the wraps of data keys are left in the backup",
        "triage/backup/service/reading.py",
        "        if table.name == DataKey.__tablename__:",
        "        if False:",
        "tests/backup/test_backups.py::test_the_wraps_are_beside_the_key_and_not_in_the_backup",
    ),
    Mutant(
        "each table of a backup is read when its turn comes",
        "triage/backup/service/reading.py",
        "        with self.connection.execute(wanted,",
        "        with self.connection.engine.connect().execute(wanted,",
        "tests/backup/test_backups.py::test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all",
    ),
    Mutant(
        "the key of a backup is taken away, and its bytes stay where they lay",
        "triage/backup/files.py",
        "    try:\n        _overwrite(handle)\n    finally:\n        os.close(handle)\n"
        "    path.unlink()",
        "    os.close(handle)\n    path.unlink()",
        "tests/backup/test_forgetting.py::test_after_its_days_a_backups_key_is_destroyed_and_nobody"
        "_reads_it_again",
    ),
    Mutant(
        "the key of a backup is never destroyed",
        "triage/backup/service/expiring.py",
        "            keys.destroy(name)\n",
        "            pass\n",
        "tests/backup/test_forgetting.py::test_the_job_does_both_each_day_and_is_among_the_jobs",
    ),
    Mutant(
        "a restored record is not followed",
        "triage/backup/service/proving.py",
        "    found = verify(session)\n",
        "    found = links\n",
        "tests/backup/test_restoring.py::test_a_wrong_key_a_changed_file_and_a_broken_record_leave"
        "_nothing",
    ),
    Mutant(
        "the record in a backup is not followed",
        "triage/backup/checking.py",
        "        if not fits and self._broken is None:",
        "        if False:",
        "tests/backup/test_backups.py::test_a_record_that_does_not_hold_is_found_without_a_database",
    ),
    Mutant(
        "what was erased since a backup comes back with it",
        "triage/backup/service/restoring.py",
        "            again = erase_again(tx, backup.erased)",
        "            again = erase_again(tx, ())",
        "tests/backup/test_forgetting.py::test_what_was_erased_since_a_backup_is_erased_again_before"
        "_anybody_can_read_it",
    ),
]

MUTANTS += [
    Mutant(
        "a card of numbers that are none is taken",
        "triage/classifier/card.py",
        "    if not math.isfinite(number):",
        "    if False:",
        "tests/fuzz/test_found.py::test_a_card_with_what_is_no_number_or_without_its_labels_turns_"
        "scoring_off",
    ),
    Mutant(
        "a model that scores nothing keeps its promises",
        "triage/classifier/model.py",
        "        if not all(abs(found[name] - expected[name]) <= GOLDEN_TOLERANCE for",
        "        if any(abs(found[name] - expected[name]) > GOLDEN_TOLERANCE for",
        "tests/fuzz/test_found.py::test_scores_that_are_no_numbers_are_not_near_those_that_were_"
        "promised",
    ),
    Mutant(
        "brackets without end stop whoever reads them",
        "triage/core/text.py",
        "    except RecursionError as error:",
        "    except KeyError as error:",
        "tests/fuzz/test_found.py::test_brackets_without_end_are_an_error_like_any",
    ),
    Mutant(
        "a charset that is none stops the form",
        "dashboard/report/asking.py",
        "    except (MultiPartException, KeyError, ValueError):",
        "    except (MultiPartException, KeyError):",
        "tests/fuzz/test_found.py::test_a_body_whose_charset_is_none_has_no_fields_or_storable_ones",
    ),
    Mutant(
        "the private key within the form's reach is good",
        "triage/doctor/form.py",
        "    if settings.desk_public_key and store.private_within_reach() and not settings.demo:",
        "    if False:",
        "tests/house/test_doctor.py::test_a_place_that_is_unsafe_is_red",
    ),
    Mutant(
        "a database elsewhere in clear text is good",
        "triage/doctor/reach.py",
        "    elif mode not in ENCRYPTED:",
        "    elif False:",
        "tests/house/test_doctor.py::test_the_way_to_a_database_elsewhere_must_be_encrypted",
    ),
    Mutant(
        "an alarm waits until a wrong clock has become right",
        "triage/alarms/rules.py",
        "    if steps and steps[-1].at > now + AHEAD:\n",
        "    if False:\n",
        "tests/faults/test_clock_steps.py::test_an_alarm_that_a_wrong_clock_raised_is_due_at_once",
    ),
    Mutant(
        "a claim that a wrong clock gave locks others out for days",
        "triage/messages/service/jobs.py",
        "    if message.shown_at is not None and message.shown_at > tx.now + AHEAD:\n",
        "    if False:\n",
        "tests/faults/test_clock_steps.py::test_a_claim_that_a_wrong_clock_gave_locks_nobody_out_for"
        "_days",
    ),
    Mutant(
        "a mail that a wrong clock put down waits for days",
        "triage/notify/service.py",
        "                OutboxMail.queued_at > now + AHEAD,\n",
        "",
        "tests/faults/test_clock_steps.py::test_a_mail_that_a_wrong_clock_put_into_the_outbox_goes",
    ),
    Mutant(
        "jobs that stopped are not red for as long as a wrong clock ran ahead",
        "triage/core/jobs.py",
        ", JobRun.started <= now + AHEAD",
        "",
        "tests/faults/test_clock_steps.py::test_jobs_that_stopped_are_red_though_a_wrong_clock_ran"
        "_them_in_the_future",
    ),
    Mutant(
        "a wrong clock keeps a session alive",
        "triage/staff/sessions/rules.py",
        " or last_seen_at > now + SKEW",
        "",
        "tests/faults/test_clock_steps.py::test_a_session_of_the_future_is_over_and_one_a_little"
        "_ahead_is_not",
    ),
    Mutant(
        "a full disk is a fault like any other",
        "triage/core/database.py",
        "                if _is_full(error):\n                    raise NoRoom() from error\n",
        "",
        "tests/faults/test_disk_full.py::test_the_screen_says_so_and_what_was_typed_is_still_there",
    ),
    Mutant(
        "who is slower is not told who was faster",
        "triage/messages/service/stepping.py",
        '    return names(tx.session, {holder}).get(holder, "Somebody else")\n',
        '    return "Somebody else"\n',
        "tests/faults/test_one_item.py::test_of_two_people_on_one_item_exactly_one_wins_and_the"
        "_other_learns_who",
    ),
    Mutant(
        "what was asked for is erased though what it stands behind is held",
        "triage/core/erasing.py",
        "        return not held(tx.session, {found.matter_id, *found.holders}, tx.now)",
        "        return True",
        "tests/retention/test_rooms_together.py::test_p_pol_3_what_a_held_matter_rests_on_is_not"
        "_erased_though_it_was_asked_for",
    ),
    Mutant(
        "nobody tells the backups what was erased",
        "triage/retention/service/backups.py",
        "set(owner_ids) - known",
        "known - set(owner_ids)",
        "tests/retention/test_rooms_together.py::test_a_backup_from_before_the_erasure_brings_no"
        "_message_back",
    ),
    Mutant(
        "a decision that somebody may not know of orders their queue",
        "triage/messages/queries/listing.py",
        "found.sender_id.is_not(None), visible(viewer, found.id)",
        "found.sender_id.is_not(None)",
        "tests/messages/test_known_senders.py::test_of_those_as_grave_who_was_abusive_before_comes"
        "_first_to_each_as_far_as_they_may_know",
    ),
    Mutant(
        "a pack tells of a restriction that its builder may not know of",
        "triage/packs/queries/history.py",
        "            known_to(viewer),\n",
        "",
        "tests/packs/test_pack_of_a_forward.py::test_what_was_decided_on_who_wrote_is_in_it_as_far"
        "_as_the_viewer_may_know",
    ),
    Mutant(
        "a colleague's own mail goes out with the pack",
        "triage/packs/contents.py",
        "        elif one.ours:",
        "        elif False:",
        "tests/packs/test_pack_of_a_forward.py::test_the_original_is_what_was_sent_and_a_colleagues"
        "_own_mail_stays_here",
    ),
    Mutant(
        "a report ends though the person reported was told of it",
        "triage/cases/service/settling.py",
        "    if _was_notified(tx, case):\n",
        "    if False:\n",
        "tests/cases/test_letting_go.py::test_p_out_1_once_the_person_reported_knows_of_it_it_goes"
        "_on_to_a_finding",
    ),
    Mutant(
        "what is kept for a time goes by its age alone",
        "triage/core/erasing.py",
        "self.days(settings)), *self.where)",
        "self.days(settings)))",
        "tests/retention/test_others_end.py::test_alerts_and_sent_mails_go_after_half_a_year_and"
        "_what_waits_stays",
    ),
    Mutant(
        "a case that is taken up again leaves its messages as they were",
        "triage/cases/service/handling.py",
        "    tell(tx, child_id=case.id, state=ChildState.OPEN)\n",
        "",
        "tests/cases/test_taken_up_again.py"
        "::test_a_message_waits_again_for_the_case_whose_end_was_taken_back",
    ),
    Mutant(
        "who has no part in a report to the police reads why it waits",
        "triage/referrals/queries/unmarked.py",
        "        out |= barred\n",
        "        pass\n",
        "tests/referrals/test_a_mark_taken_back.py"
        "::test_who_put_it_forward_or_has_no_part_is_not_named_and_who_steps_in_is",
    ),
    Mutant(
        "who stands in for HR though the report is about them",
        "triage/cases/verdict/service/setting_up.py",
        "    may = [one for one in named if one not in out]",
        "    may = list(named)",
        "tests/cases/test_verdict_actions.py"
        "::test_p_hr_1_who_was_named_to_stand_in_for_hr_is_taken_before_the_fallback",
    ),
    Mutant(
        "who put evidence in lets it out alone",
        "triage/cases/inquiry/service/letting_out.py",
        "    if person_id == item.added_by:\n        return False\n",
        "",
        "tests/cases/test_files_for_the_person_reported.py"
        "::test_p_nam_1_a_second_person_lets_it_out_once_they_have_opened_it",
    ),
    Mutant(
        "a file that nobody read may be given to the person reported",
        "triage/cases/inquiry/service/letting_out.py",
        'return "" if inside.whole else "This program could not read all of this file"',
        'return ""',
        "tests/cases/test_files_for_the_person_reported.py"
        "::test_p_nam_1_what_could_tell_who_reported_or_is_not_read_nobody_lets_out_alone",
    ),
    Mutant(
        "what was let out before is not looked through as it goes",
        "triage/cases/inquiry/service/handing_out.py",
        "        check_goes(tx, case, one)\n",
        "        pass\n",
        "tests/cases/test_files_for_the_person_reported.py"
        "::test_p_nam_1_what_has_come_to_be_known_since_stops_what_was_let_out_before",
    ),
    Mutant(
        "a file that was left out goes all the same",
        "triage/retention/subject/queries/composing.py",
        "        if one.decision in GIVES and told(tx.session, one.item):",
        "        if (is_file or one.decision in GIVES) and told(tx.session, one.item):",
        "tests/retention/test_subject_files.py::test_a_file_that_was_left_out_does_not_go_and_the"
        "_copy_says_so_without_the_ground",
    ),
    Mutant(
        "a file goes though its message stays",
        "triage/retention/subject/queries/composing.py",
        "        if is_file and one.item.matter_id not in given:\n            continue",
        "        if is_file and one.item.matter_id not in given:\n            "
        "given[one.item.matter_id] = one",
        "tests/retention/test_subject_files.py::test_no_file_goes_or_is_named_whose_message_stays"
        "_here",
    ),
    Mutant(
        "the name of a file tells of somebody as a path",
        "triage/retention/subject/queries/composing.py",
        "replace(found.file, name=dict(facts)[NAME])",
        "replace(found.file)",
        "tests/retention/test_subject_files.py::test_p_nam_1_the_name_of_a_file_tells_of_nobody_else"
        "_neither_in_text_nor_as_a_path",
    ),
    Mutant(
        "a custodian takes a file out of what they have no part in",
        "triage/retention/subject/queries/taking.py",
        ".where(SubjectItem.id == item_id, seen_by(viewer))",
        ".where(SubjectItem.id == item_id)",
        "tests/retention/test_subject_files.py::test_p_rec_4_who_has_no_part_in_the_message_neither"
        "_sees_nor_opens_its_files",
    ),
    Mutant(
        "the shell gives a file that nobody has looked into",
        "triage/retention/subject/service/console.py",
        "ItemKind.STUB, ItemKind.STATEMENT, ItemKind.LETTER})",
        "ItemKind.STUB, ItemKind.STATEMENT, ItemKind.LETTER, ItemKind.FILE})",
        "tests/retention/test_subject_files.py::test_the_console_gives_no_file_that_nobody_has"
        "_looked_into",
    ),
    Mutant(
        "a reminder tells one who has no part in it",
        "triage/retention/subject/service/reminding.py",
        "            if is_excluded(",
        "            if not is_excluded and is_excluded(",
        "tests/retention/test_subject_reminders.py::test_p_rec_4_who_has_no_part_in_it_or_may_not"
        "_answer_it_is_told_nothing",
    ),
    Mutant(
        "who may answer no request is reminded of it",
        "triage/retention/subject/service/reminding.py",
        " if can(one.actor(), Action.ANSWER_SUBJECTS)]",
        " if can or Action]",
        "tests/retention/test_subject_reminders.py::test_p_rec_4_who_has_no_part_in_it_or_may_not"
        "_answer_it_is_told_nothing",
    ),
    Mutant(
        "what is late counts what the viewer has no part in",
        "triage/retention/subject/queries/listing.py",
        "session.scalars(_waiting(visible(viewer, SubjectRequest.id)))",
        "session.scalars(_waiting(true()))",
        "tests/retention/test_subject_reminders.py::test_p_rec_4_who_has_no_part_in_it_or_may_not"
        "_answer_it_is_told_nothing",
    ),
]

MUTANTS += [
    Mutant(
        "a letter goes to another address of who is under cease contact",
        "triage/letters/service/stepping.py",
        "    person = one_person(tx.session, ids)",
        "    person = ids",
        "tests/restrictions/test_one_person.py::test_p_msg_4_no_letter_goes_to_another_address_of"
        "_theirs_and_one_taken_back_counts_no_more",
    ),
    Mutant(
        "a link that was taken back still counts",
        "triage/senders/queries.py",
        "_stands(link, at), ",
        "",
        "tests/restrictions/test_one_person.py::test_p_msg_4_no_letter_goes_to_another_address_of"
        "_theirs_and_one_taken_back_counts_no_more",
    ),
    Mutant(
        "two of whom somebody said that they are two are one",
        "triage/senders/queries.py",
        "link.verdict == Verdict.SAME.value, ",
        "",
        "tests/restrictions/test_one_person.py::test_p_msg_4_two_of_whom_a_colleague_said_that"
        "_they_are_two_are_two",
    ),
    Mutant(
        "new mail from another address of theirs has no place of its own",
        "triage/messages/service/flags.py",
        "    known = bool(standing_of(tx.session, person, tx.now))",
        "    known = bool(standing_of(tx.session, [message.sender_id], tx.now))",
        "tests/restrictions/test_one_person.py::test_p_msg_4_new_mail_from_another_address_of"
        "_theirs_stands_before_the_others",
    ),
    Mutant(
        "a place in the queue tells of a hidden link",
        "triage/senders/queries.py",
        "known_to_all(link.id))",
        "true())",
        "tests/restrictions/test_one_person.py::test_p_rec_4_its_place_in_the_queue_rests_on_no"
        "_link_that_is_hidden_from_anybody",
    ),
    Mutant(
        "a reminder goes to who has no part in it",
        "triage/notify/chasing.py",
        "sorted(set(free) - set(never))",
        "sorted(set(free))",
        "tests/restrictions/test_reminding.py::test_a_review_reminds_also_who_had_said_yes_and_who"
        "_was_asked_in",
    ),
    Mutant(
        "an admin who is excluded hears that something waits",
        "triage/notify/chasing.py",
        " and one.id not in never",
        "",
        "tests/restrictions/test_reminding.py::test_rule_7_where_nobody_may_decide_the_admins_hear"
        "_that_something_waits_and_no_more",
    ),
    Mutant(
        "who took part is reminded of the appeal",
        "triage/restrictions/service/reminding.py",
        "            rules.check_appeal_decider(team, person_id)\n",
        "            pass\n",
        "tests/restrictions/test_reminding.py::test_p_tim_1_an_appeal_that_waits_reminds_who_took"
        "_no_part_before",
    ),
    Mutant(
        "nobody from outside is reminded",
        "triage/staff/queries/team.py",
        " or (one.id in named and one.id in invited)",
        "",
        "tests/restrictions/test_reminding.py::test_rule_7_what_only_somebody_from_outside_may"
        "_confirm_reminds_them",
    ),
]


MUTANTS += [
    Mutant(
        "overturned, what was acted upon keeps its label",
        "triage/messages/service/children.py",
        "    elif State(message.state) in ACTED_UPON:\n",
        "    elif False:\n",
        "tests/restrictions/test_overturned.py::test_overturned_reopens_the_label_of_what_was_acted"
        "_upon",
    ),
    Mutant(
        "what was overturned is closed as it was",
        "triage/messages/service/children.py",
        "    _check_labelled(message)\n",
        "",
        "tests/restrictions/test_overturned.py::test_what_is_under_way_besides_keeps_it_and_it_is"
        "_labelled_anew_before_it_closes",
    ),
    Mutant(
        "one person begins again alone what has lapsed",
        "triage/restrictions/service/proposing.py",
        "        check_not_again(tx, draft)\n",
        "",
        "tests/restrictions/test_alone_again.py::test_what_lapsed_is_not_begun_again_by_one_person"
        "_on_the_same_messages",
    ),
    Mutant(
        "what lapsed unknown to them is told to whoever has no part in it",
        "triage/restrictions/service/alone.py",
        "where(known_to(tx.actor), alike)",
        "where(alike)",
        "tests/restrictions/test_alone_again.py::test_p_rec_4_whoever_has_no_part_in_what_lapsed"
        "_does_as_if_it_had_never_been",
    ),
    Mutant(
        "two from outside shut somebody out of WriteToThem",
        "triage/restrictions/service/deciding.py",
        "    check_one_from_team(tx, team.approvers | {tx.actor.person_id})\n",
        "",
        "tests/restrictions/test_two_people.py::test_of_the_two_for_writetothem_at_most_one_comes"
        "_from_outside",
    ),
    Mutant(
        "what another decision wants is taken out",
        "triage/restrictions/service/moving.py",
        "            left = all_wanted_besides(tx, task)\n",
        "            left = False\n",
        "tests/restrictions/test_shared_entries.py::test_what_another_decision_in_force_wants_is"
        "_left_and_goes_with_the_last_of_them",
    ),
    Mutant(
        "a new threat joins an alert that holds nothing open any more",
        "triage/alarms/service/job.py",
        "    if newest is None or answerable(tx.session, newest.id, tx.now) is None:\n",
        "    if newest is None or newest.acknowledged_at is not None:\n",
        "tests/notify/test_alarm_flood.py::test_a_new_threat_wakes_whoever_has_nothing_left_of_the"
        "_one_before",
    ),
    Mutant(
        "a threat that is attached counts like one that is quoted",
        "triage/messages/service/weighing.py",
        "    if attached is not None and _threatens(attached) and not _threatens(own):\n",
        "    if False:\n",
        "tests/messages/test_attached.py::test_p_msg_1_a_threat_that_is_attached_is_urgent_and"
        "_raises_the_alarm",
    ),
    Mutant(
        "a threat that is quoted raises the alarm",
        "triage/messages/service/weighing.py",
        "    return replace(_blend(*beside), band=Band.LOW, unread=own.unread), True\n",
        "    return replace(_blend(*beside), unread=own.unread), True\n",
        "tests/messages/test_attached.py::test_what_is_quoted_signed_or_less_than_a_threat_stays"
        "_low_and_wakes_nobody",
    ),
    Mutant(
        "what 999 was called over closes like any other",
        "triage/messages/service/stepping.py",
        "        unreported_call=unreported_call(tx, message.id),\n",
        "",
        "tests/referrals/test_own_call.py::test_p_pol_1_what_999_was_called_over_closes_once_it_was"
        "_reported",
    ),
    Mutant(
        "that two people said no before a call answers for the call",
        "triage/messages/service/stepping.py",
        "MessageChild.state_since >= called",
        "True",
        "tests/referrals/test_own_call.py::test_p_pol_1_or_once_two_people_have_said_why_not_and_a"
        "_further_call_is_asked_of_anew",
    ),
    Mutant(
        "what 999 was called over is not held",
        "triage/messages/service/recipient.py",
        "    hold(tx, subject_id=message_id, reason=HoldReason.POLICE, owner=OWNER, until=until)\n",
        "",
        "tests/referrals/test_own_call.py::test_p_pol_3_it_is_held_from_the_call_on",
    ),
]

MUTANTS += [
    Mutant(
        "what came of a report is told to who was reported unchecked",
        "triage/restrictions/service/notices.py",
        "        guarded=restriction.case_id is not None,",
        "        guarded=False,",
        "tests/cases/test_letters_of_reports.py::test_p_nam_1_of_a_restriction_the_room_of_the_case"
        "_checks_and_its_people_agree",
    ),
    Mutant(
        "that a measure has ended is told unchecked",
        "triage/cases/inquiry/service/interims.py",
        "            guarded=True,",
        "            guarded=False,",
        "tests/cases/test_letters_of_reports.py::test_p_nam_1_a_name_in_the_letter_that_a_measure"
        "_has_ended_is_found",
    ),
    Mutant(
        "how the person reported was described may stand in a letter to them",
        "triage/reports/answers.py",
        "                yield from (known, person.role, person.contact)",
        "                yield known",
        "tests/cases/test_letters_of_reports.py::test_p_nam_1_every_text_of_the_answers_is_looked"
        "_for_and_no_field_is_forgotten",
    ),
    Mutant(
        "one person lets a letter go in which nothing was found",
        "triage/letters/rules.py",
        '    raise Conflict("The check found nothing, and finds no allusions: ',
        '    _ = ("The check found nothing, and finds no allusions: ',
        "tests/letters/test_leak_check.py::test_p_nam_1_also_where_nothing_was_found_nobody_lets_it"
        "_go_alone",
    ),
    Mutant(
        "a notice goes with words that the reporter never saw",
        "triage/cases/inquiry/service/letters.py",
        "notice.shown_hash != notices.hash_shown(tx, shown)",
        "False",
        "tests/cases/test_letters_of_reports.py::test_p_nam_1_a_text_that_was_changed_after_the"
        "_reporter_saw_it_is_shown_again",
    ),
]

MUTANTS += [
    Mutant(
        "a witness of our name says who of us it was",
        "triage/cases/service/keeping.py",
        "        and not matches(staff.known, _of_people(answers.subjects))\n",
        "        and not _found(tx, staff, case, answers)\n",
        "tests/cases/test_whom_it_speaks_of.py::test_p_rec_2_one_of_us_unnamed_goes_outside_whoever_else_is_named",
    ),
    Mutant(
        "a staff list is looked through once and for all",
        "triage/cases/service/keeping.py",
        "    if case.matched_with == staff.mark:\n",
        "    if case.matched_with:\n",
        "tests/cases/test_whom_it_speaks_of.py::test_p_rec_2_who_joins_is_given_no_part_before_the_job_has_run",
    ),
    Mutant(
        "who joins is looked for when the job runs",
        "triage/cases/service/parts.py",
        "    look(tx, case)\n    if person_id in barred",
        "    if person_id in barred",
        "tests/cases/test_whom_it_speaks_of.py::test_p_rec_2_who_joins_is_given_no_part_before_the_job_has_run",
    ),
    Mutant(
        "a place is filled by whom it might be about",
        "triage/cases/service/parts.py",
        "    look(tx, case)\n    held = {",
        "    held = {",
        "tests/cases/test_whom_it_speaks_of.py::test_p_rec_2_of_a_taken_report_that_might_be_about_anybody_who_joins_never_has_a_part",
    ),
    Mutant(
        "a closed account is nobody",
        "triage/cases/service/keeping.py",
        "    rows = everybody(tx.session)\n",
        "    rows = [one for one in everybody(tx.session) if one.active]\n",
        "tests/cases/test_whom_it_speaks_of.py::test_p_rec_2_a_closed_account_is_matched_and_stays_out_when_it_is_opened_again",
    ),
    Mutant(
        "what a reporter adds speaks of nobody",
        "triage/cases/service/thread.py",
        "        if speaks_of:\n",
        "        if not speaks_of:\n",
        "tests/cases/test_whom_it_speaks_of.py::test_p_rec_2_whom_the_reporter_names_later_is_out_before_anybody_is_told",
    ),
    Mutant(
        "a message is shown before it is looked through",
        "triage/cases/queries/reading.py",
        "        thread=tuple(one for one in thread if one.id not in not_yet),\n",
        "        thread=thread,\n",
        "tests/cases/test_whom_it_speaks_of.py::test_p_rec_2_whom_the_reporter_names_later_is_out_before_anybody_is_told",
    ),
    Mutant(
        "one member challenges all the others",
        "triage/cases/service/recusing.py",
        "    if any(one.raised_by == tx.actor.person_id for one in unsettled(tx, case_id)):",
        "    if False:",
        "tests/cases/test_recusal.py::test_rule_7_nobody_empties_a_case_by_one_challenge_after_the_other",
    ),
    Mutant(
        "a challenge leaves a part to nobody",
        "triage/cases/service/recusing.py",
        "    if had - holders(tx, case_id).keys() or not see_to_challenges(tx, case):",
        "    if not see_to_challenges(tx, case):",
        "tests/cases/test_recusal.py::test_rule_7_a_challenge_that_would_leave_a_part_to_nobody_is_none",
    ),
    Mutant(
        "a challenge is left to nobody",
        "triage/cases/service/recusing.py",
        "    if had - holders(tx, case_id).keys() or not see_to_challenges(tx, case):",
        "    if had - holders(tx, case_id).keys():",
        "tests/cases/test_recusal.py::test_rule_7_a_challenge_that_nobody_could_settle_is_none",
    ),
    Mutant(
        "a match that stands ends with a challenge that does not",
        "triage/cases/service/recusing.py",
        "    if not raised and tx.session.scalar(still.limit(1)) is None:",
        "    if True:",
        "tests/cases/test_recusal.py::test_who_is_challenged_and_named_comes_back_when_both_are_settled",
    ),
    Mutant(
        "what rests on a link that was taken back is approved",
        "triage/restrictions/service/deciding.py",
        "    check_still_linked(tx, restriction)\n",
        "",
        "tests/restrictions/test_links_taken_back.py::test_p_msg_4_nobody_approves_what_rests_on_mail_of_somebody_who_is_not_this_person_any_more",
    ),
    Mutant(
        "a link that somebody may not know of counts for nothing at an approval",
        "triage/messages/queries/unlinked.py",
        "    theirs = one_person(session, {sender_id}, at=at)",
        "    theirs = {sender_id}",
        "tests/restrictions/test_links_taken_back.py::test_p_msg_4_a_link_that_stands_or_that_stands_again_is_no_hindrance",
    ),
    Mutant(
        "what speaks of whom HR's outside address is goes there",
        "triage/cases/service/hr.py",
        "    return case.held_outside or speaks_of(",
        "    return False and speaks_of(",
        "tests/cases/test_hr_from_outside.py::test_p_rec_2_somebody_added_to_the_case_by_hand_counts_too",
    ),
    Mutant(
        "what was decided before ends without a finding",
        "triage/cases/service/settling.py",
        "    if case.finding_round:\n        raise",
        "    if False:\n        raise",
        "tests/cases/test_letting_go.py::test_p_act_what_was_decided_once_and_is_looked_into_again_goes_on_to_a_finding",
    ),
    Mutant(
        "a review that is due is reminded of no more",
        "triage/restrictions/service/reminding.py",
        "WAIT = (State.PROPOSED, State.APPEALED, *REVIEWED)",
        "WAIT = (State.PROPOSED, State.APPEALED)",
        "tests/restrictions/test_reminding.py::test_p_tim_1_a_review_that_is_due_reminds_once_a_working_day_until_it_is_done",
    ),
]

MUTANTS += [
    Mutant(
        "what is flagged late counts in the month of the message",
        "triage/trends/queries/belonging.py",
        "        .correlate(one)\n        .scalar_subquery()\n    )\n",
        "        .correlate(one)\n        .scalar_subquery()\n    )\n    queued = came\n",
        "tests/trends/test_late_flags.py::test_p_sum_1_what_is_flagged_late_counts_in_the_next_release_and_the_quarter_stands",
    ),
    Mutant(
        "what is taken up again is flagged anew",
        "triage/trends/queries/belonging.py",
        "        select(func.min(MessageTransition.at))\n",
        "        select(one.queued_at)\n",
        "tests/trends/test_late_flags.py::test_p_sum_1_the_flagged_of_months_make_up_their_quarter_exactly_whatever_was_late_or_erased",
    ),
    Mutant(
        "erased, what was flagged late counts in the month of the message",
        "triage/trends/queries/belonging.py",
        "        or_(MessageStub.month >= within[0], at >= late.starts),\n",
        "        MessageStub.month >= within[0],\n",
        "tests/trends/test_late_flags.py::test_p_sum_1_the_flagged_of_months_make_up_their_quarter_exactly_whatever_was_late_or_erased",
    ),
]

MUTANTS += [
    Mutant(
        "beside three years the gate looks at eight quarters alone",
        "triage/trends/gate.py",
        "    long = newest.before(YEARS - 1).first if newest.span is Span.YEAR else start\n",
        "    long = start\n",
        "tests/trends/test_gate.py::test_p_sum_1_the_table_of_three_years_is_looked_at_beside_all_of_them",
    ),
    Mutant(
        "where it was in three years is nothing to its quarters",
        "triage/trends/model.py",
        '        made.made_of(period.code, ("incidents_3y", "setting", key), within)\n',
        "",
        "tests/trends/test_gate.py::test_p_sum_1_where_it_was_in_three_years_is_where_it_was_in_their_quarters",
    ),
    Mutant(
        "no answer of the gate is taken for few proofs",
        "triage/trends/protect.py",
        "    return any(one.closed for one in found), len(found)\n",
        "    return False, len(found)\n",
        "tests/trends/test_gate.py::test_a_way_on_which_the_gate_cannot_vouch_is_taken_only_where_it_could_not_before",
    ),
]


WORKERS = 2


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> "queue.SimpleQueue[Path]":
    """Copies of the tree, to be patched: as many as are at work at once."""
    found: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for _ in range(WORKERS):
        folder = tmp_path_factory.mktemp("mutants") / "tree"
        folder.mkdir()
        for name in ("triage", "dashboard", "tests", "pyproject.toml"):
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, folder / name, ignore=ignored)
            else:
                shutil.copy(ROOT / name, folder / name)
        found.put(folder)
    return found


def outcome(tree: Path, *tests: str) -> int:
    """Run tests on a copy, on SQLite alone; pytest's exit code."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"),
            *("-p", "no:playwright", "-k", "not postgres", *tests),
        ],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stdout[-2000:] + done.stderr[-2000:]
    return done.returncode


def patched(copies: "queue.SimpleQueue[Path]", mutant: Mutant) -> int:
    """The outcome of a mutant's test on a copy with its patch, which is taken back."""
    tree = copies.get()
    path = tree / mutant.file
    whole = path.read_text("utf-8")
    try:
        assert whole.count(mutant.old) == 1, "the line that this mutant changes has moved"
        path.write_text(whole.replace(mutant.old, mutant.new), "utf-8")
        return outcome(tree, mutant.killer)
    finally:
        path.write_text(whole, "utf-8")
        copies.put(tree)


@pytest.fixture(scope="module")
def outcomes(
    request: pytest.FixtureRequest, copies: "queue.SimpleQueue[Path]"
) -> Iterator[dict[str, "Future[int]"]]:
    """Every mutant that this run asks for, under way, two at a time."""
    asked = [one.callspec.params["mutant"] for one in request.session.items if is_mutant(one)]
    with ThreadPoolExecutor(WORKERS) as pool:
        yield {one.name: pool.submit(patched, copies, one) for one in asked}
        pool.shutdown(cancel_futures=True)


def is_mutant(item: object) -> bool:
    """Whether a test that is run is one of these: others too have a parameter of that name."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    return isinstance(params.get("mutant"), Mutant)


def test_every_killer_passes_on_the_tree_as_it_is(copies: "queue.SimpleQueue[Path]") -> None:
    tree = copies.get()
    try:
        assert outcome(tree, *sorted({one.killer for one in MUTANTS})) == 0
    finally:
        copies.put(tree)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_the_mutant_is_killed_by_the_test_named_for_it(
    outcomes: dict[str, "Future[int]"], mutant: Mutant
) -> None:
    assert outcomes[mutant.name].result() == 1
