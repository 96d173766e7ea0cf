"""Prints a page of an application: the browser's requests are answered in this process, so no port is open for them."""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx
from starlette.types import ASGIApp

from server.reporting.chromium import Chromium, running
from warehouse.errors import Unavailable

LONGEST_S = 60.0
# Browsers trust it as they trust https.
ORIGIN = "http://localhost"
_POLL_S = 0.1
# Of the answer's headers these are of the connection, or of the body as it was sent.
_DROPPED = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection"})
# A4 with margins of 12 mm, in inches. The page is laid out wider and scaled, so that charts keep their proportions.
_PAPER = {"paperWidth": 8.27, "paperHeight": 11.69}
_MARGIN_IN, _PIXELS_AN_INCH = 0.47, 96
_PDF_WIDTH_PX, _PNG_WIDTH_PX, _HEIGHT_PX = 940, 1_280, 1_000
_PNG_SCALE = 2
# The longest side that browsers paint, in pixels of the picture.
_MOST_PNG_PX = 16_384
_FOOTER = (
    '<div style="width: 100%; padding: 0 12mm; font: 8px sans-serif; color: #666; text-align: right">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)


class PrintFormat(StrEnum):
    """What a page is printed to."""

    PDF = "pdf"
    PNG = "png"


@dataclass(frozen=True)
class Page:
    """A page of an application: its path with query and fragment; `is_ready` is an expression in JavaScript that is
    true once all of it is there, `said` one that tells why it never will be, '' while it may.
    """

    app: ASGIApp
    path: str
    is_ready: str
    said: str


async def printed(program: str, page: Page, kind: PrintFormat, longest_s: float = LONGEST_S) -> bytes:
    """A page as a file, in the light theme and the style for print.

    Raises: Unavailable where the browser fails, the page says why it can't be shown, or it takes too long.
    """
    try:
        async with asyncio.timeout(longest_s), running(program) as browser:
            transport = httpx.ASGITransport(page.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, timeout=longest_s) as client:
                opened = _Opened(browser, client)
                try:
                    await opened.open(page, _PDF_WIDTH_PX if kind is PrintFormat.PDF else _PNG_WIDTH_PX)
                    return await (opened.pdf() if kind is PrintFormat.PDF else opened.png())
                finally:
                    await opened.close()
    except TimeoutError as error:
        raise Unavailable(
            f"The page was not complete within {longest_s:.0f} s. Try again, or a shorter range."
        ) from error


@dataclass
class _Opened:
    """A page in a browser, and the requests of it that are under way."""

    browser: Chromium
    client: httpx.AsyncClient
    _answering: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self, page: Page, width_px: int) -> None:
        call = self.browser.call
        self.browser.listener = self._hear
        await call("Page.enable")
        await call("Fetch.enable", patterns=[{"urlPattern": "*"}])
        await call("Emulation.setEmulatedMedia", media="print", features=_LOOK)
        await self._size(width_px, _HEIGHT_PX)
        await call("Page.navigate", url=f"{ORIGIN}{page.path}")
        while not await self._told(page.is_ready):
            said = await self._told(page.said)
            if said:
                raise Unavailable(f"The page can't be printed: {said}")
            await asyncio.sleep(_POLL_S)
        # Fonts and pictures are painted with the frame after this one.
        await self._told("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")

    async def pdf(self) -> bytes:
        paper_px = (_PAPER["paperWidth"] - 2 * _MARGIN_IN) * _PIXELS_AN_INCH
        margins = {f"margin{side}": _MARGIN_IN for side in ("Top", "Bottom", "Left", "Right")}
        found = await self.browser.call(
            "Page.printToPDF",
            **_PAPER,
            **margins,
            scale=paper_px / _PDF_WIDTH_PX,
            printBackground=True,
            displayHeaderFooter=True,
            headerTemplate="<span></span>",
            footerTemplate=_FOOTER,
            generateTaggedPDF=True,
        )
        return base64.b64decode(found["data"])

    async def png(self) -> bytes:
        height_px = min(int(await self._told("document.documentElement.scrollHeight")), _MOST_PNG_PX // _PNG_SCALE)
        await self._size(_PNG_WIDTH_PX, height_px)
        await self._told("new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))")
        found = await self.browser.call("Page.captureScreenshot", format="png")
        return base64.b64decode(found["data"])

    async def close(self) -> None:
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    async def _size(self, width_px: int, height_px: int) -> None:
        await self.browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=width_px,
            height=height_px,
            deviceScaleFactor=_PNG_SCALE,
            mobile=False,
        )

    async def _told(self, expression: str) -> Any:
        """The value of an expression, or of the promise that it is."""
        found = await self.browser.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        return found["result"].get("value")

    def _hear(self, method: str, told: Mapping[str, Any]) -> None:
        if method == "Fetch.requestPaused":
            task = asyncio.create_task(self._answer(told["requestId"], told["request"]))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer(self, request_id: str, asked: Mapping[str, Any]) -> None:
        if not asked["url"].startswith(f"{ORIGIN}/"):
            await self.browser.call("Fetch.failRequest", requestId=request_id, errorReason="AccessDenied")
            return
        parts = (base64.b64decode(one.get("bytes", "")) for one in asked.get("postDataEntries", ()))
        headers = {**asked["headers"], "Accept-Encoding": "identity"}
        url, _, _ = asked["url"].partition("#")
        answer = await self.client.request(asked["method"], url, headers=headers, content=b"".join(parts))
        await self.browser.call(
            "Fetch.fulfillRequest",
            requestId=request_id,
            responseCode=answer.status_code,
            responseHeaders=[
                {"name": name, "value": value}
                for name, value in answer.headers.multi_items()
                if name.lower() not in _DROPPED
            ],
            body=base64.b64encode(answer.content).decode(),
        )


_LOOK = [
    {"name": "prefers-color-scheme", "value": "light"},
    {"name": "prefers-reduced-motion", "value": "reduce"},
]
