"""Personal values at rest: AES-256-GCM, keys that can rotate, indexes that tell nothing without the key.

A sealed value is `0x01 | key id (4) | nonce (12) | ciphertext and tag`. The key id says which key opens it,
so that a new key can be put in front while the old ones still read. Each value is bound to its place by
`aad`: moved to another row it does not open. Three independent secrets come from each key by HKDF-SHA256
(RFC 5869): one seals, one indexes, one gives the id.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from actions.applications.errors import CannotDecrypt, KeyUnusable
from actions.applications.keyfile import read_or_create
from wenban.settings import Settings

_VERSION = b"\x01"
_ID_BYTES, _NONCE_BYTES = 4, 12
_HEADER_BYTES = len(_VERSION) + _ID_BYTES
KEY_BYTES = 32


def new_key() -> str:
    """A fresh key in the form that `WENBAN_KEY` and the key file take."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def parse_keys(text: str, source: str) -> list[bytes]:
    """Keys from a list separated by commas or lines; the first one encrypts, all decrypt.

    Raises:
        KeyUnusable: names the source and the place in the list, never the text.
    """
    keys = []
    for number, part in enumerate((p for p in re.split(r"[,\s]+", text) if p), start=1):
        try:
            key = base64.b64decode(part.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise KeyUnusable(f"{source}: key {number} is not urlsafe base64") from error
        if len(key) != KEY_BYTES:
            raise KeyUnusable(f"{source}: key {number} has {len(key)} bytes instead of {KEY_BYTES}")
        keys.append(key)
    if not keys:
        raise KeyUnusable(f"{source}: no key in it")
    return keys


@dataclass(frozen=True, repr=False)
class _Key:
    id: bytes
    seal: AESGCM
    index: bytes

    @classmethod
    def derive(cls, master: bytes) -> _Key:
        def secret(purpose: bytes, length: int) -> bytes:
            return HKDF(SHA256(), length, salt=b"wenban/applications", info=purpose).derive(master)

        return cls(secret(b"id", _ID_BYTES), AESGCM(secret(b"seal", 32)), secret(b"index", 32))


class Cipher:
    """Seals JSON values and computes blind indexes.

    Args:
        keys: 32-byte keys; the first one encrypts and indexes, all of them decrypt and look up.

    Example:
        >>> cipher = Cipher([bytes(32)])
        >>> sealed = cipher.encrypt_json({"name": "王小明"}, aad="draft:1")
        >>> cipher.decrypt_json(sealed, aad="draft:1")
        {'name': '王小明'}
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise KeyUnusable(f"at least one key of {KEY_BYTES} bytes is needed")
        self._keys = [_Key.derive(key) for key in keys]
        self._by_id = {key.id: key for key in self._keys}

    def __repr__(self) -> str:
        return f"Cipher({len(self._keys)} keys)"

    @staticmethod
    def exported_keys(settings: Settings) -> str:
        """The keys in the form of `WENBAN_KEY`, for the environment of a child process.

        Raises:
            KeyUnusable: as `from_settings`.
        """
        text = os.environ.get("WENBAN_KEY") or read_or_create(settings.key_file, new_key)
        parse_keys(text, "WENBAN_KEY or the key file")
        return text.strip()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Keys from `WENBAN_KEY`, else from `settings.key_file`, made on the first run with mode 600.

        Raises:
            KeyUnusable: malformed, or the file can be read by others.
        """
        given = os.environ.get("WENBAN_KEY")
        if given:
            return cls(parse_keys(given, "WENBAN_KEY"))
        return cls(parse_keys(read_or_create(settings.key_file, new_key), str(settings.key_file)))

    def encrypt_json(self, obj: Any, aad: str) -> bytes:
        """Seals a JSON value (dict, list, str, int, float, bool, None) to the place named by `aad`.

        Raises:
            TypeError, ValueError: not a JSON value.
        """
        key = self._keys[0]
        header = _VERSION + key.id
        nonce = os.urandom(_NONCE_BYTES)
        # Half a character, as broken clients send, must not keep a whole conversation from being saved.
        text = json.dumps(obj, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        data = text.encode("utf-8", "surrogatepass")
        return header + nonce + key.seal.encrypt(nonce, data, header + aad.encode())

    def decrypt_json(self, sealed: bytes, aad: str) -> Any:
        """Opens what `encrypt_json` sealed with the same `aad`.

        Raises:
            CannotDecrypt: unknown key, altered bytes, or another place than it was sealed for.
        """
        header = sealed[:_HEADER_BYTES]
        nonce = sealed[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES]
        if header[:1] != _VERSION or len(nonce) != _NONCE_BYTES:
            raise CannotDecrypt("not a sealed value")
        key = self._by_id.get(header[1:])
        if key is None:
            raise CannotDecrypt("sealed with a key that is not in WENBAN_KEY or the key file")
        try:
            text = key.seal.decrypt(nonce, sealed[_HEADER_BYTES + _NONCE_BYTES :], header + aad.encode())
        except InvalidTag as error:
            raise CannotDecrypt("altered, or sealed for another place") from error
        return json.loads(text.decode("utf-8", "surrogatepass"))

    def blind_index(self, text: str) -> str:
        """HMAC-SHA256 of the text in hex (64 characters): equal texts are found, nothing else is learned."""
        return self._index(self._keys[0], text)

    def blind_indexes(self, text: str) -> list[str]:
        """The indexes under all keys, for looking up rows that were written before a rotation."""
        return [self._index(key, text) for key in self._keys]

    @staticmethod
    def _index(key: _Key, text: str) -> str:
        return hmac.new(key.index, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
