"""Large libraries have a session of their own, ``nox -s libraries``; only there is this folder collected."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("FWDPASS_LIBRARIES") else ["test_*.py"]
