"""`python -m faq_cms`."""

import sys

from faq_cms.cli import main

sys.exit(main())
