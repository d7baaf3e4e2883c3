"""People in front of a browser: each has a context, so cookies, of their own."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

MILLISECONDS = 20_000  # the longest wait for anything on a page; an import's end has its own
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}


class Visitors:
    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._contexts: list[BrowserContext] = []

    def phone(self, **options: Any) -> Page:
        return self._arrives({**PHONE, **options})

    def desk(self, **options: Any) -> Page:
        return self._arrives({**DESK, **options})

    def leave(self) -> None:
        for context in self._contexts:
            context.close()

    def seen(self) -> list[tuple[str, str]]:
        """What each page shows, for a failure's report."""
        pages = [page for context in self._contexts for page in context.pages]
        return [(f"page {page.url}", page.locator("body").inner_text(timeout=2_000)) for page in pages]

    def _arrives(self, options: dict[str, Any]) -> Page:
        context = self._browser.new_context(base_url=self._url, locale="en-GB", **options)
        context.set_default_timeout(MILLISECONDS)
        self._contexts.append(context)
        return context.new_page()


class Complaints:
    """What the browser's console and its requests have to say about a page."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        page.on("pageerror", lambda error: self.heard.append(f"{page.url}: {error}"))
        page.on("requestfailed", self._lose)
        page.on("console", self._listen)

    def about_anything_but(self, *expected: str) -> list[str]:
        return [words for words in self.heard if not any(word in words for word in expected)]

    def _lose(self, request: Request) -> None:
        """What the browser itself gave up, on its way to another page, is no loss."""
        if request.failure != "net::ERR_ABORTED":
            self.heard.append(f"{request.url}: {request.failure}")

    def _listen(self, message: ConsoleMessage) -> None:
        """Refused styles, scripts and pictures (Content-Security-Policy) come as errors too."""
        if message.type in {"error", "warning"}:
            self.heard.append(f"{message.location['url']}: {message.text}")
