"""A tree of folders → its root modules, and the variables that each is given."""
