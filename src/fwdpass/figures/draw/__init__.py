"""Figures become text, LaTeX, HTML or SVG: a module a medium, a function a figure kind."""
