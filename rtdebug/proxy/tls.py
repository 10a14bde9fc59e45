"""TLS towards the client: a certificate authority of this machine's own, made once, or the user's files."""

import os
import ssl
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from platformdirs import user_data_path

from rtdebug.errors import UsageError

_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"


class _Pair(NamedTuple):
    """An authority, as PEM."""

    certificate: bytes
    key: bytes


def own_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Serve TLS with the user's certificate and key; raise UsageError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"--cert {certificate} with --key {key}: {error}") from None
    return context


def local_context(names: tuple[str, ...]) -> tuple[ssl.SSLContext, Path]:
    """Serve TLS with a certificate for these names from the local authority; return the authority's file too.

    Raises UsageError where the extra `tls` is not installed or the authority cannot be kept.
    """
    try:
        import trustme
    except ImportError:
        raise UsageError("--tls makes its certificates with trustme: pip install 'rtdebug[tls]'") from None
    folder = user_data_path("rtdebug")
    certificate, key = folder / "ca.pem", folder / "ca-key.pem"
    try:
        pair = _kept(certificate, key)
        if pair is None:
            fresh = trustme.CA(organization_name="rtdebug on this machine")
            pair = _keep(_Pair(fresh.cert_pem.bytes(), fresh.private_key_pem.bytes()), certificate, key)
        authority = trustme.CA.from_pem(*pair)
        if not certificate.is_file() or certificate.read_bytes() != pair.certificate:
            with _beside(certificate, pair.certificate) as whole:
                whole.replace(certificate)
    except (OSError, ValueError) as error:
        raise UsageError(f"the local certificate authority in {folder} cannot be used: {error}") from None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, "localhost", "127.0.0.1", "::1").configure_cert(context)
    return context, certificate


def bundle_with(authority: Path) -> Path | None:
    """Write the usual certificates and the local authority's into one file, for programs that take just one.

    None where this machine keeps no such file to begin with.
    """
    usual: str | None = ssl.get_default_verify_paths().cafile  # minds SSL_CERT_FILE
    if usual is None:
        return None
    trusted, ours = Path(usual).read_bytes(), authority.read_bytes()
    if ours in trusted:
        return Path(usual)
    # Named for what it holds, and put in place whole: a run beside this one may be reading it.
    bundle = authority.with_name(f"ca-bundle-{zlib.crc32(trusted + ours):08x}.pem")
    with _beside(bundle, trusted + b"\n" + ours) as whole:
        whole.replace(bundle)
    return bundle


def _kept(certificate: Path, key: Path) -> _Pair | None:
    """Read the authority; None where it is not there, or key and certificate do not belong together.

    The key's file holds both. One that holds nothing but the key goes with the certificate's own file.
    """
    try:
        text = key.read_bytes()
        has_both = _BEGIN in text
        text = text if has_both else text + certificate.read_bytes()
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(key if has_both else certificate, key)
    except (FileNotFoundError, ssl.SSLError):
        return None
    secret, _, rest = text.partition(_BEGIN)
    return _Pair(_BEGIN + rest, secret)


def _keep(pair: _Pair, certificate: Path, key: Path) -> _Pair:
    """Put an authority in place whole; return the one that is there, which may be that of a run beside this one."""
    key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _beside(key, pair.key + pair.certificate) as whole:
        try:
            os.link(whole, key)  # fails where there is one already
        except OSError:
            if (other := _kept(certificate, key)) is not None:
                return other
            whole.replace(key)  # what is there is of no use, or this file system has no links
    return pair


@contextmanager
def _beside(path: Path, data: bytes) -> Iterator[Path]:
    """Write a file that only its owner reads, next to where it shall be; what is not put there is removed."""
    fd, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)
