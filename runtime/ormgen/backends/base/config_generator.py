"""Settings from URLs: `from ormgen.backends.base.config_generator import expand_db_url`."""

from ormgen.database.config_generator import expand_db_url, generate_config

__all__ = ["expand_db_url", "generate_config"]
