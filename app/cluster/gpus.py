"""What the scheduler calls a GPU, in the words of Ray: `GPU`, or `vgpu` where GPUs are virtual (DESIGN §7)."""

from collections.abc import Mapping, Sequence

from app.cluster.base import NodeState

GPU, VIRTUAL_GPU = "GPU", "vgpu"


def are_virtual(nodes: Sequence[Mapping[str, float]]) -> bool:
    """In a cluster whose nodes have these resources. Where one has a real GPU, virtual ones count for nothing."""
    return not any(node.get(GPU) for node in nodes) and any(node.get(VIRTUAL_GPU) for node in nodes)


def custom(gpu: float, nodes: Sequence[NodeState]) -> dict[str, float]:
    """Custom resources that stand for so many GPUs in a cluster of these nodes; none where GPUs are real."""
    return {VIRTUAL_GPU: gpu} if gpu and any(node.virtual_gpu for node in nodes) else {}
