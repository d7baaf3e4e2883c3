"""JSON and event streams for programs. What is served, in one table; described in openapi.json."""

from flask import Blueprint

from setlist.api import description, health, imports, queues, streams, votes

api = Blueprint("api", __name__, url_prefix="/api")
api.add_url_rule("/", view_func=description.index)
api.add_url_rule("/openapi.json", view_func=description.openapi)
api.add_url_rule("/health", view_func=health.health)
api.add_url_rule("/queues/stats", view_func=queues.stats)
api.add_url_rule("/queues/history", view_func=queues.queue_history)
api.add_url_rule("/import/active", view_func=imports.active)
api.add_url_rule("/import/statistics", view_func=imports.statistics)
api.add_url_rule("/import/progress", view_func=imports.progress)
api.add_url_rule("/shows/<int:show_id>/tallies", view_func=votes.tallies)
api.add_url_rule(
    "/shows/<int:show_id>/songs/<int:song_id>/wish", view_func=votes.wish, methods=["PUT", "DELETE"]
)
api.record_once(streams.install)
