"""Charts as objects: shown in a notebook, saved as SVG or PNG, put on the report's page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from os import PathLike
from pathlib import Path

from tenure.exceptions import OptionError
from tenure.report.charts import Drawing
from tenure.report.renderer import to_png
from tenure.report.tables import Grid

__all__ = ["Chart"]

_TITLE_HEIGHT = 40
_PNG_SCALE = 2
_ENDINGS = (".svg", ".png")
_VARIABLE = re.compile(r"var\(--([a-z-]+)\)")
_SIZE = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"')


@dataclass(frozen=True, repr=False)
class Chart:
    """A chart of the report: its drawing, what it shows in words, and the figures behind it.

    Notebooks show it by itself. :meth:`save` writes it to a file.

    Attributes
    ----------
    name : str
        The name :meth:`tenure.Analysis.plot` knows it by; the stem of a saved file on the page.
    title : str
        Its title.
    words : str
        What it shows, in one or two sentences.
    table : Grid
        The figures behind it, as text.

    Examples
    --------
    >>> import tenure
    >>> analysis = tenure.run(tenure.datasets.make_omnichannel(500), preset="flo")  # doctest: +SKIP
    >>> analysis.plot("segments").save("segments.png")  # doctest: +SKIP
    """

    name: str
    title: str
    drawing: Drawing
    words: str
    table: Grid

    @property
    def svg(self) -> str:
        """The drawing for a wide page, its colours left to the page's theme."""
        return self.drawing.wide

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the chart to a file, on white, with its title.

        Parameters
        ----------
        path : path
            A name that ends in ``.svg`` or ``.png``; a file of that name is replaced.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        OptionError
            When the name ends in anything else.

        Examples
        --------
        >>> chart.save("segments.svg")  # doctest: +SKIP
        PosixPath('segments.svg')
        """
        target = Path(path)
        ending = target.suffix.lower()
        if ending not in _ENDINGS:
            raise OptionError(
                f"a chart is saved as {' or '.join(_ENDINGS)}, by the ending of its name; "
                f"{target.name[:100]!r} ends in neither."
            )
        picture = self._repr_svg_()
        if ending == ".svg":
            target.write_text(picture, encoding="utf-8", newline="\n")
        else:
            target.write_bytes(to_png(picture, scale=_PNG_SCALE))
        return target

    def _repr_svg_(self) -> str:
        """Return the chart with its title, on white, as one SVG that needs nothing else."""
        size = _SIZE.search(self.svg)
        if size is None:
            raise ValueError("a drawing without a size")
        width, height = float(size.group(1)), float(size.group(2)) + _TITLE_HEIGHT
        colours, title = _colours(), escape(self.title)
        inner = _VARIABLE.sub(lambda found: colours[found.group(1)], self.svg)
        inner = inner.replace("<svg ", f'<svg y="{_TITLE_HEIGHT}" ', 1)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:g}"'
            f' height="{height:g}" viewBox="0 0 {width:g} {height:g}">'
            f"<title>{title}</title><desc>{escape(self.words)}</desc>"
            f'<rect width="100%" height="100%" fill="{colours["paper"]}"/>'
            f'<text x="8" y="25" font-family="Arial, Helvetica, Liberation Sans, sans-serif"'
            f' font-size="16" font-weight="bold" fill="{colours["ink"]}">{title}</text>'
            f"{inner}</svg>"
        )

    def _repr_html_(self) -> str:
        """Show the chart in a notebook, no wider than its cell."""
        svg = self._repr_svg_().replace("<svg ", '<svg style="max-width:100%;height:auto" ', 1)
        return f'<div class="tenure-chart">{svg}</div>'

    def __repr__(self) -> str:
        """Name the chart and its title."""
        return f"<tenure chart {self.name!r}: {self.title}>"


@cache
def _colours() -> dict[str, str]:
    """Return the page's light colours by name, from its style sheet."""
    style = files("tenure.report").joinpath("style.css").read_text("utf-8")
    return dict(re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}),", style))
