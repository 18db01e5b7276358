"""A PMS for this machine: speaks the HTTP of the Mews Connector API over a book of its own."""
