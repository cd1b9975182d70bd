"""The summary of a lecture's rounds as one HTML file with its pictures, which opens without a server."""

from __future__ import annotations

import base64
from html import escape

import numpy as np
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from digitlab import audience, language
from digitlab.access.gate import visitor_of
from digitlab.errors import NotAllowed
from digitlab.models.store import FLAGSHIPS
from digitlab.ui import presenter, tiles
from digitlab.wording import rounds as words
from digitlab.wording.language import N_

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """:root { color-scheme: light dark; }
body { font: 1.1rem/1.4 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; } td, th { padding: .3rem 1rem .3rem 0; text-align: left; }
.best { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: 1.5rem; }
figure { margin: 0; } img { width: 100%; image-rendering: pixelated; border: 1px solid #888; }"""


async def show(request: Request) -> Response:
    """`/lecture/summary.html`: the file, for presenters."""
    try:
        presenter.guard().require(visitor_of(request.scope), N_("save the summary"))
    except NotAllowed as error:
        return JSONResponse({"problem": str(error)}, 403)
    html = await to_thread.run_sync(as_html)
    named = {"Content-Disposition": 'attachment; filename="digitlab-lecture.html"', "Cache-Control": "no-store"}
    return HTMLResponse(html, headers={**named, "Content-Security-Policy": _POLICY})


def as_html() -> str:
    """Score, leaderboard and the best fooling drawings; no scripts, and nothing is loaded from elsewhere."""
    said = words.lecture()
    with audience.board().look() as (known, now):
        score, best = known.score(now), known.best(now)
        leaders = [(place, known.name(who), points) for place, who, points in known.leaders(now)]
        names = {one.who: known.name(one.who) for one in best}
    scores = "".join(
        f"<tr><th>{name.upper()}</th><td>{score[name]}</td><td>{escape(words.score_of(score['of']))}</td></tr>"
        for name in FLAGSHIPS
    )
    rows = "".join(
        f"<tr><td>{place}</td><td>{escape(name)}</td><td>{escape(words.points(points))}</td></tr>"
        for place, name, points in leaders
    )
    figures = "".join(
        f'<figure><img alt="" src="{_picture(one.pixels)}"><figcaption><b>{escape(names[one.who])}</b><br>'
        f"{escape(words.is_a(one.label))} {escape(', '.join(words.said(one.said)))}.</figcaption></figure>"
        for one in best
    )
    parts = [
        (said["score"], f"<table>{scores}</table>" if score["of"] else f"<p>{escape(said['no_score'])}</p>"),
        (said["leaders"], f"<table>{rows}</table>" if rows else f"<p>{escape(said['no_leaders'])}</p>"),
        (said["best"], f'<div class="best">{figures}</div>' if best else f"<p>{escape(said['no_fools'])}</p>"),
    ]
    sections = "".join(f"<section><h2>{escape(title)}</h2>{part}</section>" for title, part in parts)
    title = escape(said["summary"])
    return (
        f'<!doctype html><html lang="{language.current()}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{title}</title>'
        f"<style>{_STYLE}</style><h1>{title}</h1><main>{sections}</main></html>"
    )


def _picture(pixels: str) -> str:
    return tiles.data_uri(255 - np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(28, 28))
