"""What was uploaded, functions and layers, unpacked once for each content."""

import base64
import hashlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

_TIMEOUT_SECONDS = 30


class Unpacked:
    """A folder with the unpacked contents, shared by all stacks of one build."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of_layer(self, content: Mapping[str, Any]) -> Path:
        """Give the folder of a layer that Python searches; raises CodeDamaged."""
        return self._unpacked(content["Location"], content["CodeSha256"]) / "python"

    def of_function(self, function: Mapping[str, Any]) -> Path:
        """Give the folder of a function's own code; raises CodeDamaged."""
        return self._unpacked(function["Code"]["Location"], function["Configuration"]["CodeSha256"])

    def _unpacked(self, location: str, sha256: str) -> Path:
        place = self._folder / base64.b64decode(sha256).hex()
        if not place.exists():
            with requests.Session() as session:
                session.trust_env = False  # no proxy stands between us and ourselves
                answer = session.get(location, timeout=_TIMEOUT_SECONDS)
            answer.raise_for_status()
            if base64.b64encode(hashlib.sha256(answer.content).digest()).decode() != sha256:
                raise CodeDamaged(location)
            self._unpack(answer.content, place)
        return place

    def _unpack(self, content: bytes, place: Path) -> None:
        """Unpack aside and move into place, as another stack may be doing the same."""
        self._folder.mkdir(exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix="new-", dir=self._folder))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(aside)  # noqa: S202 what we have uploaded ourselves
        try:
            aside.rename(place)
        except OSError:  # the other was faster
            shutil.rmtree(aside)


class CodeDamaged(Exception):
    """What the local AWS gives back is not what was uploaded."""

    def __init__(self, location: str) -> None:
        super().__init__(f"{location} is not what was uploaded")
