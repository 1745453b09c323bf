"""Four processes that read and then write: each of their writes counts (trust.md section 8)."""

import multiprocessing

from sqlalchemy import select
from sqlalchemy.orm import Session
from support.proving import proving, size

from triage.core.audit import AuditHead
from triage.core.database import Database, make_engine

PROCESSES, ROUNDS = 4, size("WRITES", 250)


def head_number(session: Session) -> int:
    return session.scalars(select(AuditHead.number)).one()


def _count_up(url: str, rounds: int) -> None:
    database = Database(make_engine(url))

    def work(session: Session) -> None:
        head = session.scalars(select(AuditHead).with_for_update()).one()
        head.number += 1

    for _ in range(rounds):
        database.write(work)
    database.close()


def test_four_processes_that_read_and_then_write_lose_nothing(url: str) -> None:
    database = Database(make_engine(url))
    with database.read() as session:
        start = head_number(session)
    processes = [
        multiprocessing.get_context("spawn").Process(target=_count_up, args=(url, ROUNDS))
        for _ in range(PROCESSES)
    ]
    with proving("read-then-write by 4 processes", url) as proof:
        for one in processes:
            one.start()
        for one in processes:
            one.join()
        assert [one.exitcode for one in processes] == [0] * PROCESSES
        with database.read() as session:
            proof.runs = head_number(session) - start
        assert proof.runs == PROCESSES * ROUNDS
        proof.note = f"{proof.runs} of {PROCESSES * ROUNDS} counted"
    database.close()
