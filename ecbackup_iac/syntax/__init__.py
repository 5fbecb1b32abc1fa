"""Texts → trees in which everything knows where it stands; no language of its own."""
