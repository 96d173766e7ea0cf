"""What a file's columns become: the contract of each table, and rows that obey it or say why not."""
