"""Pulumi property values as protobuf, to plain data and back."""

from typing import Any

from google.protobuf.struct_pb2 import ListValue, Struct, Value

__all__ = ["SECRET_KEY", "SECRET_SIGNATURE", "UNKNOWN", "decode", "encode", "has_unknown", "secret"]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for any value that is not known yet (pulumi: sdk/go/common/resource/plugin/rpc.go, UnknownStringValue)."""
SECRET_KEY = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the wire format's mark, no secret
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - likewise


def decode(struct: Struct) -> dict[str, Any]:
    """Return plain data; whole numbers become int, and secrets their value."""
    return {key: _decode(value) for key, value in struct.fields.items()}


def _decode(value: Value) -> Any:  # noqa: PLR0911 - one per kind of value
    match value.WhichOneof("kind"):
        case "struct_value":
            fields = value.struct_value.fields
            if SECRET_KEY in fields:
                return _decode(fields["value"]) if "value" in fields else None
            return {key: _decode(inner) for key, inner in fields.items()}
        case "string_value":
            return value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decode(inner) for inner in value.list_value.values]
    return None


def secret(value: Any) -> dict[str, Any]:
    """Mark a value as secret."""
    return {SECRET_KEY: SECRET_SIGNATURE, "value": value}


def encode(data: dict[str, Any]) -> Struct:
    """Return plain data as a Struct."""
    struct = Struct()
    for key, value in data.items():
        _encode(struct.fields[key], value)
    return struct


def _encode(target: Value, value: Any) -> None:
    match value:
        case None:
            target.null_value = 0
        case bool():
            target.bool_value = value
        case int() | float():
            target.number_value = value
        case str():
            target.string_value = value
        case dict():
            struct: Struct = target.struct_value
            struct.SetInParent()
            for key, inner in value.items():
                _encode(struct.fields[key], inner)
        case _:
            items: ListValue = target.list_value
            items.SetInParent()
            for inner in value:
                _encode(items.values.add(), inner)


def has_unknown(data: Any) -> bool:
    """Say whether any value inside is unknown."""
    if isinstance(data, dict):
        return any(map(has_unknown, data.values()))
    if isinstance(data, list):
        return any(map(has_unknown, data))
    return bool(data == UNKNOWN)
