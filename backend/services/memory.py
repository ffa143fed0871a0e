"""What this process takes of the machine's memory."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

_STATM = Path("/proc/self/statm")
_KILOBYTE = 1024


def resident_bytes() -> int:
    """The memory that this process has now; the most it ever had where only that is told."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        # macOS counts bytes, the others kilobytes.
        return most if sys.platform == "darwin" else most * _KILOBYTE
    return pages * os.sysconf("SC_PAGE_SIZE")
