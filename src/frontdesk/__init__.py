"""Frontdesk: the self-hosted, multi-tenant WhatsApp front desk for hotels."""

import os

# Before numpy is loaded. Our matrices are small: more threads than one only spin while they wait
# for work, which was half of a turn's processor time (p50 111 ms with two, 51 ms with one).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 - numpy's setting, not ours
