"""Draw the graph: mermaid, DOT, JSON and SVG; pure text, the same for the same graph."""

import json
from collections.abc import Callable
from dataclasses import asdict
from xml.sax.saxutils import escape

from stacks.graph import Graph

__all__ = ["FORMATS"]

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 190, 46, 120, 26, 30
_ARROW = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="#64748b"/></marker></defs>'
)
_COLOURS = {"foundation": "#dbeafe", "data": "#dcfce7", "delivery": "#fef3c7"}


def mermaid(graph: Graph) -> str:
    """Return a mermaid flowchart with one subgraph per layer."""
    lines = ["flowchart LR"]
    for layer in dict.fromkeys(node.layer for node in graph.nodes):
        lines.append(f"  subgraph {layer}")
        lines += [f'    {node.capability}["{node.title}"]' for node in graph.nodes if node.layer == layer]
        lines.append("  end")
    for edge in graph.edges:
        arrow = "-->" if edge.required else "-.->"
        lines.append(f"  {edge.provider} {arrow}|{edge.provision}| {edge.consumer}")
    return "\n".join(lines) + "\n"


def dot(graph: Graph) -> str:
    """Return a Graphviz digraph with one cluster per layer."""
    lines = ["digraph bedplate {", "  rankdir=LR;", "  node [shape=box, fontname=sans];"]
    for layer in dict.fromkeys(node.layer for node in graph.nodes):
        names = " ".join(f'"{node.capability}" [label="{node.title}"];' for node in graph.nodes if node.layer == layer)
        lines.append(f'  subgraph "cluster_{layer}" {{ label="{layer}"; {names} }}')
    for edge in graph.edges:
        style = "" if edge.required else ", style=dashed"
        lines.append(f'  "{edge.provider}" -> "{edge.consumer}" [label="{edge.provision}"{style}];')
    return "\n".join([*lines, "}"]) + "\n"


def as_json(graph: Graph) -> str:
    """Return nodes and edges as JSON."""
    data = {"nodes": [asdict(node) for node in graph.nodes], "edges": [asdict(edge) for edge in graph.edges]}
    return json.dumps(data, indent=2) + "\n"


def svg(graph: Graph) -> str:
    """Return a picture: a column per layer, an arrow per edge, dashed where it is optional."""
    layers = list(dict.fromkeys(node.layer for node in graph.nodes))
    place: dict[str, tuple[int, int]] = {}
    for column, layer in enumerate(layers):
        names = [node.capability for node in graph.nodes if node.layer == layer]
        for row, name in enumerate(names):
            place[name] = (_MARGIN + column * (_WIDTH + _GAP_X), _MARGIN + 30 + row * (_HEIGHT + _GAP_Y))
    width = 2 * _MARGIN + len(layers) * _WIDTH + (len(layers) - 1) * _GAP_X
    height = _MARGIN + max((y for _, y in place.values()), default=0) + _HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        _ARROW,
    ]
    parts += [_edge(place[edge.provider], place[edge.consumer], edge.required, edge.provision) for edge in graph.edges]
    for column, layer in enumerate(layers):
        x = _MARGIN + column * (_WIDTH + _GAP_X)
        parts.append(f'<text x="{x}" y="{_MARGIN + 12}" font-size="13" fill="#475569">{escape(layer)}</text>')
    parts += [_box(place[node.capability], node.title, _COLOURS.get(node.layer, "#f1f5f9")) for node in graph.nodes]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _box(place: tuple[int, int], title: str, colour: str) -> str:
    x, y = place
    return (
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="8" fill="{colour}" stroke="#94a3b8"/>'
        f'<text x="{x + _WIDTH // 2}" y="{y + _HEIGHT // 2 + 5}" font-size="14" text-anchor="middle">'
        f"{escape(title)}</text>"
    )


def _edge(start: tuple[int, int], end: tuple[int, int], required: bool, title: str) -> str:  # noqa: FBT001 - of a record
    x1, y1, x2, y2 = start[0] + _WIDTH, start[1] + _HEIGHT // 2, end[0], end[1] + _HEIGHT // 2
    bend = (x2 - x1) // 2
    dashes = "" if required else ' stroke-dasharray="5 4"'
    return (
        f'<path d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}" fill="none" stroke="#64748b"'
        f'{dashes} marker-end="url(#tip)"><title>{escape(title)}</title></path>'
    )


FORMATS: dict[str, Callable[[Graph], str]] = {"mermaid": mermaid, "dot": dot, "json": as_json, "svg": svg}
"""Drawing by name of its format."""
