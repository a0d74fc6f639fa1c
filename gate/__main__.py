"""`python -m gate`: see `gate/README.md`."""

import sys

from gate.cli import main

if __name__ == "__main__":
    sys.exit(main())
