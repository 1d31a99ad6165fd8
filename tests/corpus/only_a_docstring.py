"""Nothing happens here either."""
