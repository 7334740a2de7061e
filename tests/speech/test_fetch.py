"""Downloading a model from a real HTTP server, on loopback, that can stop in the middle."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from speech.errors import ModelChecksumError, ModelDownloadError
from speech.fetch import fetch_model
from speech.models import is_model

NAME = "vosk-model-small-test"


def model_archive(extra: zipfile.ZipInfo | None = None, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr(f"{NAME}/am/final.mdl", bytes(range(256)) * 400)
        bundle.writestr(f"{NAME}/conf/mfcc.conf", "--sample-frequency=16000\n")
        if extra is not None:
            bundle.writestr(extra, content)
    return out.getvalue()


class ModelServer(ThreadingHTTPServer):
    """Serves one archive; `stop_after` cuts the next answers short; `ranges` records what was asked."""

    archive: bytes = b""
    stop_after: int | None = None
    etag: str = '"one"'

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ranges: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        data = self.server.archive
        if self.path != f"/{NAME}.zip":
            self.send_error(404)
            return
        resumes = asked is not None and self.headers.get("If-Range") == self.server.etag
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and resumes else 0
        if start >= len(data) > 0 and resumes:
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if resumes else 200)
        self.send_header("ETag", self.server.etag)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        end = len(data) if self.server.stop_after is None else start + self.server.stop_after
        self.wfile.write(data[start:end])

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        running.archive = model_archive()
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_model_is_downloaded_and_its_checksum_recorded(server: ModelServer, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = fetch_model(NAME, tmp_path, base_url=server.url, progress=lambda *step: seen.append(step))
    assert is_model(path)
    assert path == tmp_path / NAME
    size = len(server.archive)
    assert seen[-1] == (size, size)
    recorded = json.loads((tmp_path / "checksums.json").read_text())
    assert recorded == {NAME: hashlib.sha256(server.archive).hexdigest()}
    assert sorted(found.name for found in tmp_path.iterdir()) == ["checksums.json", NAME]


def test_a_model_that_is_there_is_not_downloaded_again(server: ModelServer, tmp_path: Path) -> None:
    fetch_model(NAME, tmp_path, base_url=server.url)
    fetch_model(NAME, tmp_path, base_url=server.url)
    assert len(server.ranges) == 1


def test_an_interrupted_download_is_resumed(server: ModelServer, tmp_path: Path) -> None:
    server.stop_after = 1000
    with pytest.raises(ModelDownloadError, match="resume"):
        fetch_model(NAME, tmp_path, base_url=server.url)
    server.stop_after = None
    assert is_model(fetch_model(NAME, tmp_path, base_url=server.url))
    assert server.ranges == [None, "bytes=1000-"]


def test_a_complete_download_that_was_not_unpacked_is_used(server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.zip.part").write_bytes(server.archive)
    (tmp_path / f"{NAME}.zip.etag").write_text(server.etag)
    assert is_model(fetch_model(NAME, tmp_path, base_url=server.url))


def test_a_file_that_changed_meanwhile_is_downloaded_anew(server: ModelServer, tmp_path: Path) -> None:
    server.stop_after = 1000
    with pytest.raises(ModelDownloadError):
        fetch_model(NAME, tmp_path, base_url=server.url)
    server.stop_after, server.etag = None, '"two"'
    server.archive = model_archive(zipfile.ZipInfo(f"{NAME}/README"))
    fetch_model(NAME, tmp_path, base_url=server.url)
    assert (tmp_path / NAME / "README").is_file()


def test_another_file_than_recorded_is_refused(server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "checksums.json").write_text(json.dumps({NAME: "0" * 64}))
    with pytest.raises(ModelChecksumError):
        fetch_model(NAME, tmp_path, base_url=server.url)
    assert [found.name for found in tmp_path.iterdir()] == ["checksums.json"]


def test_the_checksum_given_is_what_counts(server: ModelServer, tmp_path: Path) -> None:
    with pytest.raises(ModelChecksumError):
        fetch_model(NAME, tmp_path, base_url=server.url, sha256="1" * 64)
    right = hashlib.sha256(server.archive).hexdigest().upper()
    assert is_model(fetch_model(NAME, tmp_path, base_url=server.url, sha256=right))


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{NAME}/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    "evil",
    [zipfile.ZipInfo("../outside"), zipfile.ZipInfo("/tmp/outside"), _link()],
    ids=lambda info: info.filename,
)
def test_an_archive_cannot_write_outside(server: ModelServer, tmp_path: Path, evil: zipfile.ZipInfo) -> None:
    server.archive = model_archive(evil, b"/etc/passwd")
    home = tmp_path / "home"
    with pytest.raises(ModelDownloadError):
        fetch_model(NAME, home, base_url=server.url)
    assert [found.name for found in tmp_path.iterdir()] == ["home"]
    assert not (home / NAME).exists()


@pytest.mark.parametrize("content", [b"<html>not found</html>", b""])
def test_what_is_no_archive_is_refused(server: ModelServer, tmp_path: Path, content: bytes) -> None:
    server.archive = content
    with pytest.raises(ModelDownloadError, match="zip"):
        fetch_model(NAME, tmp_path, base_url=server.url)


def test_an_archive_without_a_model_is_refused(server: ModelServer, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr("readme.txt", "hello")
    server.archive = out.getvalue()
    with pytest.raises(ModelDownloadError, match="no Vosk model"):
        fetch_model(NAME, tmp_path, base_url=server.url)


@pytest.mark.parametrize("name", ["no-such-model", "../up", ""])
def test_a_name_that_does_not_exist_is_an_error(server: ModelServer, tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelDownloadError):
        fetch_model(name, tmp_path, base_url=server.url)
