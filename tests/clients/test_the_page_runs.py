"""The code of `docs/clients.md` runs as it stands, and prints what its last comment says."""

from pathlib import Path

import pytest

from tests.integration.docs.pages import Block, blocks
from tests.integration.resolvers.conftest import ANALYST
from tests.integration.server.sockets import Host
from tests.support.node import ended

PAGE = Path(__file__).parent.parent.parent / "docs" / "clients.md"
# Those of our own packages are run by tests/integration/docs, over the data that pages show.
CODE = [
    block
    for block in blocks(PAGE)
    if block.language == "js" and "@marquee/" not in block.text and "UrlFetchApp" not in block.text
]


@pytest.mark.parametrize("block", CODE, ids=lambda block: block.place)
def test_a_recipe_prints_what_the_page_says(packages: Path, host: Host, block: Block) -> None:
    *code, last = block.text.rstrip().split("\n")
    given = f"const url = 'http://127.0.0.1:{host.port}/graphql', token = '{ANALYST}';\n"
    done = ended(packages, "node", "--input-type=module", "--eval", given + "\n".join(code))
    assert (done.stdout.strip(), done.stderr) == (last.removeprefix("// "), "")
