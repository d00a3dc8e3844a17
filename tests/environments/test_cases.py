"""Environment files that are valid, and such that are not with what is said about them."""

import shutil
from pathlib import Path

import pytest

from components.foundation.errors import ConfigurationError
from environments.load import load_file

CASES = Path(__file__).parent / "cases"


def loaded(case: Path, root: Path, folder: Path) -> object:
    target = folder / "environments" / "case" / "platform.yaml"
    shutil.copytree(root / "environments" / "base", folder / "environments" / "base")
    target.parent.mkdir(parents=True)
    shutil.copyfile(case, target)
    return load_file(target, folder)


@pytest.mark.parametrize("case", sorted(CASES.glob("*.valid.*.yaml")), ids=lambda file: file.name)
def test_valid_files_load(case: Path, root: Path, tmp_path: Path) -> None:
    """A case named valid loads."""
    assert loaded(case, root, tmp_path)


@pytest.mark.parametrize("case", sorted(CASES.glob("*.invalid.*.yaml")), ids=lambda file: file.name)
def test_invalid_files_say_what_is_wrong(case: Path, root: Path, tmp_path: Path) -> None:
    """A case named invalid is refused with every line of the message written in its first comments."""
    wanted = [line[4:].strip() for line in case.read_text().splitlines() if line.startswith("# > ")]

    with pytest.raises(ConfigurationError) as caught:
        loaded(case, root, tmp_path)

    assert wanted, "an invalid case begins with `# > message` lines"
    for line in wanted:
        assert line in caught.value.summary
    assert caught.value.next_step
