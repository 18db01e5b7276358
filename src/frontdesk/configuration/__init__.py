"""A hotel as one document: exported, compared, applied, kept in versions, rolled back."""
