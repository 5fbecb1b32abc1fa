"""The error for JSON of an unexpected shape. Only the standard library."""


class ShapeError(Exception):
    """A piece of JSON is not of the expected kind: an object, a list, a string."""
