"""A guest's own door: one link for one booking, and what may be done behind it.

What a guest asks in words goes through their chat: the one on WhatsApp, or one of the link itself.
"""
