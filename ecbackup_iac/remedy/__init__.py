"""A resource and its verdict → what to type to fix it; one file for each kind of source."""
