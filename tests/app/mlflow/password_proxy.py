"""What people put in front of `mlflow server`: a proxy that lets nobody in without a name and a password."""

import base64

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

NAME, PASSWORD = "ada", "engine no 1"
_ALLOWED = "Basic " + base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
DOWNLOADS = "/api/2.0/mlflow-artifacts/artifacts/"
_OF_THE_HOP = {"host", "authorization", "connection", "content-length", "content-encoding", "transfer-encoding"}


class PasswordProxy:
    """An ASGI application; `credentials` are all that were sent to it."""

    def __init__(self, behind: str) -> None:
        self._http = httpx.AsyncClient(base_url=behind, trust_env=False, timeout=60)
        self.credentials: set[str | None] = set()
        self.downloads_left: int | None = None
        """Until the server is away; None: it stays."""

    async def close(self) -> None:
        await self._http.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        said = request.headers.get("authorization")
        self.credentials.add(said)
        if said != _ALLOWED:
            return PlainTextResponse("a name and a password are needed", 401)
        if self.downloads_left == 0:
            return PlainTextResponse("away", 503)
        if self.downloads_left and request.url.path.startswith(DOWNLOADS):
            self.downloads_left -= 1
        reply = await self._http.request(
            request.method,
            request.url.path,
            params=request.url.query,
            content=await request.body(),
            headers={name: value for name, value in request.headers.items() if name not in _OF_THE_HOP},
        )
        headers = {name: value for name, value in reply.headers.items() if name not in _OF_THE_HOP}
        return Response(reply.content, reply.status_code, headers)
