"""The errors a person can meet, each with the exit code the command ends with.

BedplateError            1
├── ConfigurationError   2   a file says something that cannot be
├── CredentialsError     3   a passphrase or key is missing or wrong
├── ResourceError        4   the cluster or the engine refused a resource
├── PolicyError          5   a mandatory rule was violated
├── StackMissingError    6   the environment has no stack yet
├── CancelledError       8   stopped by the person
├── TimeoutExpiredError  9   waited as long as allowed
├── LockedError         10   another run holds the stack
├── ToolError           11   a tool is missing, of another version, or could not be built
└── ClusterError        12   the embedded cluster is not there or not well

Codes 0 to 9 are Pulumi's own (pulumi: sdk/go/common/util/cmdutil/exit.go); 10 to 12 are ours.
"""

from typing import ClassVar

__all__ = [
    "BedplateError",
    "CancelledError",
    "ClusterError",
    "ConfigurationError",
    "CredentialsError",
    "LockedError",
    "PolicyError",
    "ResourceError",
    "StackMissingError",
    "TimeoutExpiredError",
    "ToolError",
]


class BedplateError(Exception):
    """A failure with what happened and, where there is one, the next step.

    Args:
        summary: One line or a few; what was expected and what was seen. Never a secret.
        next_step: A command or an edit that mends it.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, summary: str, *, next_step: str = "") -> None:
        super().__init__(summary)
        self.summary = summary
        self.next_step = next_step


class ConfigurationError(BedplateError):
    """A file says something that cannot be."""

    exit_code = 2


class CredentialsError(BedplateError):
    """A passphrase or key is missing or wrong."""

    exit_code = 3


class ResourceError(BedplateError):
    """The cluster or the engine refused a resource."""

    exit_code = 4


class PolicyError(BedplateError):
    """A mandatory rule was violated."""

    exit_code = 5


class StackMissingError(BedplateError):
    """The environment has no stack yet."""

    exit_code = 6


class CancelledError(BedplateError):
    """Stopped by the person."""

    exit_code = 8


class TimeoutExpiredError(BedplateError):
    """Waited as long as allowed."""

    exit_code = 9


class LockedError(BedplateError):
    """Another run holds the stack."""

    exit_code = 10


class ToolError(BedplateError):
    """A tool is missing, of another version, or could not be built."""

    exit_code = 11


class ClusterError(BedplateError):
    """The embedded cluster is not there or not well."""

    exit_code = 12
