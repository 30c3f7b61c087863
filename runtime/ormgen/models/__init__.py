"""What users hold: models, query sets and relations. The names here are those of `from ormgen.models import Model`."""

from ormgen.models.model import Model

__all__ = ["Model"]
