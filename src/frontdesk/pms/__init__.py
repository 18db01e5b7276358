"""The hotel's own property management system: its reservations come in by the import desk."""
