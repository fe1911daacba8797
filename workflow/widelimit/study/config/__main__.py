"""Print the JSON schema of a study."""

import sys

from widelimit.study.config.files import json_schema

sys.stdout.write(json_schema())
