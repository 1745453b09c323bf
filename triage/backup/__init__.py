"""Backups: one file, sealed with a key of its own that lies elsewhere and is destroyed in time.

A backup is a dump of every table, a line a row, in one state of the database, packed with gzip and
sealed as an ``age`` file: ``age -d -i ID.key FILE | gunzip`` reads it without anything of ours.
The wraps of the data keys are not in it: they lie beside its key, and the owners whose key is
destroyed are taken out of them at once (``service.forgetting``). Plain messages that were erased
leave a backup when its key is destroyed (``service.expiring``).
"""
