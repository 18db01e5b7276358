"""The suites that measure the mind, and the command that prints them."""

import frontdesk  # noqa: F401 - before numpy: it says how many threads that may take
