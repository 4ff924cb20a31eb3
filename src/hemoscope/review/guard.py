"""Who may ask the bench: the person who was given its address, from a page of its own."""

import secrets
from collections.abc import Awaitable, Callable, Sequence

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

COOKIE = "hemoscope_review"
_READING = ("GET", "HEAD")

# Pictures and scripts of this server alone; nothing inline, nothing framed.
_POLICY = (
    "default-src 'none'; img-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Next = Callable[[Request], Awaitable[Response]]


def new_token() -> str:
    """What nobody can guess: 43 characters for a URL."""
    return secrets.token_urlsafe(32)


class Guard:
    """Turns away other hosts, strangers, and writes that no page of ours has made."""

    def __init__(self, token: str, hosts: Sequence[str]) -> None:
        """Set the guard up.

        Args:
            token: The address of the page ends in it; a cookie remembers it.
            hosts: What a browser may call this server ("127.0.0.1:8341"). Another name means that
                somebody's page has been made to point here (DNS rebinding).
        """
        self._token, self._hosts = token, frozenset(hosts)

    async def __call__(self, request: Request, go_on: Next) -> Response:
        """The answer to a request, or the refusal of it."""
        response = self._refusal(request) or await go_on(request)
        response.headers.update(_HEADERS)
        return response

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("host", "") not in self._hosts:
            return _no(421, "this server is not called so.")
        shown = request.query_params.get("token")
        if request.method == "GET" and request.url.path == "/" and self._is_token(shown):
            welcome = RedirectResponse("/", status_code=303)
            welcome.set_cookie(COOKIE, self._token, httponly=True, samesite="strict")
            return welcome
        if not self._is_token(request.cookies.get(COOKIE)):
            return _no(403, "open the address that hemoscope review has printed, to its end.")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.method not in _READING and kind != "application/json":
            return _no(415, "what is written here comes as JSON.")
        return None

    def _is_token(self, shown: str | None) -> bool:
        return shown is not None and secrets.compare_digest(shown.encode(), self._token.encode())


def _no(status: int, why: str) -> JSONResponse:
    return JSONResponse({"message": why}, status_code=status)
