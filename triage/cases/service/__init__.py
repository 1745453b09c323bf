"""Commands of cases: each checks who acts, moves the case, and puts it on the record."""
