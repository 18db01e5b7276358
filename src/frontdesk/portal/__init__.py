"""A guest's own door: one link for one booking, and what may be done behind it.

What a guest asks in words goes through their chat; a chat of the link itself belongs in here.
"""
