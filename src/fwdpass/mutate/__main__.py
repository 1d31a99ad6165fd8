"""``python -m fwdpass.mutate``: see ``--help``."""

from fwdpass.mutate.command import main

raise SystemExit(main())
