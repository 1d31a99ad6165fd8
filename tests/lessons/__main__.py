"""``python -m tests.lessons``: see ``--help``."""

from tests.lessons.command import main

raise SystemExit(main())
