"""A transport between client and service, so that a test can answer in place of the service."""

from collections.abc import Awaitable, Callable

import httpx
from fake_transport import streamed

Send = Callable[[httpx.Request], Awaitable[httpx.Response]]
Handler = Callable[[httpx.Request, Send], Awaitable[httpx.Response]]
"""Answers a request; the second argument sends it to the service."""


class Interceptor(httpx.AsyncBaseTransport):
    """Passes requests on to the service, or to `handler` if one is set."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport
        self.handler: Handler | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.handler is None:
            return await self._transport.handle_async_request(request)
        return streamed(await self.handler(request, self._transport.handle_async_request))

    def intercept(self, method: str, handler: Handler) -> None:
        """Pass the requests of one method to this handler."""

        async def handle(request: httpx.Request, send: Send) -> httpx.Response:
            return await (handler(request, send) if request.method == method else send(request))

        self.handler = handle

    def refuse_next(self, *errors: tuple[str, str]) -> None:
        """Refuse the next POST with these pointers and details."""

        async def refuse(_request: httpx.Request, _send: Send) -> httpx.Response:
            self.handler = None
            return refusal(*errors)

        self.intercept("POST", refuse)


def refusal(*errors: tuple[str, str]) -> httpx.Response:
    """Return a 400 response with these pointers and details."""
    found = [{"status": "400", "code": "invalid", "detail": d, "source": {"pointer": p}} for p, d in errors]
    return httpx.Response(400, json={"errors": found})
