"""Views of networks of any size."""
