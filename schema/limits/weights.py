"""What an estimate of cost is made of, beside the weight of each root field."""

from schema.root_fields import Weight

# What introspection costs: no statement, but a large answer.
INTROSPECTION = {"__schema": Weight(50), "__type": Weight(10), "__typename": Weight(0)}

# Selected below a root field, these are statements of their own.
STATEMENTS = frozenset({"rows", "totals", "plan", "edges", "totalCount", "countries", "distances", "travellers"})
# Another range beside the first; the past, where rollups do not reach.
COMPARED, PAST = 2, 5
# Whole answers are encoded and sent: so many cells cost 1.
CELLS = 500
# The rows that a field may be asked for, beyond which its resolver refuses.
MOST_ROWS = 10_000
QUARTER_DAYS = 90
# Data rarely reaches further back.
MOST_QUARTERS = 40
