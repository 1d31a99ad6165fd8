"""``python -m tests.mutation``: see ``--help``."""

from tests.mutation.command import main

raise SystemExit(main())
