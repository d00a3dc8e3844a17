"""Make an environment's stack and its credentials, once."""

import json
import secrets
from pathlib import Path

from components.foundation.errors import BedplateError, CredentialsError, ResourceError
from embedded.engine.locks import PROJECT
from embedded.engine.run import call
from embedded.paths import Paths

__all__ = ["ensure", "exists", "object_count", "resources", "state_file"]


def state_file(paths: Paths, stack: str) -> Path:
    """Return the state of a stack in the file backend."""
    return paths.backend / ".pulumi" / "stacks" / PROJECT / f"{stack}.json"


def exists(paths: Paths, stack: str) -> bool:
    """Say whether the stack was made."""
    return state_file(paths, stack).exists()


def resources(paths: Paths, stack: str) -> list[dict[str, object]]:
    """Return the resources in a stack's state; empty when there is no stack.

    Raises:
        ResourceError: The state is damaged.
    """
    file = state_file(paths, stack)
    if not file.exists():
        return []
    try:
        latest = json.loads(file.read_text())["checkpoint"]["latest"] or {}
        found: list[dict[str, object]] = list(latest.get("resources") or ())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        backup = file.with_name(f"{file.name}.bak")
        raise ResourceError(
            f"the state {file} is damaged: {error}",
            next_step=f"cp {backup} {file} (Pulumi's copy of the one before), then: bedplate up",
        ) from error
    return found


def object_count(paths: Paths, stack: str) -> int:
    """Count the Kubernetes objects in a stack's state."""
    return sum(str(one["type"]).startswith("kubernetes:") for one in resources(paths, stack))


def ensure(paths: Paths, stack: str, credentials: list[str]) -> None:
    """Make the stack when it is not there, and generate the credentials that its configuration lacks."""
    if not exists(paths, stack):
        _checked(call(paths, stack, "stack", "init", stack), "the stack could not be made")
    config = paths.state / "config" / f"Pulumi.{stack}.yaml"
    known = config.read_text() if config.exists() else ""
    for key in credentials:
        if f"{PROJECT}:{key}:" not in known:
            value = secrets.token_urlsafe(24)
            made = call(paths, stack, "config", "set", "--stack", stack, "--secret", key, stdin=value)
            _checked(made, f"the credential {key} could not be stored")


def _checked(result: object, problem: str) -> None:
    code, said = getattr(result, "returncode", 0), str(getattr(result, "stderr", "")).strip()
    if code == 0:
        return
    if "passphrase" in said:
        step = "put the passphrase that the stack was made with into .bedplate/passphrase"
        raise CredentialsError(f"{problem}: {said[-300:]}", next_step=step)
    raise BedplateError(f"{problem}: {said[-400:]}", next_step="bedplate doctor")
