"""The one module that imports vLLM. It runs in the engine process only."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import vllm.model_executor.models.registry
from vllm.engine.arg_utils import AsyncEngineArgs
from vllm.exceptions import VLLMClientError
from vllm.inputs.engine import tokens_input
from vllm.outputs import CompletionOutput, RequestOutput
from vllm.sampling_params import RequestOutputKind, SamplingParams, StructuredOutputsParams
from vllm.v1.engine.async_llm import AsyncLLM
from vllm.v1.engine.exceptions import EngineDeadError

from deployments.engines.engine_client import EngineStopped
from deployments.engines.engine_settings import EngineSettings
from deployments.engines.openai_answer import Delta, TokenLogprob
from deployments.engines.openai_request import Body, ChatBody, RequestError

GIB = 1024**3
INLINE_CHARACTERS = 4096
"""Longer prompts are tokenized in a thread, so that the streams of others go on."""

Put = Callable[[int, Delta | None], None]
"""Takes what a step added to a choice, by its index; None when the engine gave up."""


class VllmEngine:
    """AsyncLLM, spoken to in token ids and `Delta`s."""

    def __init__(self, settings: EngineSettings) -> None:
        """Takes seconds, in which the event loop stands still; raises what keeps the model from being served."""
        self._engine = _on_gpu(settings) if settings.gpu else _on_cpu(settings)
        self._tokenizer: Any = self._engine.get_tokenizer()
        self._context: int = self._engine.model_config.max_model_len
        self._defaults = {"temperature": 1.0, **self._engine.model_config.get_diff_sampling_param()}
        self._defaults.pop("max_tokens", None)

    @property
    def unfinished(self) -> int:
        count: int = self._engine.get_num_unfinished_requests()
        return count

    async def check(self) -> None:
        """Raises EngineStopped."""
        try:
            await self._engine.check_health()
        except EngineDeadError as error:
            raise EngineStopped(str(error)) from error

    def shutdown(self) -> None:
        self._engine.shutdown(timeout=2)

    async def tokenize(self, body: Body) -> list[list[int]]:
        """Token ids of each prompt. Raises RequestError."""
        chat = isinstance(body, ChatBody)
        texts = [self._render(body)] if isinstance(body, ChatBody) else body.prompts()
        encode = partial(self._tokenizer.encode, add_special_tokens=not chat)
        prompts = []
        for text in texts:
            if isinstance(text, list):
                prompts.append(text)
            elif len(text) <= INLINE_CHARACTERS:
                prompts.append(encode(text))
            else:
                prompts.append(await asyncio.to_thread(encode, text))
        return prompts

    def params(self, body: Body, prompts: list[list[int]]) -> SamplingParams:
        """Raises RequestError."""
        try:
            return SamplingParams(
                **{**self._defaults, **body.sampling()},
                max_tokens=self._limit(body, prompts),
                logprobs=body.logprobs_count,
                structured_outputs=_structure(body),
                output_kind=RequestOutputKind.DELTA if body.stream else RequestOutputKind.FINAL_ONLY,
            )
        except (VLLMClientError, ValueError) as error:
            raise RequestError(str(error), param=getattr(error, "parameter", None)) from error

    async def generate(self, request_id: str, prompt: list[int], params: SamplingParams, put: Put) -> str:
        """Starts to generate and returns the id to abort with; raises RequestError or EngineStopped."""
        try:
            queue = await self._engine.add_request(request_id, tokens_input(prompt), params)
        except EngineDeadError as error:
            raise EngineStopped(str(error)) from error
        except (VLLMClientError, ValueError) as error:
            raise RequestError(str(error), param=getattr(error, "parameter", None)) from error

        def take(output: RequestOutput | Exception) -> None:
            if isinstance(output, Exception):
                put(0, None)
                return
            for choice in output.outputs:
                put(choice.index, None if choice.finish_reason in ("abort", "error") else _delta(choice))

        # vLLM calls `put` of every request's queue once per step. Taking the output there, instead of waking one task
        # per stream, is what lets all streams of a step leave in one write.
        queue.put = take
        if (early := queue.get_nowait()) is not None:
            take(early)
        internal: str = queue.request_id
        return internal

    async def abort(self, ids: list[str]) -> None:
        await self._engine.abort(ids, internal=True)

    def _render(self, body: ChatBody) -> str | list[int]:
        if not self._tokenizer.chat_template:
            raise RequestError("This model has no chat template; use /v1/completions.", code="no_chat_template")
        messages = [message.rendered() for message in body.messages]
        text: str = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return text

    def _limit(self, body: Body, prompts: list[list[int]]) -> int:
        name = "messages" if isinstance(body, ChatBody) else "prompt"
        longest = max(len(prompt) for prompt in prompts)
        if not min(len(prompt) for prompt in prompts):
            raise RequestError("The prompt is empty.", param=name, code="invalid_value")
        limit = body.limit or max(1, self._context - longest)
        if longest + limit > self._context:
            raise RequestError(
                f"This model's maximum context length is {self._context} tokens. However, you requested "
                f"{longest + limit} tokens ({longest} in the {name}, {limit} in the completion). "
                f"Please reduce the length of the {name} or completion.",
                param=name,
                code="context_length_exceeded",
            )
        return limit


def _on_cpu(settings: EngineSettings) -> AsyncLLM:
    """One import of vLLM for all of its processes: the engine is forked from this one.

    vLLM's CPU platform chooses to spawn while the configuration is made, so the choice is changed between the two. The
    model runs inside the engine's process: the threads that vLLM's worker process would take from its environment are
    set in ours before it starts (`launcher.py`). Eager, because compiling takes longer than small models win back.
    """
    os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"  # or "uni" becomes "mp"
    registry: Any = vllm.model_executor.models.registry
    registry._run_in_subprocess = lambda inspect: inspect()  # the subprocess, one more import, only protects CUDA
    config = AsyncEngineArgs(
        **_arguments(settings),
        distributed_executor_backend="uni",
        enforce_eager=True,
        kv_cache_memory_bytes=int(settings.cache_gib * GIB),
    ).create_engine_config()
    del os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"]
    os.environ["VLLM_WORKER_MULTIPROC_METHOD"] = "fork"
    return AsyncLLM.from_vllm_config(config, disable_log_stats=True)


def _on_gpu(settings: EngineSettings) -> AsyncLLM:
    """vLLM's own processes (spawned: CUDA does not survive a fork) on the GPUs that Ray gave the replica."""
    return AsyncLLM.from_engine_args(
        AsyncEngineArgs(
            **_arguments(settings),
            tensor_parallel_size=max(1, int(settings.gpu)),
            gpu_memory_utilization=0.9 * min(1.0, settings.gpu),
        )
    )


