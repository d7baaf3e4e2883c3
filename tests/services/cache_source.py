"""Where the cache's values come from in its tests."""

import threading

NAME, KEY = "things", "one"


class SourceDownError(Exception):
    pass


class Source:
    """Makes 1, 2, 3 … and can be slow, or down."""

    def __init__(self) -> None:
        self.made = 0
        self.is_down = False
        self.tries = 0
        self.entered = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def __call__(self) -> int:
        self.tries += 1
        if self.is_down:
            raise SourceDownError
        self.made += 1
        made = self.made
        self.entered.set()
        assert self.may_go_on.wait(10)
        return made
