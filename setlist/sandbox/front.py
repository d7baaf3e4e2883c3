"""The page at the sandbox's root, for people who wonder what this is."""

from html import escape

from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.faults import KINDS
from setlist.sandbox.wire import Answer, text_answer

_SHOWN = 30
_STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884}
img{width:2.5rem;height:2.5rem;border-radius:.4rem;vertical-align:middle}
code{font-size:.9em;overflow-wrap:anywhere}
pre{padding:1rem;border:1px solid #8884;border-radius:.5rem;overflow-x:auto}
"""


def front_page(catalogue: Catalogue, base: str) -> Answer:
    rows = "".join(_row(catalogue, base, index) for index in range(min(_SHOWN, catalogue.size)))
    providers = "".join(
        f"<li>{name}: <code>{escape(base)}/{path}</code></li>"
        for name, path in (
            ("MusicBrainz", "musicbrainz/ws/2"),
            ("Ticketmaster", "ticketmaster/discovery/v2"),
            ("setlist.fm", "setlistfm/rest/1.0"),
            ("Spotify", "spotify/v1"),
            ("Spotify's tokens", "spotify/api/token"),
        )
    )
    page = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sandbox</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>
<h1>Sandbox</h1>
<p>Stand-ins for four music services. Everything they tell of is invented: {catalogue.size:,} artists, their
records, shows and setlists, from seed {catalogue.seed}. Any key is accepted, except <code>wrong</code>.</p>
<ul>{providers}</ul>
<h2>Switches</h2>
<p>GET <a href="{escape(base)}/_control"><code>/_control</code></a> shows counts and switches,
POST changes them, DELETE restores them.</p>
<pre>curl -X POST {escape(base)}/_control -d '{{"latency_ms": 200, "limits": true, "limit_speed": 60}}'
curl -X POST {escape(base)}/_control -d '{{"provider": "spotify", "kind": "status:500", "share": 0.1}}'
curl -X POST {escape(base)}/_control -d '{{"spotify_mode": "extended"}}'
curl -X POST {escape(base)}/_control -d '{{"now": "2027-01-01T20:00:00+00:00"}}'
curl -X DELETE {escape(base)}/_control</pre>
<p>Kinds of faults: <code>{escape(", ".join(KINDS))}</code></p>
<h2>Some of the artists</h2>
<table>
<tr><th></th><th>Name</th><th>From</th><th>Genre</th><th>Shows</th><th>Songs</th><th>MusicBrainz id</th></tr>
{rows}</table>
</body></html>"""
    return text_answer(page, 200, "text/html; charset=utf-8")


def _row(catalogue: Catalogue, base: str, index: int) -> str:
    act, mbid = catalogue.artist(index), catalogue.mbid(index)
    about = f" <small>({escape(act.disambiguation)})</small>" if act.disambiguation else ""
    return (
        f'<tr><td><img src="{escape(base)}/pictures/artist/{mbid}.svg" alt=""></td>'
        f"<td>{escape(act.name)}{about}</td>"
        f"<td>{escape(act.city.name)}</td><td>{escape(act.genres[0])}</td><td>{act.announced}</td><td>{act.song_count}</td>"
        f"<td><code>{mbid}</code></td></tr>"
    )
