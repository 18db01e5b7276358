"""A payment provider for this machine: speaks Stripe's HTTP, signs its callbacks the same way."""
