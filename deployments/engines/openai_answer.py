"""Answers in OpenAI's shape: server-sent events as tokens arrive, or one JSON body at the end; free of vLLM.

An event is a prefix that a request computes once, the new text as JSON, and a suffix: no more is serialized
per token.
"""

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

DONE = b"data: [DONE]\n\n"

_escape = json.encoder.encode_basestring_ascii


def error_event(error: dict[str, Any]) -> bytes:
    """For a stream whose status has been sent; clients raise it."""
    return b"data: " + json.dumps({"error": error}).encode() + b"\n\n"


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    token: str
    logprob: float
    alternatives: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """What one engine step added to one choice."""

    text: str
    tokens: int
    logprobs: tuple[TokenLogprob, ...] | None
    finish_reason: str | None


@dataclass
class Choice:
    """What has been generated of one choice."""

    text: list[str] = field(default_factory=list)
    logprobs: list[TokenLogprob] = field(default_factory=list)
    finish_reason: str | None = None
    length: int = 0
    """Characters."""


class Answer:
    """Of one request, with `choices` choices."""

    def __init__(self, *, chat: bool, model: str, choices: int, logprobs: bool, stream: bool, usage: bool) -> None:
        self._chat = chat
        self._logprobs = logprobs
        self._usage = usage
        self.stream = stream
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.choices = [Choice() for _ in range(choices)]
        kind = ("chat.completion" + ".chunk" * stream) if chat else "text_completion"
        self.id = f"{'chatcmpl' if chat else 'cmpl'}-{uuid.uuid4().hex}"
        self._fields = {"id": self.id, "object": kind, "created": int(time.time()), "model": model}
        self._envelope = "data: " + json.dumps(self._fields, separators=(",", ":"))[:-1]
        self._no_usage = ',"usage":null' if usage else ""
        self._openings = [self._opening(index) for index in range(choices)]
        self._plain_end = f'"finish_reason":null}}]{self._no_usage}}}\n\n'

    @property
    def usage(self) -> dict[str, int]:
        return {"prompt_tokens": self.prompt_tokens, "completion_tokens": self.completion_tokens}

    def add(self, index: int, delta: Delta) -> bytes:
        """Notes a step; the event for the client, or nothing where the answer comes at the end."""
        choice = self.choices[index]
        self.completion_tokens += delta.tokens
        if not self.stream:
            choice.text.append(delta.text)
            choice.logprobs += delta.logprobs or ()
            choice.finish_reason = delta.finish_reason
            return b""
        if not delta.text and delta.finish_reason is None and not delta.logprobs:
            return b""  # half a character
        event = self._event(index, delta, choice.length)
        choice.length += len(delta.text)
        return event

    def begin(self) -> bytes:
        """Events before the first token."""
        if not (self._chat and self.stream):
            return b""
        role = '"delta":{"role":"assistant","content":""},"logprobs":null,'
        return "".join(
            f'{self._envelope},"choices":[{{"index":{index},{role}{self._plain_end}'
            for index in range(len(self.choices))
        ).encode()

    def end(self) -> bytes:
        """Events after the last token, or the body."""
        if not self.stream:
            choices = [self._whole(index) for index in range(len(self.choices))]
            return json.dumps({**self._fields, "choices": choices, "usage": self._total()}).encode()
        if not self._usage:
            return DONE
        return f'{self._envelope},"choices":[],"usage":{json.dumps(self._total())}}}\n\n'.encode() + DONE

    def _opening(self, index: int) -> str:
        text = '"delta":{"content":' if self._chat else '"text":'
        return f'{self._envelope},"choices":[{{"index":{index},{text}'

    def _event(self, index: int, delta: Delta, offset: int) -> bytes:
        logprobs = "null"
        if self._logprobs and delta.logprobs is not None:
            logprobs = json.dumps(self._render_logprobs(delta.logprobs, offset))
        end = self._plain_end
        if delta.finish_reason is not None:
            end = f'"finish_reason":{_escape(delta.finish_reason)}}}]{self._no_usage}}}\n\n'
        brace = "}" if self._chat else ""
        return f'{self._openings[index]}{_escape(delta.text)}{brace},"logprobs":{logprobs},{end}'.encode()

    def _whole(self, index: int) -> dict[str, Any]:
        choice = self.choices[index]
        text = "".join(choice.text)
        logprobs = self._render_logprobs(tuple(choice.logprobs), 0) if self._logprobs else None
        rest = {"logprobs": logprobs, "finish_reason": choice.finish_reason}
        if self._chat:
            return {"index": index, "message": {"role": "assistant", "content": text, "refusal": None}, **rest}
        return {"index": index, "text": text, **rest}

    def _total(self) -> dict[str, int]:
        return {**self.usage, "total_tokens": self.prompt_tokens + self.completion_tokens}

    def _render_logprobs(self, logprobs: tuple[TokenLogprob, ...], offset: int) -> dict[str, Any]:
        if self._chat:
            return {"content": [_chat_logprob(each) for each in logprobs], "refusal": None}
        offsets = []
        for each in logprobs:
            offsets.append(offset)
            offset += len(each.token)
        return {
            "tokens": [each.token for each in logprobs],
            "token_logprobs": [each.logprob for each in logprobs],
            "top_logprobs": [dict(each.alternatives) or None for each in logprobs],
            "text_offset": offsets,
        }


def _chat_logprob(each: TokenLogprob) -> dict[str, Any]:
    alternatives = [_chat_token(token, logprob) for token, logprob in each.alternatives]
    return {**_chat_token(each.token, each.logprob), "top_logprobs": alternatives}


def _chat_token(token: str, logprob: float) -> dict[str, Any]:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode("utf-8", "surrogatepass"))}
