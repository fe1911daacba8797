"""Print the JSON schema of a study, or with the argument ``readme`` the description of its keys."""

import sys

from widelimit.study.config.describe import readme
from widelimit.study.config.files import json_schema

sys.stdout.write(readme() if sys.argv[1:] == ["readme"] else json_schema())
