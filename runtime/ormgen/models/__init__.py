"""What users hold: models, query sets and relations. The names here are those of `from ormgen.models import Model`."""

from ormgen.models.declare import ModelMeta
from ormgen.models.info import ModelInfo as MetaInfo
from ormgen.models.model import Model

__all__ = ["MetaInfo", "Model", "ModelMeta"]
