"""The API's own description: /openapi.json for tools, /docs for people; neither needs a token.

A deployment serves it where its setting `docs` says so.
"""

from importlib import resources
from pathlib import Path

from aws_lambda_powertools.event_handler import Response

from freshet.http.application import Api

_SWAGGER_UI = "aws_lambda_powertools.event_handler.openapi.swagger_ui"
# The page brings its scripts along and talks to this API alone.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {"Cache-Control": "public, max-age=300"}


def add_document_routes(api: Api, document: Path) -> None:
    """Register the functions; `document` is the file that lies beside the handler."""

    @api.resolver.get("/openapi.json")
    def get_document() -> Response[str]:
        return Response(
            status_code=200,
            content_type="application/json",
            body=document.read_text(),
            compress=True,
            headers=dict(_HEADERS),
        )

    @api.resolver.get("/docs")
    def get_docs() -> Response[str]:
        if api.query("format") == "json":  # where the page's own link leads
            return get_document()
        return Response(
            status_code=200,
            content_type="text/html; charset=utf-8",
            body=_page(document.read_text()),
            compress=True,
            headers={**_HEADERS, "Content-Security-Policy": _POLICY},
        )


def _page(document: str) -> str:
    # Imported here: it needs pydantic, and hardly any invocation needs it.
    from aws_lambda_powertools.event_handler.openapi.swagger_ui.html import generate_swagger_html

    files = resources.files(_SWAGGER_UI)
    return generate_swagger_html(
        spec=document.replace("</", "<\\/"),
        swagger_js=files.joinpath("swagger-ui-bundle.min.js").read_text(),
        swagger_css=files.joinpath("swagger-ui.min.css").read_text(),
        swagger_base_url="",
        oauth2_config=None,
    )
