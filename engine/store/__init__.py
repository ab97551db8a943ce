"""Storage: the only part of the engine that knows SQL. Every function takes an open transaction first."""
