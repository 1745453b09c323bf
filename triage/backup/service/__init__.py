"""Commands of the backups, and how rows are read and written."""
