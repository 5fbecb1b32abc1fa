"""JSON that is not of the shape it is taken for. Standard library alone."""


class ShapeError(Exception):
    """A piece of JSON is not what it is taken for: an object, a list, a text."""
