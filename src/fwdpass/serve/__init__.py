"""A book at its author's desk: ``fwdpass serve`` shows it, and what the author changes is in the open page at once."""
