"""The page that follows its reader, held against the book that is built for what the reader changed."""
