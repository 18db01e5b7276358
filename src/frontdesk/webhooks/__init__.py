"""A hotel's own systems are told what happens: signed, in order, stored until it is taken."""
