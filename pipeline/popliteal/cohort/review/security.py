"""Who may see the pages: the one browser that was given the token, on this machine, and no other site through it.

* The program listens on 127.0.0.1 alone. A ``Host`` other than its own is refused (DNS rebinding).
* The address that is printed holds a token that works once; it is exchanged for a cookie that scripts cannot read and
  that is not sent along from other sites (``HttpOnly``, ``SameSite=Strict``).
* A change needs the page's own ``Origin`` and the session's secret in the form.
* The policy allows style sheet and script of this server and nothing else: no inline script, no frame, no other host.
* Nothing is cached, nothing is logged; an unforeseen error tells its type and place in the code, never a value.
"""

from __future__ import annotations

import hmac
import secrets
import sys
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from popliteal.running.faults import location

ENTRANCE = "/enter"
#: Name of the form field that carries the session's secret.
FIELD = "csrf"
#: Bytes of a form above which it cannot be one of ours.
LONGEST_FORM = 1 << 18
SAFE = frozenset({"GET", "HEAD"})

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class Session:
    """The secrets of one run of the server.

    Args:
        port: where it listens; part of the cookie's name, since cookies are shared between ports.
    """

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.origin = f"http://{self.host}"
        self.csrf = secrets.token_urlsafe(32)
        self._name = f"popliteal_review_{port}"
        self._token: str | None = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        """What to open in a browser; it works once."""
        return f"{self.origin}{ENTRANCE}?token={self._token}"

    def enter(self, token: str) -> Response:
        """Exchange the token for the cookie."""
        if self._token is None or not _same(token, self._token):
            return refusal("This address has been used, or is not whole. Start popliteal review again for a new one.")
        self._token = None
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self._name, self._cookie, httponly=True, samesite="strict", path="/")
        return answer

    def knows(self, headers: Headers) -> bool:
        """Whether a request bears the cookie."""
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self._name)
        except CookieError:
            return False
        return found is not None and _same(found.value, self._cookie)


def refusal(why: str) -> Response:
    """The answer to who may not come in."""
    return PlainTextResponse(f"popliteal review: refused. {why}\n", status_code=403)


class Guard:
    """Stands before the pages: lets through what is allowed and sets the headers of every answer."""

    def __init__(self, app: ASGIApp, session: Session) -> None:
        self._app = app
        self._session = session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            started = False

            async def guarded(message: Message) -> None:
                nonlocal started
                if message["type"] == "http.response.start":
                    started = True
                    headers = MutableHeaders(scope=message)
                    for name, value in HEADERS.items():
                        headers[name] = value
                await send(message)

            try:
                await self._serve(scope, receive, guarded)
            except Exception as error:
                # no traceback and no message: either could quote a note
                sys.stderr.write(f"popliteal: internal error: {type(error).__name__} at {location(error)}\n")
                if not started:
                    answer = PlainTextResponse("popliteal review: internal error; see the terminal.\n", status_code=500)
                    await answer(scope, receive, guarded)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if headers.getlist("host") != [self._session.host]:
            await refusal("Open the address as it was printed.")(scope, receive, send)
        elif scope["path"] == ENTRANCE and scope["method"] == "GET":
            token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
            await self._session.enter(token)(scope, receive, send)
        elif not self._session.knows(headers):
            why = "Open the address that popliteal review printed in the terminal; it works once."
            await refusal(why)(scope, receive, send)
        elif scope["method"] in SAFE:
            await self._app(scope, receive, send)
        elif headers.get("origin") != self._session.origin:
            await refusal("The request comes from another page.")(scope, receive, send)
        else:
            await self._change(scope, receive, send)

    async def _change(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A form: read here, so that its secret is checked before anything else sees it."""
        body = await _read(receive)
        if body is None:
            await PlainTextResponse("popliteal review: the form is too long.\n", status_code=413)(scope, receive, send)
            return
        form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        if not _same(form.get(FIELD, [""])[0], self._session.csrf):
            await refusal("The form is not of this session; load the page again.")(scope, receive, send)
            return
        scope["state"] = {**scope.get("state", {}), "form": {name: values[0] for name, values in form.items()}}
        await self._app(scope, receive, send)


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None where it is longer than a form can be."""
    body = bytearray()
    while len(body) <= LONGEST_FORM:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body", False):
            return bytes(body) if len(body) <= LONGEST_FORM else None
    return None


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
