"""The policy file → the Policy noun."""
