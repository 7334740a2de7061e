"""Downloads a ready-made Vosk model: resumable, checked, unpacked without trusting the archive.

No checksum is published beside these models, so the SHA-256 of the first download is recorded
(`checksums.json` beside the models) and every later download must match it: trust on first use. An operator
who knows the right one gives it, and it is what counts.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import httpx

from speech.errors import ModelChecksumError, ModelDownloadError
from speech.models import is_model
from wenban.logs import facts

log = logging.getLogger(__name__)

BASE_URL = "https://alphacephei.com/vosk/models"
DEFAULT_NAME = "vosk-model-small-cn-0.22"

_MAX_UNPACKED = 6 * 1024**3
_CHECKSUMS = "checksums.json"

Progress = Callable[[int, int | None], None]
"""Called with bytes so far and bytes in all (None: not said)."""


def fetch_model(
    name: str,
    folder: Path,
    *,
    base_url: str = BASE_URL,
    sha256: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Path:
    """Brings the model `name` to `folder / name`; an unfinished download is taken up where it stopped.

    Args:
        sha256: what the archive must hash to; by default what was recorded at the first download.

    Returns:
        The model's directory; at once when it is already there.

    Raises:
        ModelDownloadError: no such model, no connection, or the archive is not a model.
        ModelChecksumError: the archive is another one than expected.
    """
    if PurePosixPath(name).name != name or not name:
        raise ModelDownloadError(f"{name!r} is not a model's name")
    target = folder / name
    if is_model(target):
        return target
    part = folder / f"{name}.zip.part"
    url = f"{base_url.rstrip('/')}/{name}.zip"
    try:
        _download(url, part, progress)
    except httpx.HTTPStatusError as error:
        raise ModelDownloadError(f"{url}: the server answers {error.response.status_code}") from error
    except httpx.HTTPError as error:
        raise ModelDownloadError(f"{url} cannot be reached ({error}); run it again to resume") from error
    _check(name, part, folder, sha256)
    _unpack(part, target)
    part.unlink()
    _tag(part).unlink(missing_ok=True)
    return target


def _tag(part: Path) -> Path:
    return part.with_suffix(".etag")


def _download(url: str, part: Path, progress: Progress) -> None:
    """Appends to `part` what is missing; begins anew when the file at the address has changed."""
    done = part.stat().st_size if part.exists() else 0
    tag = _tag(part).read_text() if _tag(part).exists() else ""
    headers = {"Accept-Encoding": "identity"}
    if done and tag:
        headers |= {"Range": f"bytes={done}-", "If-Range": tag}
    timeout = httpx.Timeout(30.0)
    with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=timeout) as response:
        if response.status_code == 416:  # nothing is missing
            progress(done, done)
            return
        response.raise_for_status()
        part.parent.mkdir(parents=True, exist_ok=True)
        resumed = response.status_code == 206
        _tag(part).write_text(response.headers.get("ETag") or response.headers.get("Last-Modified") or "")
        length = response.headers.get("Content-Length")
        done = done if resumed else 0
        total = done + int(length) if length else None
        with part.open("ab" if resumed else "wb") as out:
            for chunk in response.iter_raw():
                out.write(chunk)
                done += len(chunk)
                progress(done, total)
    if total is not None and done != total:
        raise ModelDownloadError(f"{url}: {done} of {total} bytes came; run the same again to resume")


def _check(name: str, archive: Path, folder: Path, sha256: str | None) -> None:
    with archive.open("rb") as stream:
        actual = hashlib.file_digest(stream, "sha256").hexdigest()
    record = folder / _CHECKSUMS
    known: dict[str, str] = json.loads(record.read_text()) if record.exists() else {}
    expected = sha256.lower() if sha256 else known.get(name)
    if expected is not None and actual != expected:
        archive.unlink()
        _tag(archive).unlink(missing_ok=True)
        raise ModelChecksumError(f"{name}: sha256 is {actual}, expected {expected}")
    if expected is None:
        log.warning(
            "first download of this model: its checksum is trusted and recorded", extra=facts(sha256=actual)
        )
    record.write_text(json.dumps(known | {name: actual}, indent=2) + "\n")


def _unpack(archive: Path, target: Path) -> None:
    """Unpacks beside the target and moves it there whole, so that a half model is never found."""
    scratch = target.with_name(f".{target.name}.unpacking")
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as bundle:
            total = 0
            for member in bundle.infolist():
                path = PurePosixPath(member.filename)
                kind = stat.S_IFMT(member.external_attr >> 16)
                if path.is_absolute() or ".." in path.parts or "\\" in member.filename:
                    raise ModelDownloadError(
                        f"the archive wants to write outside its folder: {member.filename!r}"
                    )
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    raise ModelDownloadError(f"the archive holds what is no file: {member.filename!r}")
                total += member.file_size
            if total > _MAX_UNPACKED:
                raise ModelDownloadError(f"the archive unpacks to {total} bytes")
            bundle.extractall(scratch)
    except zipfile.BadZipFile as error:
        archive.unlink()
        raise ModelDownloadError(f"the download is no zip archive: {error}") from error
    found = next(
        (path for path in (scratch, scratch / target.name, *scratch.iterdir()) if is_model(path)), None
    )
    if found is None:
        shutil.rmtree(scratch)
        raise ModelDownloadError("the archive holds no Vosk model")
    shutil.rmtree(target, ignore_errors=True)
    found.rename(target)
    shutil.rmtree(scratch, ignore_errors=True)
