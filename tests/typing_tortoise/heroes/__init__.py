"""Models of a project on Tortoise ORM."""
