from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Immutable. Fields that a newer platform adds are kept, so that an older client goes on working."""

    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=(), ser_json_inf_nan="strings")
