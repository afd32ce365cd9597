"""Drawings of counts as accessible SVG, made on the server: geometry only, no domain word, no colour.

Each function turns counts into shapes with their places as text for SVG attributes (a decimal point in every language).
The templates in `templates/components/charts/` draw them; `static/css/charts.css` gives colours by *tone* and patterns,
so that nothing depends on colour alone. Every drawing has a title, a description and the table behind it.
"""

from core.charts.bars import Bars, Row, stacked_bars
from core.charts.base import Cell, Chart, Kind, Table, place
from core.charts.flow import Flow, flow
from core.charts.lines import Lines, lines
from core.charts.tiles import Square, Tiles, tile_map

__all__ = [
    "Bars",
    "Cell",
    "Chart",
    "Flow",
    "Kind",
    "Lines",
    "Row",
    "Square",
    "Table",
    "Tiles",
    "flow",
    "lines",
    "place",
    "stacked_bars",
    "tile_map",
]
