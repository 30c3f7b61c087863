"""How it is spelled: SQL text for each database, for queries and for tables."""
