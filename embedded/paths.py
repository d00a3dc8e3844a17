"""Where things lie: the project, its `.bedplate` folder and the cache shared between checkouts."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from components.foundation.errors import ConfigurationError

__all__ = ["Paths", "cache_root", "find_project"]

_SOCKET_LIMIT = 100  # sun_path holds 108 bytes (unix(7)); supervisor appends a pid while binding


def cache_root() -> Path:
    """Return the folder for built tools: BEDPLATE_CACHE, else the XDG cache folder."""
    if chosen := os.environ.get("BEDPLATE_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bedplate"


@dataclass(frozen=True)
class Paths:
    """The files of one checkout; `state` is ignored by git and holds all that a run writes."""

    root: Path

    @property
    def state(self) -> Path:
        """Return the folder of everything a run writes."""
        return self.root / ".bedplate"

    @property
    def cluster(self) -> Path:
        """Return the embedded cluster's folder: data, PKI, logs, ports."""
        return self.state / "cluster"

    @property
    def logs(self) -> Path:
        """Return the folder with one log per process."""
        return self.cluster / "logs"

    @property
    def kubeconfig(self) -> Path:
        """Return the kubeconfig of the embedded cluster's administrator."""
        return self.cluster / "kubeconfig"

    @property
    def bin(self) -> Path:
        """Return the folder that `bedplate env` puts first on PATH."""
        return self.state / "bin"

    @property
    def backend(self) -> Path:
        """Return the folder of Pulumi's file backend."""
        return self.state / "pulumi"

    @property
    def journal(self) -> Path:
        """Return the folder of the provider's write-ahead journals."""
        return self.state / "journal"

    @property
    def passphrase(self) -> Path:
        """Return the file with the passphrase of the stacks' secrets."""
        return self.state / "passphrase"

    @property
    def repository(self) -> Path:
        """Return the bare git repository that Argo CD reads."""
        return self.state / "git" / "platform.git"

    @property
    def socket(self) -> Path:
        """Return the supervisor's socket, in a short folder when the checkout's path is long."""
        beside = self.cluster / "supervisor.sock"
        if len(os.fsencode(beside)) <= _SOCKET_LIMIT:
            return beside
        digest = hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"bedplate-{os.getuid()}-{digest}" / "supervisor.sock"


def find_project(start: Path | None = None) -> Paths:
    """Find the project that holds `start`.

    Raises:
        ConfigurationError: No folder upwards has Bedplate's Pulumi.yaml.
    """
    here = Path(os.environ.get("BEDPLATE_ROOT") or start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "Pulumi.yaml").is_file() and (folder / "environments").is_dir():
            return Paths(folder)
    message = f"no Bedplate project at {here} or above it (looked for Pulumi.yaml beside environments/)"
    raise ConfigurationError(message, next_step="cd into a checkout of Bedplate")
