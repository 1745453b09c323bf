"""Finding out: people, evidence and its custody, the notice to who was reported, measures that
hold meanwhile, meetings. Nothing is decided here."""
