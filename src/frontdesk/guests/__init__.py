"""Who writes to us: identities (phone, lid), language, opt-out."""
