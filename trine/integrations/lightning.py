"""PyTorch Lightning: `Trainer(logger=TrineLogger(project="demo"))`."""

import logging
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

try:
    from lightning.pytorch.callbacks import Checkpoint
    from lightning.pytorch.loggers import Logger
    from lightning.pytorch.utilities.rank_zero import rank_zero_only
except ImportError:  # the same library under its older name
    from pytorch_lightning.callbacks import Checkpoint
    from pytorch_lightning.loggers import Logger
    from pytorch_lightning.utilities.rank_zero import rank_zero_only

from trine.errors import TrineError
from trine.run import Run
from trine.start import init

_log = logging.getLogger("trine")


class TrineLogger(Logger):  # type: ignore[misc, unused-ignore]
    """Logs what modules log, from the process of rank 0 alone; hyperparameters are the run's config.

    A run that is given is left open; one that the logger starts, with what `trine.init` takes, ends with the training.
    """

    def __init__(self, run: Run | None = None, *, log_model: bool = False, **init_arguments: Any) -> None:
        """`log_model` logs the best checkpoint as an artifact of type `model` when the training ends."""
        super().__init__()
        self._run = run
        self._own = run is None
        self._log_model = log_model
        self._init_arguments = init_arguments
        self._checkpoint: Checkpoint | None = None

    @property
    def experiment(self) -> Run:
        if self._run is None:
            self._run = init(**self._init_arguments)
        return self._run

    @property
    def name(self) -> str | None:
        experiment: str | None = self._init_arguments.get("experiment", "default")
        return experiment

    @property
    def version(self) -> str | None:
        return self._run.id if self._run else None

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        self.experiment.log(metrics, step=step)

    @rank_zero_only
    def log_hyperparams(self, params: Mapping[str, Any] | Namespace, *arguments: Any, **more: Any) -> None:
        self.experiment.config.update(vars(params) if isinstance(params, Namespace) else params)

    @rank_zero_only
    def log_image(self, key: str, images: list[Any], step: int | None = None, **more: Any) -> None:
        """As Lightning's own loggers have it: several images under one key."""
        for number, image in enumerate(images):
            self.experiment.log_image(key if len(images) == 1 else f"{key}/{number}", image, step)

    @rank_zero_only
    def after_save_checkpoint(self, checkpoint_callback: Checkpoint) -> None:
        self._checkpoint = checkpoint_callback

    @rank_zero_only
    def save(self) -> None:
        if self._run is not None:
            self._run.flush(5.0)

    @rank_zero_only
    def finalize(self, status: str) -> None:
        """`status` is Lightning's: success, failed, finished, interrupted."""
        if self._run is None:
            return
        best = getattr(self._checkpoint, "best_model_path", "")
        if self._log_model and best and Path(best).exists():
            try:
                self._run.log_artifact(best, name="model", type="model", metadata={"framework": "lightning"})
            except (TrineError, OSError) as error:  # what could not be uploaded must not end training
                _log.warning("The best checkpoint was not uploaded: %s", error)
        if self._own:
            self._run.finish({"failed": "failed", "interrupted": "cancelled"}.get(status, "succeeded"))  # type: ignore[arg-type]
            self._run = None
        else:
            self._run.flush(5.0)
