"""Modules outside of the tree, and what is known of them without reading them."""
