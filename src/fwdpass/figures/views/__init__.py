"""Arrays in, figures out: what a page or a notebook evaluates."""
