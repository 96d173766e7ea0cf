"""Files before their rows: which are meant, in which format, and how text is written in them; and writing them."""
