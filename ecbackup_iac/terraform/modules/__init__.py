"""A module with what sets its variables → the values in it, and its resource instances."""
