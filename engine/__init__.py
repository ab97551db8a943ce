"""The engine: from policies and workflows it works out dates, cases and tasks; it knows nothing of the web."""
