"""Figures of the queues."""

from dataclasses import asdict

from flask import Response, jsonify

from setlist.extensions import db
from setlist.queue.stats import CAP, queue_stats


def stats() -> Response:
    return jsonify(count_cap=CAP, queues=[asdict(queue) for queue in queue_stats(db.session())])
