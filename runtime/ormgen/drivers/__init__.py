"""How statements are carried: connections that run SQL text and bring rows."""
