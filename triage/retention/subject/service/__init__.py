"""Commands on requests by people about what is held of them."""
