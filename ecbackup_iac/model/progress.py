"""How far a run has come, for whoever wants to show it."""


class Progress:
    """Is told what a run does next, and keeps it to itself; other kinds tell it to somebody."""

    def reading(self) -> None:
        """Take note that one more file is being read."""

    def judging(self, root: str, number: int, total: int | None = None) -> None:
        """Take note that a root is being judged; how many there are is not always known."""

    def going_on(self) -> None:
        """Take note that the same still goes on: a root may have many caches."""


UNWATCHED = Progress()
