"""Of the desk itself: people, the record, jobs, alerts."""

from triage.core.inventory.kinds import Kind

COLUMNS: dict[str, dict[Kind, str]] = {
    "absences": {Kind.ID: "id person_id", Kind.TIME: "starts ends"},
    "alarm_steps": {
        Kind.ID: "id alarm_id person_id alert_id",
        Kind.CODE: "reach",
        Kind.COUNT: "number round joined",
        Kind.TIME: "at",
    },
    "alarms": {
        Kind.ID: "id matter_id raised_by apart_from ended_by",
        Kind.CODE: "lane why ended_how",
        Kind.TIME: "raised_at ended_at",
    },
    "alerts": {
        Kind.ID: "id person_id",
        Kind.CODE: "lane",
        Kind.TIME: "sent_at acknowledged_at",
    },
    "audit_events": {
        Kind.ID: "id actor_id matter_id",
        Kind.TIME: "at",
        Kind.CODE: "code",
        Kind.COUNT: "link position",
        Kind.TECHNICAL: "details",
    },
    "audit_head": {Kind.COUNT: "id number", Kind.TECHNICAL: "digest"},
    "audit_links": {Kind.COUNT: "number", Kind.TECHNICAL: "digest"},
    "closures": {Kind.TIME: "day added_at"},
    "data_keys": {
        Kind.ID: "id owner_id",
        Kind.COUNT: "desk_key_version",
        Kind.TECHNICAL: "wrapped_for_desk wrapped_for_receipt receipt_salt",
        Kind.TIME: "created_at destroyed_at",
    },
    "duty_shifts": {Kind.ID: "id person_id", Kind.TIME: "starts ends"},
    "exclusions": {Kind.ID: "id matter_id person_id", Kind.CODE: "kind", Kind.TIME: "since"},
    "fallbacks": {Kind.ID: "id person_id", Kind.CODE: "process", Kind.TIME: "named_at tried_at"},
    "guests": {Kind.ID: "id person_id matter_id", Kind.TIME: "invited_at expires_at"},
    "holds": {Kind.ID: "id subject_id", Kind.CODE: "reason owner", Kind.TIME: "since until"},
    "job_runs": {
        Kind.ID: "id",
        Kind.CODE: "name running_as error",
        Kind.TIME: "started ended",
        Kind.COUNT: "ok handled",
    },
    "notify_addresses": {Kind.ID: "person_id", Kind.COUNT: "position", Kind.STAFF: "address"},
    "outbox": {
        Kind.ID: "id person_id lease link_id",
        Kind.CODE: "kind lane dedupe_key state problem",
        Kind.COUNT: "position tries",
        Kind.TIME: "queued_at next_try leased_until sent_at",
        Kind.PLAIN: "address",
        Kind.TECHNICAL: "message_id",
    },
    "people": {
        Kind.ID: "id",
        Kind.STAFF: "name email oidc_issuer oidc_subject",
        Kind.COUNT: "active shortcuts",
        Kind.TIME: "added_at disabled_at",
    },
    "person_roles": {Kind.ID: "person_id", Kind.CODE: "role", Kind.STAFF: "reason"},
    "session_bars": {Kind.ID: "person_id", Kind.TIME: "logins_until"},
    "staff_sessions": {
        Kind.ID: "id person_id",
        Kind.HASH: "login_hash",
        Kind.TIME: "created_at last_seen_at expires_at ended_at",
        Kind.CODE: "ended_why",
    },
}
