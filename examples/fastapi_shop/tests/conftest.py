"""The plugin for pytest: `orm` is a database with tables, and each test's writes are undone."""

pytest_plugins = ["ormgen.contrib.pytest"]
