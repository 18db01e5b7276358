"""What a process holds for as long as it lives."""

import gc


def keep_loaded() -> None:
    """Once all is loaded: the collector looks no more at modules, models and routes.

    It went through all of them again every few hundred turns, 250 ms at a time in a worker.
    """
    gc.collect()
    gc.freeze()
