"""TLS towards the client: a certificate authority of this machine's own, made once, or the user's files."""

import os
import ssl
import zlib
from pathlib import Path

from platformdirs import user_data_path

from rtdebug.errors import UsageError


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
        if certificate.is_file() and key.is_file():
            authority = trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
        else:
            authority = trustme.CA(organization_name="rtdebug on this machine")
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_private(key, authority.private_key_pem.bytes())
            certificate.write_bytes(authority.cert_pem.bytes())
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
    fresh = bundle.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(trusted + b"\n" + ours)
    fresh.replace(bundle)
    return bundle


def _write_private(path: Path, data: bytes) -> None:
    fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
