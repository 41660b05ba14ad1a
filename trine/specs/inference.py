"""Deployments: one model version behind one engine."""

from enum import StrEnum

from pydantic import Field

from trine.specs.base import Spec
from trine.specs.registry import Signature
from trine.specs.resources import Bundle


class Engine(StrEnum):
    VLLM = "vllm"
    """Language models, by vLLM."""
    TORCH = "torch"
    """Everything else: a network of `train.models` with safetensors weights, or a graph in ONNX."""


class DeploymentSpec(Spec):
    """What a user asks for."""

    engine: Engine | None = None
    """None takes the engine of the model version's framework."""
    replicas: int = Field(default=1, ge=1, le=256)
    cpu: float = Field(default=1, gt=0, le=256)
    """Per replica."""
    gpu: float = Field(default=0, ge=0, le=16)
    """Per replica; with vLLM also the tensor-parallel degree."""
    memory: int = Field(default=0, ge=0)
    """Bytes per replica."""
    context: int | None = Field(default=None, ge=16)
    """Longest prompt and answer together, in tokens; None takes the model's."""
    concurrent: int = Field(default=64, ge=1, le=4096)
    """Sequences one replica works on at once."""
    cache_gib: float = Field(default=0.25, gt=0, le=1024)
    """Memory for keys and values, per replica, where there is no GPU."""


class StoredFile(Spec):
    """One file of a model, content-addressed."""

    path: str
    """Relative, with forward slashes."""
    key: str
    """Where the store has it."""
    sha256: str
    size: int
    """Bytes."""


class EngineSpec(Spec):
    """What an engine replica is built from: the deployment's spec and where its files are."""

    application: str
    """Name of the Serve application."""
    engine: Engine
    model: str
    """`model` of the answers: the name of the inference service."""
    store: str
    """URL of the artifact store: `file:///…`, `s3://…`."""
    files: tuple[StoredFile, ...]
    framework: str = "torch"
    """Of the version."""
    signature: Signature | None = None
    """What the version says that it takes and gives."""
    digest: str
    """SHA-256 of the version; names the folder in the replica's cache."""
    cache: str
    """Local folder for downloaded models."""
    deployment: DeploymentSpec


def bundles(spec: DeploymentSpec) -> tuple[Bundle, ...]:
    return (Bundle(cpu=spec.cpu, gpu=spec.gpu, memory=spec.memory),) * spec.replicas
