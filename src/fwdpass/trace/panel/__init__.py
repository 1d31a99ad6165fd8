"""What a trace's panel shows: which lines, what their expressions were worth, and the steps between."""
