"""The Open Inference Protocol (version 2), for models that are not language models."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.deps import MayCall
from app.errors import PROBLEMS
from app.inference.gateway_dep import GatewayDep

router = APIRouter(prefix="/v2", tags=["open inference"])

TENSORS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["inputs"],
                    "properties": {"inputs": {"type": "array", "items": {"type": "object"}, "minItems": 1}},
                }
            }
        },
    }
}

REFUSED: dict[int | str, dict[str, Any]] = {
    408: PROBLEMS[413] | {"description": "The body did not arrive in time"},
    409: PROBLEMS[409],
    413: PROBLEMS[413],
    429: PROBLEMS[429],
    503: PROBLEMS[503],
}


@router.post("/models/{name}/infer", openapi_extra=TENSORS, responses=REFUSED)
async def infer(gateway: GatewayDep, principal: MayCall, request: Request, name: str) -> Response:
    """`inputs` are tensors (`name`, `shape`, `datatype`, `data`); `name` is the service."""
    return await gateway.infer(request, principal, name)
