"""A small fully connected network on labelled vectors: AdamW, cross-entropy, a plain loop in one process."""

import time
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F

from train.job import Job, Outcome
from train.models.mlp import MLP, MLPConfig
from train.models.registry import save
from train.vectors import Vectors, load_vectors
from trine.specs.training import ClassifierSpec


def train(spec: ClassifierSpec, job: Job) -> Outcome:
    vectors = load_vectors(spec.data, spec.validation_fraction, artifact=job.artifact, roots=job.roots)
    torch.manual_seed(spec.seed)
    model = MLP(
        MLPConfig(
            inputs=vectors.train_inputs.shape[1],
            classes=len(vectors.labels),
            hidden=spec.hidden,
            layers=spec.layers,
            dropout=spec.dropout,
            scale=vectors.scale,
            labels=vectors.labels,
        )
    )
    metrics: dict[str, float] = {"validation/accuracy": _validate(model, vectors)["validation/accuracy"]}
    before = metrics["validation/accuracy"]
    first_step_at = time.time()
    for epoch, loss in enumerate(_epochs(spec, model, vectors), start=1):
        metrics = {"loss": loss, **_validate(model, vectors)}
        job.run.log(metrics, step=epoch)
    return _outcome(spec, model, vectors, metrics, before, first_step_at, job.folder / "model")


def _epochs(spec: ClassifierSpec, model: MLP, vectors: Vectors) -> Iterator[float]:
    """Trains; yields the mean loss of each epoch."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=spec.learning_rate, weight_decay=spec.weight_decay)
    order = torch.Generator().manual_seed(spec.seed)
    count = len(vectors.train_labels)
    for _ in range(spec.epochs):
        total = 0.0
        for rows in torch.randperm(count, generator=order).split(spec.batch):
            loss = F.cross_entropy(model(vectors.train_inputs[rows]), vectors.train_labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += float(loss.detach()) * len(rows)
        yield total / count


@torch.no_grad()
def _validate(model: MLP, vectors: Vectors) -> dict[str, float]:
    model.eval()
    logits = model(vectors.held_out_inputs)
    model.train()
    return {
        "validation/loss": float(F.cross_entropy(logits, vectors.held_out_labels)),
        "validation/accuracy": float((logits.argmax(-1) == vectors.held_out_labels).float().mean()),
    }


def _outcome(
    spec: ClassifierSpec,
    model: MLP,
    vectors: Vectors,
    metrics: dict[str, float],
    before: float,
    first_step_at: float,
    folder: Path,
) -> Outcome:
    save(model.eval(), folder)
    quality = {name: metrics[name] for name in ("validation/accuracy", "validation/loss")}
    signature = {
        "task": "classification",
        "inputs": [{"name": "inputs", "type": "float32", "shape": [-1, model.config.inputs]}],
        "outputs": [{"name": "logits", "type": "float32", "shape": [-1, model.config.classes]}],
        "labels": list(model.config.labels),
    }
    summary = {
        **quality,
        "before/accuracy": before,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "rows": len(vectors.train_labels),
        "held_out_rows": len(vectors.held_out_labels),
        "first_step_at": first_step_at,
    }
    return Outcome(folder, {"framework": "torch", "metrics": quality, "signature": signature}, summary)
