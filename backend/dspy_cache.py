"""DSPy, made to keep to itself. Import it from here, never directly:

    from backend.dspy_cache import dspy

DSPy caches what it asks a model and what it is answered, on disk and in memory, which here would
be the journal; LiteLLM, which it may fall back on, fetches a price list when it is imported. Both
look at the environment when they are first imported, so it is set before. Importing this module
takes as long as DSPy does (0.5 s), and the screen's process must not.
"""

from __future__ import annotations

import logging
import os

from backend import locations

os.environ["DSPY_CACHEDIR"] = str(locations.dspy_dir())
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_TELEMETRY"] = "False"

import dspy

__all__ = ["dspy"]

# The cache's folder would be for a user who turns it on again, with texts that may be kept.
dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=False)

# Its warnings quote a model's answers, which are made of an entry's words.
logging.getLogger("dspy").setLevel(logging.ERROR)
