"""The files of the page, read anew each time so that they can be worked on."""

from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from tests.simulators.common.wire import PathUnknown, Reply

_FOLDER = Path(__file__).with_name("page")
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def page_named(path: str, *, api_url: str | None) -> Reply:
    """Give a file of the page, which may call this API and nothing else; raises PathUnknown."""
    name = "index.html" if path == "/" else path.removeprefix("/")
    # Only what lies right in the folder: no path leads out of it.
    files = {each.name: each for each in _FOLDER.iterdir() if each.suffix in _TYPES}
    if name not in files:
        raise PathUnknown
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _policy(api_url),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    content_type = _TYPES[files[name].suffix]
    return Reply(HTTPStatus.OK, files[name].read_bytes(), content_type, headers)


def _policy(api_url: str | None) -> str:
    parts = urlsplit(api_url or "")
    api = f" {parts.scheme}://{parts.netloc}" if api_url else ""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": f"'self'{api}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
