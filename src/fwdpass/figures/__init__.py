"""What a page shows of numbers: the kinds of figures, the views that make them, and their drawings."""
