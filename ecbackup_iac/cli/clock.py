"""The system's clock, or SOURCE_DATE_EPOCH → today's date, on which suppressions count or have expired."""

import os
from datetime import UTC, date, datetime

from ecbackup_iac.errors import PolicyError


def today() -> date:
    """Return today's date in UTC, or the date that SOURCE_DATE_EPOCH sets. Raises PolicyError."""
    return source_date() or datetime.now(UTC).date()


def source_date() -> date | None:
    """Return the date that SOURCE_DATE_EPOCH (seconds) sets.

    Raises:
        PolicyError: SOURCE_DATE_EPOCH is not a number of seconds that is a date.

    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return None
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise PolicyError(f"SOURCE_DATE_EPOCH is not a number of seconds: {epoch!r}") from error
