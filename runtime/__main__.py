"""`python -m borgplan.runtime`."""

import sys

from .main import main

sys.exit(main())