def _arguments(settings: EngineSettings) -> dict[str, Any]:
    return {
        "model": settings.folder,
        "load_format": "safetensors",
        "trust_remote_code": False,
        "max_model_len": settings.context,
        "max_num_seqs": settings.concurrent,
        "disable_log_stats": True,
    }


def _structure(body: Body) -> StructuredOutputsParams | None:
    wanted = body.response_format
    if wanted is None or wanted.type == "text":
        return None
    if wanted.json_schema is None:
        return StructuredOutputsParams(json_object=True)
    return StructuredOutputsParams(json=wanted.json_schema.json_schema)


def _delta(choice: CompletionOutput) -> Delta:
    logprobs = None
    if choice.logprobs is not None:
        pairs = zip(choice.token_ids, choice.logprobs, strict=True)
        logprobs = tuple(_logprob(token, position) for token, position in pairs)
    return Delta(choice.text, len(choice.token_ids), logprobs, choice.finish_reason)


def _logprob(token: int, position: Any) -> TokenLogprob:
    chosen = position[token]
    ranked = sorted(position.values(), key=lambda each: each.rank)
    # vLLM adds the chosen token to the alternatives when it is not among the most likely.
    extra = chosen.rank > len(position) - 1
    alternatives = tuple((each.decoded_token or "", each.logprob) for each in ranked[: len(position) - extra])
    return TokenLogprob(chosen.decoded_token or "", chosen.logprob, alternatives)
