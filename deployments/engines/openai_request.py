"""Bodies of `chat/completions` and `completions`, checked against what OpenAI documents; free of vLLM."""

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

UNSUPPORTED: dict[str, tuple[Any, ...]] = {
    "audio": (),
    "best_of": (1,),
    "echo": (False,),
    "function_call": ("none",),
    "functions": ([],),
    "modalities": (["text"],),
    "prediction": (),
    "reasoning_effort": (),
    "suffix": ("",),
    "tool_choice": ("none", "auto"),
    "tools": ([],),
    "verbosity": (),
    "web_search_options": (),
}
"""Parameters that OpenAI has and this engine does not, with the values that ask for nothing."""

IGNORED = frozenset(
    ("metadata", "parallel_tool_calls", "prompt_cache_key", "safety_identifier", "service_tier", "store", "user")
)
"""Parameters that change nothing about the answer."""


class RequestError(Exception):
    """What a client did wrong, in OpenAI's shape."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        kind = "invalid_request_error" if status < 500 else "server_error"
        self.error = {"message": message, "type": kind, "param": param, "code": code}


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")
    include_usage: bool | None = None


class JsonSchema(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str | None = None
    json_schema: dict[str, Any] = Field(default_factory=dict, alias="schema")


class ResponseFormat(BaseModel):
    model_config = ConfigDict(extra="forbid")
    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class TextPart(BaseModel):
    model_config = ConfigDict(extra="ignore")
    type: Literal["text"]
    text: str


class Message(BaseModel):
    model_config = ConfigDict(extra="ignore")
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None
    name: str | None = None

    def rendered(self) -> dict[str, str]:
        """As chat templates take it: the content is one string."""
        content = self.content or ""
        text = content if isinstance(content, str) else "".join(part.text for part in content)
        return {"role": "system" if self.role == "developer" else self.role, "content": text}


TokenIds = Annotated[list[Annotated[int, Field(ge=0, strict=True)]], Field(min_length=1)]


class GenerationBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    model: str | None = None
    n: int | None = Field(default=None, ge=1, le=128)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    response_format: ResponseFormat | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stop: str | list[str] | None = None
    logit_bias: dict[int, Annotated[float, Field(ge=-100, le=100)]] | None = None
    # vLLM's own, beyond OpenAI:
    ignore_eos: bool | None = None
    min_tokens: int | None = Field(default=None, ge=0)
    top_k: int | None = Field(default=None, ge=-1)
    min_p: float | None = Field(default=None, ge=0, le=1)
    repetition_penalty: float | None = Field(default=None, gt=0, le=2)

    @field_validator("stop")
    @classmethod
    def _some_stops(cls, stop: str | list[str] | None) -> list[str] | None:
        stops = [stop] if isinstance(stop, str) else stop
        if stops is not None and (len(stops) > 16 or not all(stops)):
            raise ValueError("at most 16 strings, none of them empty")
        return stops

    def sampling(self) -> dict[str, Any]:
        """What was asked about sampling, by the names of vLLM's SamplingParams; what was not asked is absent."""
        names = ("n", "temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "stop", "logit_bias")
        extra = ("ignore_eos", "min_tokens", "top_k", "min_p", "repetition_penalty")
        return {name: value for name in (*names, *extra) if (value := getattr(self, name)) is not None}


class ChatBody(GenerationBody):
    messages: list[Message] = Field(min_length=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    logprobs: bool | None = None
    top_logprobs: int | None = Field(default=None, ge=0, le=20)

    @property
    def limit(self) -> int | None:
        """Most tokens to generate; None is what the context leaves."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def logprobs_count(self) -> int | None:
        """Alternatives per token; 0 asks for the chosen token's alone, None for nothing."""
        return (self.top_logprobs or 0) if self.logprobs else None


class CompletionBody(GenerationBody):
    prompt: str | TokenIds | Annotated[list[str], Field(min_length=1)] | Annotated[list[TokenIds], Field(min_length=1)]
    logprobs: int | None = Field(default=None, ge=0, le=5)

    @property
    def limit(self) -> int | None:
        return self.max_tokens or 16

    @property
    def logprobs_count(self) -> int | None:
        return self.logprobs

    def prompts(self) -> list[str | list[int]]:
        prompt = self.prompt
        if isinstance(prompt, str):
            return [prompt]
        if isinstance(prompt[0], int):
            return [prompt]
        return cast(list[str | list[int]], prompt)


Body = ChatBody | CompletionBody


def parse(path: str, body: dict[str, Any]) -> Body:
    """Raises RequestError."""
    schemas: dict[str, type[Body]] = {"chat/completions": ChatBody, "completions": CompletionBody}
    if path not in schemas:
        raise RequestError(f"This model does not answer on /v1/{path}.", code="unsupported_endpoint", status=404)
    fields = {name: value for name, value in body.items() if name not in IGNORED}
    for name in UNSUPPORTED.keys() & fields.keys():
        value = fields.pop(name)
        if value is not None and value not in UNSUPPORTED[name]:
            raise RequestError(
                f"'{name}' is not supported by this model's engine.", param=name, code="unsupported_parameter"
            )
    try:
        request = schemas[path].model_validate(fields)
    except ValidationError as error:
        raise _rejection(error) from None
    if request.stream_options is not None and not request.stream:
        raise RequestError("'stream_options' is only allowed with 'stream': true.", param="stream_options")
    if isinstance(request, ChatBody) and request.top_logprobs and not request.logprobs:
        raise RequestError("'top_logprobs' needs 'logprobs': true.", param="top_logprobs")
    wanted = request.response_format
    if wanted is not None and wanted.type == "json_schema" and wanted.json_schema is None:
        raise RequestError("'json_schema' is missing.", param="response_format.json_schema")
    return request


def _rejection(error: ValidationError) -> RequestError:
    first = error.errors()[0]
    if first["type"] == "extra_forbidden":
        name = str(first["loc"][0])
        return RequestError(f"Unrecognized request argument supplied: {name}", param=name, code="unknown_parameter")
    param = _path(first["loc"])
    if first["type"] == "missing":
        return RequestError(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")
    return RequestError(f"Invalid value for '{param}': {first['msg']}.", param=param, code="invalid_value")


def _path(location: tuple[int | str, ...]) -> str:
    """`messages[0].content` of pydantic's location, without the names of the alternatives of a union."""
    alternatives = ("str", "int", "TextPart")
    names = [part for part in location if isinstance(part, int) or (part.isidentifier() and part not in alternatives)]
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in names).lstrip(".")
