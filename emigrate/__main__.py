"""`python -m emigrate` is the console script `emigrate`."""

import sys

from emigrate.ops.cli import main

sys.exit(main())
