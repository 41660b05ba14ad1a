"""Hugging Face's `Trainer`: `Trainer(…, callbacks=[TrineCallback(project="demo")])`."""

import logging
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from trine.errors import TrineError
from trine.run import Run
from trine.start import init

_log = logging.getLogger("trine")


class TrineCallback(TrainerCallback):
    """Logs what the Trainer logs, at its global step, from the process of rank 0 alone.

    Evaluation is under `eval/`, what the Trainer sums up at the end of training is the run's summary. A run that is
    given is left open; one that the callback starts, with what `trine.init` takes, ends with the training.
    """

    def __init__(self, run: Run | None = None, *, save_model: bool = False, **init_arguments: Any) -> None:
        """`save_model` logs the folder of each checkpoint as an artifact of type `model`."""
        self.run = run
        self._own = run is None
        self._save_model = save_model
        self._init_arguments = init_arguments

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any
    ) -> None:
        if not state.is_world_process_zero:
            return
        if self.run is None:
            self.run = init(**{"name": args.run_name, **self._init_arguments})
        model = getattr(more.get("model"), "config", None)
        self.run.config.update(args.to_sanitized_dict())
        if model is not None:
            self.run.config.update({f"model.{name}": value for name, value in model.to_diff_dict().items()})

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        if self.run is None or not state.is_world_process_zero:
            return
        numbers = {name: value for name, value in (logs or {}).items() if isinstance(value, int | float)}
        if {"train_runtime", "train_loss"} <= numbers.keys():
            self.run.summary.update(numbers)
        elif numbers:
            self.run.log({_named(name): value for name, value in numbers.items()}, step=state.global_step)

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any) -> None:
        if self._save_model and self.run is not None and state.is_world_process_zero and args.output_dir:
            folder = f"{args.output_dir}/checkpoint-{state.global_step}"
            try:
                self.run.log_artifact(folder, name="checkpoint", type="model", metadata={"step": state.global_step})
            except (TrineError, OSError) as error:  # what could not be uploaded must not end training
                _log.warning("The checkpoint of step %d was not uploaded: %s", state.global_step, error)

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any) -> None:
        if self.run is None or not state.is_world_process_zero:
            return
        if self._own:
            self.run.finish()
            self.run = None
        else:
            self.run.flush()


def _named(name: str) -> str:
    for part in ("eval", "test"):
        if name.startswith(f"{part}_"):
            return f"{part}/{name.removeprefix(f'{part}_')}"
    return f"train/{name}"
