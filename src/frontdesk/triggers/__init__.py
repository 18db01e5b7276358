"""A hotel's own rules: when something happens and conditions hold, act once and say why."""
