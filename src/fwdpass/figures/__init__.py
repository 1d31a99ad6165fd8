"""What a page shows of numbers: a module for each kind of figure, with its data, its view and its drawings.

A kind is a subclass of :class:`fwdpass.figures.base.Figure` in a module of its own. The module holds what the figure
keeps (a frozen dataclass), how it is drawn (``plain`` text, ``latex``, ``html``) and the view, the function that makes
it from arrays. To add a kind, write its module and name the view in :mod:`fwdpass`; nothing else lists the kinds.

The other modules are shared: ``base`` (what every figure can do), ``words`` (counts and names), ``layout`` (aligned
text, LaTeX environments), ``parts`` (cells, heads and boxes in HTML), ``marks`` (colours and shapes in SVG), ``png``
(shades), ``labels`` (where the weights of a diagram stand) and ``differences`` (one drawing for many inputs).
"""
