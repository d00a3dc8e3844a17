"""The bare git repository that Argo CD reads, filled from the working tree as it is."""

import os
import subprocess
from pathlib import Path

from components.foundation.errors import BedplateError
from embedded.paths import Paths

__all__ = ["BRANCH", "fill"]

BRANCH = "main"
_FOLDERS = ("charts", "environments")
_IDENTITY = {
    "GIT_AUTHOR_NAME": "bedplate",
    "GIT_AUTHOR_EMAIL": "bedplate@localhost",
    "GIT_COMMITTER_NAME": "bedplate",
    "GIT_COMMITTER_EMAIL": "bedplate@localhost",
}


def _git(paths: Paths, *words: str, index: Path) -> str:
    unrelated = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment = unrelated | _IDENTITY | {"GIT_INDEX_FILE": str(index), "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["git", f"--git-dir={paths.repository}", *_work_tree(paths, words), *words]
    result = subprocess.run(command, cwd=paths.root, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise BedplateError(f"git {words[0]} failed: {result.stderr.strip()[-400:]}", next_step="bedplate doctor")
    return result.stdout.strip()


def _work_tree(paths: Paths, words: tuple[str, ...]) -> list[str]:
    """Return the option that names the working tree; `git init` takes none with a bare repository."""
    return ["--bare"] if words[0] == "init" else [f"--work-tree={paths.root}"]


def fill(paths: Paths) -> str:
    """Commit charts and environments to the bare repository and return the commit.

    The user's own repository and index are not touched. A tree that is already there makes no new commit.
    """
    paths.repository.mkdir(parents=True, exist_ok=True)
    index = paths.repository / "bedplate.index"
    if not (paths.repository / "HEAD").exists():
        _git(paths, "init", "--quiet", f"--initial-branch={BRANCH}", index=index)
    present = [folder for folder in _FOLDERS if (paths.root / folder).is_dir()]
    _git(paths, "add", "--all", "--", *present, index=index)
    tree = _git(paths, "write-tree", index=index)
    refs = _git(paths, "for-each-ref", "--format=%(objectname) %(tree)", f"refs/heads/{BRANCH}", index=index)
    head, _, head_tree = refs.partition(" ")
    if tree == head_tree:
        return head
    parent = ("-p", head) if head else ()
    commit = _git(paths, "commit-tree", tree, *parent, "-m", "Take the working tree", index=index)
    _git(paths, "update-ref", f"refs/heads/{BRANCH}", commit, index=index)
    return commit
