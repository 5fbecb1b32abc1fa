"""Expressions in a scope → values."""
