"""Bodies that arrive slowly take half of the threads at most, so that pages are still answered.

The web server ends a request whose headers take half a minute, but waits for a body for as long as somebody
sends a byte now and then, and a thread waits with it. A proxy that keeps a body until it is whole (nginx does
so by itself) leaves nothing of this; without one, who is slow on purpose may hinder writing, but not reading.
"""

import threading

from flask import Flask, request
from werkzeug.exceptions import ServiceUnavailable

from config import Settings

WAIT_SECONDS = 1.0  # for a place; bodies usually come with their headers
RETRY_SECONDS = 5


def install(app: Flask, settings: Settings) -> None:
    places = threading.BoundedSemaphore(settings.web_threads // 2)

    def read_body() -> None:
        """Views find it read and parsed. One that is too large is refused here, without being read."""
        if not request.content_length:
            return
        if not places.acquire(timeout=WAIT_SECONDS):
            raise ServiceUnavailable("Too much is being sent just now. Try again.", retry_after=RETRY_SECONDS)
        try:
            request.get_data(parse_form_data=True)
        finally:
            places.release()

    app.before_request(read_body)
