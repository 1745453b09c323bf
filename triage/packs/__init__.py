"""Evidence packs: what is handed over, as a bag (RFC 8493) that anybody can check."""
