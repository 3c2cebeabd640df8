"""`python -m borgplan`: the one file beside the three folders."""

import sys

from .runtime.main import main

sys.exit(main())
