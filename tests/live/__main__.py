"""``python -m tests.live``."""

from tests.live.command import main

raise SystemExit(main())
