"""The name of a data file of this package → its content: the copy for Checkov has no such file."""

import os
import sys
from typing import Any


def package_data(module: str, name: str) -> bytes:
    """Return the content of a file beside a module, given as its `__name__`."""
    spec: Any = sys.modules[module].__spec__
    content: bytes = spec.loader.get_data(os.path.join(os.path.dirname(spec.origin), name))
    return content
