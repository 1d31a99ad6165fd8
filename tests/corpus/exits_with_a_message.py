"""A script that exits with a message, which is status one."""
raise SystemExit("that was it")
