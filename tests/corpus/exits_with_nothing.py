"""A script that exits well."""
def main():
    return None
raise SystemExit(main())
