"""The tables of evidence: Checkpoints of the record, kept outside the database as well. See `schema`, which names them too."""
