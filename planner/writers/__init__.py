"""A plan as something to read or keep: text for a terminal, files that are old or new and never half."""
