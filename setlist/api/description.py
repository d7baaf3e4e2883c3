"""The API's description: openapi.json, written by hand, and a page that lists what is in it."""

import json
from pathlib import Path

from flask import Response, jsonify, render_template

from setlist.models.base import Json

OPENAPI: Json = json.loads((Path(__file__).parent / "openapi.json").read_text(encoding="utf-8"))
CACHING = "public, max-age=300"


def openapi() -> Response:
    response = jsonify(OPENAPI)
    response.headers["Cache-Control"] = CACHING
    return response


def index() -> str:
    calls = [
        (method.upper(), path, call, _answers(call))
        for path, methods in OPENAPI["paths"].items()
        for method, call in methods.items()
    ]
    return render_template("api/index.html", calls=calls, about=OPENAPI["info"]["description"])


def _answers(call: Json) -> dict[str, str]:
    """By status, in words."""
    shared = OPENAPI["components"]["responses"]
    return {
        status: answer.get("description") or shared[answer["$ref"].rpartition("/")[2]]["description"]
        for status, answer in call["responses"].items()
    }
