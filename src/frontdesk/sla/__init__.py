"""How soon guests are to be answered, in the hotel's open hours, and whether they were."""
