"""From files to checked parts: reading with places, look-up, inheritance, origins, all problems at once."""
