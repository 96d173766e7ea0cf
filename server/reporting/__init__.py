"""Reports: a board as its reader sees it, printed to PDF or PNG by a headless browser, or its rows as CSV."""
