"""Results of published operations: frozen models, built at first use, that ignore the fields of a newer server."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
