"""Writes notebooks (nbformat 3 and 4). What their cells would run is inert: hosts are under `example.invalid`."""

import json
from typing import Final, TypeAlias

Document: TypeAlias = dict[str, object]
PYTHON: Final[Document] = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}


def code(source: str | list[str], *outputs: Document, **more: object) -> Document:
    """A cell of code. A text is cut into its lines, as Jupyter does; a list is kept as it is."""
    lines = source.splitlines(keepends=True) if isinstance(source, str) else source
    return {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {},
        "source": lines,
        "outputs": list(outputs),
        **more,
    }


def markdown(source: str, **more: object) -> Document:
    """A cell of prose."""
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True), **more}


def shows(kind: str, text: str) -> Document:
    """A stored output."""
    return {"output_type": "display_data", "metadata": {}, "data": {kind: text.splitlines(keepends=True)}}


def notebook(*cells: Document | str, indent: int | None = 1, language: str = "python", **more: object) -> bytes:
    """A notebook, laid out as Jupyter lays it out: each line of a source on a line of its own."""
    metadata: Document = PYTHON if language == "python" else {"kernelspec": {"name": language, "language": language}}
    whole = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    document = {"cells": whole, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5, **more}
    return json.dumps(document, indent=indent, ensure_ascii=False).encode()


def old_notebook(*cells: Document) -> bytes:
    """A notebook of nbformat 3, with its worksheets."""
    document = {"metadata": {"name": "old"}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": list(cells)}]}
    return json.dumps(document, indent=1).encode()


def old_code(source: str, *outputs: Document, **more: object) -> Document:
    """A cell of code of nbformat 3."""
    return {
        "cell_type": "code",
        "input": source.splitlines(keepends=True),
        "language": "python",
        "outputs": list(outputs),
        **more,
    }
