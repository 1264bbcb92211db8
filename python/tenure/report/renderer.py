"""The chart library in a process of its own, so that its failures are errors and not the end.

``vl_convert`` aborts the process it runs in on some input (a control character in a label, say).
One child process draws all charts; it starts with the first of them and ends with this process.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import json
import os
import subprocess
import sys
import threading
from typing import Any

from tenure.exceptions import TenureError
from tenure.io.text import printable_all

__all__ = ["to_png", "to_svg"]

# Runs without this package: it reads a JSON document per line, and writes one per line.
_CHILD = """
import sys
sys.path.pop(0)
import base64
import json
sys.path[:] = json.loads(sys.stdin.readline())
import vl_convert
for line in sys.stdin:
    call = json.loads(line)
    try:
        if "svg" in call:
            made = vl_convert.svg_to_png(call["svg"], **call["options"])
            answer = {"made": base64.b64encode(made).decode()}
        else:
            made = vl_convert.vegalite_to_svg(call["document"], **call["options"])
            answer = {"made": made}
    except Exception as error:
        answer = {"error": str(error)}
    sys.stdout.write(json.dumps(answer) + "\\n")
    sys.stdout.flush()
"""
_lock = threading.Lock()
_child: tuple[int, subprocess.Popen[str]] | None = None


def to_svg(document: dict[str, Any], **options: Any) -> str:
    r"""Draw a Vega-Lite document.

    Parameters
    ----------
    document : dict
        The specification with its data. Characters that SVG cannot hold are shown as ``"\ufffd"``.
    **options
        As for ``vl_convert.vegalite_to_svg``.

    Returns
    -------
    str
        The SVG.

    Raises
    ------
    TenureError
        When the chart library fails.
    """
    document = printable_all(document)
    if _in_process():
        import vl_convert

        svg: str = vl_convert.vegalite_to_svg(document, **options)
        return svg
    return _made({"document": document, "options": options})


def to_png(svg: str, *, scale: float) -> bytes:
    """Turn an SVG into a PNG.

    Parameters
    ----------
    svg : str
        A complete SVG without references to anything else.
    scale : float
        Pixels per unit of the SVG.

    Returns
    -------
    bytes
        The PNG.

    Raises
    ------
    TenureError
        When the chart library fails.
    """
    if _in_process():
        import vl_convert

        png: bytes = vl_convert.svg_to_png(svg, scale=scale)
        return png
    return base64.b64decode(_made({"svg": svg, "options": {"scale": scale}}))


def _in_process() -> bool:
    """Return whether there is no Python to start as a child process."""
    return not sys.executable or bool(getattr(sys, "frozen", False))


def _made(call: dict[str, Any]) -> str:
    """Return what the child process answers to a call."""
    line = json.dumps(call)
    with _lock:
        try:
            process = _running()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(line + "\n")
            process.stdin.flush()
            text = process.stdout.readline()
        except OSError:
            text = ""
        except BaseException:  # interrupted: what comes next would be the answer to this
            _stop()
            raise
        if not text:
            _stop()
    answer = json.loads(text) if text else {"error": "its process ended"}
    if "made" not in answer:
        raise TenureError(
            f"the chart library failed ({str(answer['error'])[:200]}). Leave the report out "
            "(outputs=[…] without 'report'), and please report the labels of the chart."
        )
    made: str = answer["made"]
    return made


def _running() -> subprocess.Popen[str]:
    """Return the child process, started where there is none or it belongs to another process."""
    global _child
    if _child is not None and (_child[0] != os.getpid() or _child[1].poll() is not None):
        _child = None
    if _child is None:
        process = subprocess.Popen(
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(sys.path) + "\n")
        process.stdin.flush()
        _child = (os.getpid(), process)
    return _child[1]


@atexit.register
def _stop() -> None:
    global _child
    if _child is None or _child[0] != os.getpid():
        return
    process = _child[1]
    _child = None
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if stream is not None:
                stream.close()
    process.kill()
    process.wait()
