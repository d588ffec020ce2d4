"""One of several processes that serve the same collection, with models of words and numbers.

python -m tests.qa.shared_app ADDRESS USERS
"""

import sys
from pathlib import Path

from index.address import parse_address
from index.collection import Collection
from qa.access import decide
from qa.answer import Assistant
from qa.confidence import UNFITTED
from qa.serve import listen, run
from qa.service import build_app
from tests.fakes import NumberReader, WordEmbedder


def main() -> None:
    address, users = sys.argv[1:]
    access = decide(users=Path(users))
    assistant = Assistant(
        Collection(parse_address(address)), WordEmbedder(), NumberReader(), UNFITTED
    )
    with listen("127.0.0.1", 0) as listener:
        run(build_app(assistant, access=access), listener)
    assistant.close()


if __name__ == "__main__":
    main()
