"""Frontdesk: the self-hosted, multi-tenant WhatsApp front desk for hotels."""
