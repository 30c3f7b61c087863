"""Who runs it: configuration, connections, the current context and transactions."""
