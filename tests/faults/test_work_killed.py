"""Whatever is killed, whenever, while people and jobs are at work: nothing is half, or lost.

``python tests/faults/full_size.py --only kills`` is the full size of trust.md section 8.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path

from support.desk import meet
from support.invariants import check_all
from support.proving import proving, size
from support.working import Place, Team, staff

from triage.app import Triage

RUNS = size("KILLS", 3)
WORKERS = 2


def test_killed_at_any_moment_of_any_work_nothing_is_half_and_nothing_acknowledged_is_lost(
    url: str, make_triage: Callable[..., Triage], clock: object, tmp_path: Path
) -> None:
    staff(meet(make_triage(url), clock))  # type: ignore[arg-type]
    place = Place(url, str(tmp_path / "own"), time.time())
    triage, team = place.open(), Team(place)
    chance = random.Random(url.partition(":")[0])
    with proving("kill -9 in mixed work", url) as proof:
        for run in range(RUNS):
            before = len(team.told)
            team.start(WORKERS, seed=run)
            team.listen(0, at_least=chance.randint(1, 15))
            team.listen(chance.uniform(0, 0.1))
            team.kill()
            assert team.faults == []
            assert len(team.told) > before
            check_all(triage, team.told)
            proof.ran()
        # It goes on, as if nothing had been.
        team.start(1, acts=40, seed=RUNS)
        team.listen(0, until_done=True)
        team.gather()
        assert (team.faults, team.done) == ([], 1)
        check_all(triage, team.told)
        proof.note = f"{len(team.told)} acknowledged"
    triage.close()
