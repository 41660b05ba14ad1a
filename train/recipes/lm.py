"""A language model from scratch: byte-level BPE, Llama architecture, AdamW, warm-up and cosine decay.

One process or many, with Ray or without: `loop` knows only the world it runs in, where its blocks come from, and whom
it tells. Left out on purpose: gradient accumulation, sharded parameters, packing masks (documents of one block see each
other).
"""

import math
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from train.bigram import bits_per_byte
from train.blocks import Batches, EpochReader, Place
from train.corpus import Corpus
from train.export import export
from train.job import Job, Outcome
from train.local import run_local
from train.models.llama import Llama, LlamaConfig
from train.sink import Sink, State
from train.throughput import Meter
from train.world import World
from trine.specs.training import LanguageModelSpec, OptimizerSpec

if TYPE_CHECKING:
    from train.preparation import Preparation


def train(spec: LanguageModelSpec, job: Job, preparation: "Preparation | None" = None) -> Outcome | None:
    """None on all but the first of several processes. `preparation`: of a run through Ray, where one has begun."""
    if job.local:
        trained = run_local(loop, spec, job)
    else:
        # Ray stays out of a local run.
        from train.preparation import start_preparing
        from train.trainer import run_on_ray

        trained = run_on_ray(loop, spec, job, preparation or start_preparing(spec, job))
    return export(spec, trained, job.folder / "model") if trained else None


def loop(spec: LanguageModelSpec, corpus: Corpus, world: World, epochs: EpochReader, sink: Sink) -> None:
    """Trains to `spec.steps`; the last thing that `sink` gets is the final state."""
    torch.manual_seed(spec.seed)
    config = llama_config(spec, corpus.vocabulary)
    model = Llama(config).to(world.device)
    optimizer = adamw(model, spec.optimizer)
    step, place, results = 0, Place(), dict[str, float]()
    if state := sink.restored():
        step, place, results = _restore(state, model, optimizer, world)
    wrapped = world.wrap(model)
    batches = Batches(epochs, spec.batch // world.size, place)
    autocast = torch.autocast(world.device.type, torch.bfloat16, enabled=spec.precision == "bfloat16")
    meter = Meter(config, spec.batch, model.parameter_count(), world)

    def validated() -> dict[str, float]:
        with autocast:
            nats = held_out_nats(model, corpus, world, spec.batch)
        size = corpus.held_out_bytes
        results["validation/loss"] = nats / corpus.held_out[:, 1:].size
        results["validation/bits_per_byte"] = bits_per_byte(nats, size)
        results.setdefault("before/bits_per_byte", results["validation/bits_per_byte"])
        return {name: value for name, value in results.items() if name.startswith("validation/")}

    if step == 0:
        sink.report(0, validated())
    meter.start(step)
    while step < spec.steps:
        rate = learning_rate(spec.optimizer, step, spec.steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        tokens_BT = torch.from_numpy(next(batches)).to(world.device, torch.int64)
        with autocast:
            logits_BTV = wrapped(tokens_BT[:, :-1])
            loss = F.cross_entropy(logits_BTV.flatten(0, 1).float(), tokens_BT[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), spec.optimizer.gradient_clip)
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        meter.add(loss.detach())
        results.setdefault("first_step_at", time.time())

        last = step == spec.steps
        if last:
            results["last_step_at"] = time.time()
        due = False
        if step == 1 or last or step % spec.report_every == 0:
            metrics, due = meter.read(step, sink.due())
            sink.report(step, {**metrics, "learning_rate": rate})
        if last or step % spec.validate_every == 0:
            with meter.paused():
                sink.report(step, validated())
        if last or step % spec.checkpoint.every_steps == 0:
            with meter.paused():
                sink.flush(step, _state(step, batches.place, results, model, optimizer, world), last)
        elif due:
            sink.flush(step, None)


def llama_config(spec: LanguageModelSpec, vocabulary: int) -> LlamaConfig:
    shape = spec.shape.model_dump()
    return LlamaConfig(vocabulary=vocabulary, **shape)


def adamw(model: torch.nn.Module, spec: OptimizerSpec) -> torch.optim.AdamW:
    """Weight decay for matrices only."""
    matrices = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.ndim <= 1]
    return torch.optim.AdamW(
        [{"params": matrices, "weight_decay": spec.weight_decay}, {"params": vectors, "weight_decay": 0.0}],
        lr=spec.learning_rate,
        betas=(spec.beta1, spec.beta2),
        fused=True,
    )


def learning_rate(spec: OptimizerSpec, step: int, steps: int) -> float:
    """For the step that follows `step` finished ones."""
    if step < spec.warmup_steps:
        return spec.learning_rate * (step + 1) / spec.warmup_steps
    progress = (step - spec.warmup_steps) / max(1, steps - 1 - spec.warmup_steps)
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
    return spec.learning_rate * (spec.final_fraction + (1 - spec.final_fraction) * cosine)


@torch.no_grad()
def held_out_nats(model: torch.nn.Module, corpus: Corpus, world: World, batch: int) -> float:
    """Of all held-out targets; each rank measures its share."""
    model.eval()
    total = torch.zeros((), dtype=torch.float64, device=world.device)
    own = torch.from_numpy(corpus.held_out[world.rank :: world.size].copy())
    for blocks in own.split(max(1, batch // world.size)):
        tokens_BT = blocks.to(world.device, torch.int64)
        logits_BTV = model(tokens_BT[:, :-1]).float()
        total += F.cross_entropy(logits_BTV.flatten(0, 1), tokens_BT[:, 1:].flatten(), reduction="sum").double()
    model.train()
    return float(world.sum(total))


def _state(
    step: int,
    place: Place,
    results: dict[str, float],
    model: Llama,
    optimizer: torch.optim.Optimizer,
    world: World,
) -> State:
    own = torch.tensor([place.epoch, place.group, place.block], device=world.device)
    return {
        "step": step,
        "places": world.gather(own).cpu(),
        "results": dict(results),
        "shape": asdict(model.config),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
    }


def _restore(
    state: State, model: Llama, optimizer: torch.optim.Optimizer, world: World
) -> tuple[int, Place, dict[str, float]]:
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    results = {name: value for name, value in state["results"].items() if name != "first_step_at"}
    places = state["places"].tolist()
    if len(places) == world.size:
        return state["step"], Place(*places[world.rank]), results
    # Another number of workers shares the data in another way: begin the next pass.
    return state["step"], Place(1 + max(epoch for epoch, _, _ in places)), results
