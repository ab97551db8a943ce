"""The tables of monitoring: What is counted of each case, and the homes the landlord had. See `schema`, which names them too."""
