"""The page at `/docs`, where the API can be read and tried: Swagger UI, all of it from here.

Nothing of it is loaded from elsewhere, and its page has no script in it: so the policy of browsers needs no exception.
The files are those that the package `fastapi-offline` brings.
"""

import importlib.resources
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response

PATH = "/docs"
STATIC = Path(str(importlib.resources.files("fastapi_offline"))) / "static"
FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}
PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trine API</title>
<link rel="stylesheet" href="{PATH}/swagger-ui.css">
<link rel="icon" href="{PATH}/favicon.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{PATH}/swagger-ui-bundle.js"></script>
<script src="{PATH}/start.js"></script>
</body>
</html>
"""
# No validator: it would be told the address of the description. A page that is signed in repeats its cookie.
START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    const csrf = document.cookie.match(/(?:^|; )(?:__Host-)?trine_csrf=([^;]*)/);
    if (csrf) request.headers["X-CSRF-Token"] = csrf[1];
    return request;
  },
});
"""


def install(app: FastAPI) -> None:
    @app.get(PATH, include_in_schema=False)
    async def page() -> Response:
        return HTMLResponse(PAGE)

    @app.get(f"{PATH}/start.js", include_in_schema=False)
    async def start() -> Response:
        return Response(START, media_type="text/javascript")

    for name, kind in FILES.items():
        _serve(app, name, kind)


def _serve(app: FastAPI, name: str, kind: str) -> None:
    @app.get(f"{PATH}/{name}", include_in_schema=False)
    async def file() -> Response:
        return FileResponse(STATIC / name, media_type=kind, headers={"Cache-Control": "public, max-age=3600"})
