"""Suppressions that stand in the code itself: comments and metadata, ours and those of other tools."""
