"""The tables of disposal: Who looked at a case, and what is to be erased when. See `schema`, which names them too."""
