"""A corpus for others: a site of files that needs no server, and one JSON file."""
