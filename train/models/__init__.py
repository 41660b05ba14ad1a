"""Networks of our own recipes. Imports only torch and `trine`, because the serving engines load them too."""

from train.models.registry import ModelFolderError, load, save

__all__ = ["ModelFolderError", "load", "save"]
