"""The JSON Schema of platform.yaml, checked in so that editors complete it."""

import json

from environments.model import Environment

__all__ = ["FILE", "render"]

FILE = "environments/platform.schema.json"


def render() -> str:
    """Render the schema, with `extends`, which the loader takes away before the model sees the file."""
    schema = Environment.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    extends = {"type": "string", "description": "folder under environments/ that this file is laid over"}
    schema["properties"] = {"extends": extends} | schema["properties"]
    # A file that extends another may leave to it what the model requires.
    schema.pop("required", None)
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"
