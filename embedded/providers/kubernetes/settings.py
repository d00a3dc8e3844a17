"""What the provider is configured with; the keys are the official plugin's."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.foundation.errors import ConfigurationError
from embedded.kube import is_embedded

__all__ = ["ProviderSettings", "read_settings", "unsupported"]

_FLAGS = {
    "enableConfigMapMutable": "ConfigMap",
    "enableSecretMutable": "Secret",
}
_UNSUPPORTED = ("renderYamlToDirectory", "cluster")


@dataclass(frozen=True)
class ProviderSettings:
    """The provider's configuration, read."""

    kubeconfig: Path
    namespace: str
    mutable: frozenset[str]
    force: bool
    upsert: bool


def unsupported(inputs: dict[str, Any]) -> list[str]:
    """List the settings given that this stand-in does not have."""
    return [key for key in _UNSUPPORTED if inputs.get(key) not in (None, "", False, "false")]


def _flag(inputs: dict[str, Any], key: str) -> bool:
    value = inputs.get(key)
    return value is True or (isinstance(value, str) and value.lower() == "true")


def read_settings(inputs: dict[str, Any]) -> ProviderSettings:
    """Read the configuration.

    Raises:
        ConfigurationError: The kubeconfig is not that of an embedded cluster.
    """
    text = str(inputs.get("kubeconfig") or os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config")
    file = _kubeconfig_file(text)
    if not is_embedded(file):
        raise ConfigurationError(
            f"this stand-in for Pulumi's kubernetes plugin serves embedded clusters only, and {_shown(text)} is not "
            "the kubeconfig of one",
            next_step="bedplate cluster start; or for another cluster: pulumi plugin install resource kubernetes",
        )
    return ProviderSettings(
        kubeconfig=file,
        namespace=str(inputs.get("namespace") or "default"),
        mutable=frozenset(kind for key, kind in _FLAGS.items() if _flag(inputs, key)),
        force=_flag(inputs, "enablePatchForce"),
        upsert=_flag(inputs, "upsertExistingObjects"),
    )


def _kubeconfig_file(text: str) -> Path:
    """Return the file of a kubeconfig given as a path, or as its contents when these name a file of their own."""
    if not text.lstrip().startswith(("{", "apiVersion")):
        return Path(text)
    try:
        certificate = Path(json.loads(text)["clusters"][0]["cluster"]["certificate-authority"])
    except (ValueError, KeyError, IndexError, TypeError):
        return Path(os.devnull)
    return certificate.parent.parent / "kubeconfig"


def _shown(text: str) -> str:
    return text if "\n" not in text and "{" not in text else "the one given inline"
