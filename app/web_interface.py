"""Serves the built web interface; every address that is not a file is the page, whose router does the rest."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.types import Scope

from app.config import Settings
from app.errors import problem

BUILT = Path(__file__).parents[1] / "web" / "dist"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
RESERVED = ("/api/", "/v1/", "/v2/", "/mcp")


class Assets(StaticFiles):
    """Their names hold a digest of their content, so they are kept; compressed ones were built beside them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        compressed = "gzip" in Headers(scope=scope).get("accept-encoding", "") and self.lookup_path(path + ".gz")[1]
        response = await super().get_response(path + ".gz" if compressed else path, scope)
        if compressed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def install(app: FastAPI, settings: Settings) -> None:
    root = settings.web_root or BUILT
    if (root / "assets").is_dir():
        app.mount("/assets", Assets(directory=root / "assets"), name="assets")

    @app.get("/{path:path}", include_in_schema=False)
    async def page(request: Request, path: str) -> Response:
        if request.url.path.startswith(RESERVED):
            return problem(404, "not_found", f"there is no {request.url.path}; the API is described at /docs")
        wanted = (root / path).resolve()
        if path and wanted.is_file() and wanted.is_relative_to(root.resolve()):
            return FileResponse(wanted, headers=HEADERS)
        if not (root / "index.html").is_file():
            return problem(404, "no_interface", "the web interface is not built: run `make web`; the API is at /docs")
        return FileResponse(root / "index.html", headers=HEADERS)
