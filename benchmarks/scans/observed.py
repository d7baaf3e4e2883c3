"""The product's app, which writes down each answer, for granian to serve.

Limits of tries are off: a scanner that is told to come again later sees nothing of what is behind them.
"""

import os
import sys
from pathlib import Path

from flask import Response, request

from setlist.app import create_app
from setlist.extensions import limiter
from setlist.web import limits

app = create_app()
limiter.enabled = False
limits.VOTES_BY_FAN = limits.VOTES_BY_ADDRESS = sys.maxsize
_answers = Path(os.environ["SCAN_ANSWERS"]).open("a", buffering=1, encoding="utf-8")  # noqa: SIM115


@app.after_request
def note(response: Response) -> Response:
    _answers.write(f"{response.status_code} {request.method} {request.path[:200]!r}\n")
    return response
