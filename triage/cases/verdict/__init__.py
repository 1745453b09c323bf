"""How a case ends: what is recommended and decided, what follows from it, and who is told."""
