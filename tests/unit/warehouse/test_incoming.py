"""What is offered to loads."""

from warehouse.model.tables import TABLES
from warehouse.tables.incoming_schemas import INCOMING


def test_each_table_that_takes_rows_has_their_shape_in_the_order_of_loading() -> None:
    assert tuple(INCOMING) == TABLES
