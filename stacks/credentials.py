"""The credentials that an environment needs: generated once by `up` into encrypted stack configuration."""

from environments.model import Environment

__all__ = ["CREDENTIALS", "required_credentials"]

CREDENTIALS = {
    "relational": "relational-password",
    "cache": "cache-password",
    "object_store": "object-store-password",
}
"""Configuration key by capability."""


def required_credentials(environment: Environment) -> list[str]:
    """List the configuration keys of the environment's credentials, in order of capability."""
    return [key for capability, key in CREDENTIALS.items() if getattr(environment.capabilities, capability) is not None]
