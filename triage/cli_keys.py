"""``triage keys``: the desk's keys and the record's. Private keys are never printed."""

from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console

from triage.app import open_triage
from triage.core.access import CONSOLE
from triage.core.data_keys import rewrap_some, wraps
from triage.core.errors import KeyMissing
from triage.core.keys import RUN_INIT, KeyStore, fingerprint
from triage.core.settings import Settings

keys_app = typer.Typer(help="The desk's keys.", no_args_is_help=True)
out = Console(highlight=False)


@keys_app.command("init")
def keys_init() -> None:
    """Make the desk's key pair and the record's key, where they are not there. None is replaced."""
    store = KeyStore(Settings())
    made = store.init()
    if not made:
        out.print("The keys are there already; nothing was changed.")
        return
    out.print(f"Made in {store.folder}: {', '.join(made)}.", markup=False)
    out.print(
        "Keep a copy of this folder in a safe place, apart from backups of the database: "
        "without it, nobody can read again what is sealed."
    )


@keys_app.command("rotate")
def keys_rotate(
    drop_old: Annotated[
        bool,
        typer.Option(
            help="remove private keys that nothing is wrapped to any more; backups of the "
            "database made before today need them"
        ),
    ] = False,
) -> None:
    """Make the next desk key and wrap every data key to it. Sealed texts are not touched.

    Stopped half-way, it goes on where it was: run it again.
    """
    with closing(open_triage()) as triage:
        store = KeyStore(triage.settings)
        ring = store.ring()
        if not ring.privates:
            raise KeyMissing(f"There is no private desk key here. {RUN_INIT}")
        with triage.database.read() as session:
            held = wraps(session)
        if any(version < ring.newest for version in held):
            out.print(f"Finishing the change to version {ring.newest}.")
        else:
            store.add_desk_key(ring.newest + 1)
        done = 0
        while batch := triage.runner.run(CONSOLE, rewrap_some):
            done += batch
        newest = store.ring().newest
        out.print(f"Version {newest} is in use; {done} data keys were wrapped to it.")
        if drop_old:
            with triage.database.read() as session:
                held = wraps(session)
            for version in sorted(store.ring().privates):
                if version < newest and version not in held:
                    store.drop_desk_key(version)
                    out.print(f"Version {version} is removed from {store.folder}.", markup=False)


@keys_app.command("show")
def keys_show() -> None:
    """Print fingerprints, and how many data keys each version holds. Never a key."""
    with closing(open_triage()) as triage:
        store = KeyStore(triage.settings)
        ring = store.ring()
        with triage.database.read() as session:
            held = wraps(session)
        for version in sorted(set(ring.publics) | set(held)):
            public = ring.publics.get(version)
            shown = fingerprint(public) if public is not None else "not here"
            private = "private key here" if version in ring.privates else "no private key here"
            out.print(f"desk {version}: {shown}; {private}; {held.get(version, 0)} data keys")
        if not ring.publics:
            out.print(f"There is no desk key here. {RUN_INIT}")
        try:
            out.print(f"record: {fingerprint(store.record_key().public_key())}")
        except KeyMissing as missing:
            out.print(str(missing))
