"""Finding anything of a hotel: words corrected by its own lexicon, then one full-text query."""
