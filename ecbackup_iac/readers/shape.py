"""The error for JSON of an unexpected shape. Standard library alone."""


class ShapeError(Exception):
    """A piece of JSON is not of the expected kind: an object, a list, a text."""
