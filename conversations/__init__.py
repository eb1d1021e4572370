"""The application: conversations with GLM, and all that keeps them."""

import sys

# With httpx comes a command line of its own, which loads three more packages at each start: 0.1 s and 5 MB.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
