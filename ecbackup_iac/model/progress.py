"""The progress of a run."""


class Progress:
    """Receives the progress of a run, and ignores it; subclasses display it."""

    def reading(self) -> None:
        """Count one more file that is being read."""

    def evaluating(self, root: str, number: int, total: int | None = None) -> None:
        """Note the root that is being evaluated; the total is None where it is not known."""

    def update(self) -> None:
        """Note that the same root is still being evaluated: it may have many caches."""


NO_PROGRESS = Progress()
