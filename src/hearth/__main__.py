"""`python -m hearth` is `hearth`."""

import sys

from hearth.cli.hearth import main

if __name__ == "__main__":
    sys.exit(main())
