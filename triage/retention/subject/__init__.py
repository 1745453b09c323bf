"""Subject access: what is held of a person, found, looked through by two, and given to them."""
