"""Turn what Pydantic found into lines a person can act on: file, key, value seen, values allowed, next step."""

import difflib
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from components.foundation.errors import ConfigurationError
from environments.document import Document, KeyPath, Place, dotted
from environments.model import Environment

__all__ = ["describe"]


def describe(error: ValidationError, document: Document, file: Path) -> ConfigurationError:
    """Describe every problem of a document as one error."""
    lines = [_line(details, document, file) for details in error.errors(include_url=False)]
    count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
    summary = "\n".join([f"{file} has {count}:", *lines])
    return ConfigurationError(summary, next_step="mend the lines named above, then: bedplate validate")


def _line(details: ErrorDetails, document: Document, file: Path) -> str:
    path: KeyPath = details["loc"]
    place = _nearest(path, document, file)
    key = dotted(path) or "the file"
    match details["type"]:
        case "extra_forbidden":
            return f"{place}: {key} is no key here; {_allowed_keys(path)}"
        case "missing":
            return f"{place}: {key} is missing; add it"
    message = details["msg"].removeprefix("Value error, ")
    return f"{place}: {key} is {_shown(details['input'])}; {_sentence(message)}"


def _sentence(message: str) -> str:
    return message[0].lower() + message[1:] if message.startswith("Input") else message


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - what fits beside the key


def _nearest(path: KeyPath, document: Document, file: Path) -> Place:
    """Return the place of the key, or of the closest one above it that is written somewhere."""
    for length in range(len(path), 0, -1):
        if place := document.places.get(path[:length]):
            return place
    return Place(file, 1)


def _allowed_keys(path: KeyPath) -> str:
    """List the keys of the model that holds `path`, with the nearest spelling first."""
    annotation: Any = Environment
    for key in path[:-1]:
        annotation = _inner(annotation, key)
    model = _strip(annotation)
    if not hasattr(model, "model_fields"):
        return "remove it"
    allowed = sorted(model.model_fields)
    near = difflib.get_close_matches(str(path[-1]), allowed, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{hint}allowed: {', '.join(allowed)}"


def _inner(annotation: Any, key: str | int) -> Any:
    """Return the annotation of what lies under a key of a model, a mapping or a list."""
    holder = _strip(annotation)
    if isinstance(holder, type) and issubclass(holder, BaseModel):
        field = holder.model_fields.get(str(key))
        return field.annotation if field else None
    arguments = get_args(holder)
    return arguments[-1] if arguments else None


def _strip(annotation: Any) -> Any:
    """Take away Annotated and `| None`."""
    if get_origin(annotation) is Annotated:
        return _strip(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _strip(next(one for one in get_args(annotation) if one is not NoneType))
    return annotation
