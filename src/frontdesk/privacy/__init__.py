"""What a hotel holds of a guest: all in one file, nothing after an erasure, nothing for ever."""
