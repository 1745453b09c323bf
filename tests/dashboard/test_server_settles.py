"""What stands in memory from the start is not looked through again after each rerun."""

import gc
import sys

from dashboard import server


def test_a_server_that_has_opened_keeps_what_is_loaded_out_of_each_collection() -> None:
    before = gc.get_freeze_count()
    try:
        server.settle()
        assert gc.get_freeze_count() > before
        assert "dashboard.views.review" in sys.modules
    finally:
        gc.unfreeze()
