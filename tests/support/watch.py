"""A desk seen from its alarms: people on a rota, the job run minute by minute, whom it alerted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from support.desk import Desk
from triage.alarms.service.job import run_alarms
from triage.alarms.tables import Alarm, AlarmStep, Alert
from triage.core.access import Actor
from triage.notify.service import send_outbox
from triage.staff import service as staff
from triage.staff.calendar import LONDON
from triage.staff.service import duty


def london(*parts: int) -> datetime:
    """A moment by London's clock."""
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[misc,arg-type]


@dataclass
class Watch:
    """A desk, seen from its alarms."""

    desk: Desk

    def name(self, person_id: str | None) -> str:
        """Somebody's first name."""
        known = {actor.person_id: name for name, actor in self.desk.people.items()}
        return "nobody" if person_id is None else known[person_id]

    def at(self, moment: datetime) -> None:
        """Set the clock."""
        self.desk.clock.move(moment - self.desk.now)

    def run(self) -> int:
        """One turn of the job, and of the outbox where there is a server."""
        taken = run_alarms(self.desk.triage.runner, self.desk.now)
        if self.desk.triage.settings.smtp_host:
            send_outbox(self.desk.triage.runner, self.desk.now)
        return taken

    def walk(self, until: datetime, down: Callable[[datetime], bool] = lambda at: False) -> None:
        """Run the job each minute up to a moment."""
        while self.desk.now <= until:
            if not down(self.desk.now):
                self.run()
            self.desk.move(minutes=1)

    def shift(self, who: Actor, starts: datetime, ends: datetime) -> None:
        """Put somebody on the rota."""
        given = {"person_id": who.person_id, "starts": starts, "ends": ends}
        self.desk.do(self.desk.ada, duty.add_shift, **given)

    def on_duty(self, *who: Actor, hours: float = 24) -> None:
        """Put people on duty from now on, the first of them the longest here."""
        for number, one in enumerate(who):
            starts = self.desk.now - timedelta(minutes=len(who) - number)
            self.shift(one, starts, self.desk.now + timedelta(hours=hours))

    def fallback(self, who: Actor, process: Any = None) -> None:
        """Name a fallback."""
        self.desk.do(self.desk.ada, staff.name_fallback, person_id=who.person_id, process=process)

    def rows(self, table: Any, *order: Any) -> list[Any]:
        """Rows of a table."""
        with self.desk.triage.database.read() as session:
            found = list(session.scalars(select(table).order_by(*order)))
            session.expunge_all()
            return found

    def alarms(self) -> list[Alarm]:
        """Every alarm, oldest first."""
        return self.rows(Alarm, Alarm.raised_at, Alarm.id)

    def alerts(self) -> list[Alert]:
        """Every alert, oldest first."""
        return self.rows(Alert, Alert.sent_at, Alert.id)

    def steps(self) -> list[tuple[str, str]]:
        """(London time, who) of every step."""
        return [
            (f"{one.at.astimezone(LONDON):%a %H:%M}", self.name(one.person_id))
            for one in self.rows(AlarmStep, AlarmStep.at, AlarmStep.number)
        ]

    def told(self) -> list[str]:
        """Who was alerted, in order."""
        return [who for _, who in self.steps()]
