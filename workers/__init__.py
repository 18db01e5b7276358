"""The background processes: Celery tasks, the relay that rings them, and the clock."""
