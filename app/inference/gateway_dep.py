"""The gateway of the application that a request came to."""

from typing import Annotated

from fastapi import Depends, Request

from app.inference.gateway import Gateway


async def gateway(request: Request) -> Gateway:
    held: Gateway = request.app.state.gateway
    return held


GatewayDep = Annotated[Gateway, Depends(gateway)]
