"""The service as a process of its own, with models of words and numbers.

python -m tests.soak.endless_app FOLDER
"""

import sys
from pathlib import Path

from qa.serve import bound_heaps, listen, run
from qa.service import build_app
from tests.small_collection import small_collection


def main() -> None:
    bound_heaps()
    with small_collection(Path(sys.argv[1])) as assistant, listen("127.0.0.1", 0) as listener:
        run(build_app(assistant, uploads=assistant.uploads()), listener)


if __name__ == "__main__":
    main()
