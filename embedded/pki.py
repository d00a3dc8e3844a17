"""The embedded cluster's certificates: one authority, serving and client certificates, the token key."""

import datetime as dt
import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

__all__ = ["CLIENTS", "SERVICE_IP", "Pki", "expires_soon", "make_pki"]

_LIFETIME = dt.timedelta(days=3650)
_RENEW_BEFORE = dt.timedelta(days=30)
SERVICE_IP = "10.96.0.1"
"""First address of the service range; the `kubernetes` Service (kubeadm's default range 10.96.0.0/16)."""

CLIENTS = {
    "admin": ("bedplate-admin", "system:masters"),
    "kube-controller-manager": ("system:kube-controller-manager", "system:kube-controller-manager"),
    "kube-scheduler": ("system:kube-scheduler", "system:kube-scheduler"),
    "kubelet-client": ("kube-apiserver-kubelet-client", "system:masters"),
    "etcd-client": ("kube-apiserver-etcd-client", "bedplate"),
}
"""Client certificate by name: (common name, organisation) as kubeadm names them."""


@dataclass(frozen=True)
class Pki:
    """A folder of PEM files: `<name>.crt` and `<name>.key`."""

    folder: Path

    def cert(self, name: str) -> Path:
        """Return a certificate's file."""
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        """Return a private key's file, mode 0600."""
        return self.folder / f"{name}.key"


def _write(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _save(pki: Pki, name: str, cert: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    _write(pki.key(name), key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    _write(pki.cert(name), cert.public_bytes(pem))


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + _LIFETIME)
    )


def make_pki(folder: Path) -> Pki:
    """Make the certificates once; an existing, valid set is returned as it is."""
    pki = Pki(folder)
    if pki.cert("complete").exists() and not expires_soon(pki):
        return pki
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = _name("bedplate-embedded", "bedplate")
    authority = (
        _builder(authority_name, authority_name, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signing=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    _save(pki, "ca", authority, authority_key)
    for name, (common, organisation) in CLIENTS.items():
        _issue(pki, name, _name(common, organisation), ExtendedKeyUsageOID.CLIENT_AUTH, authority, authority_key)
    _issue(
        pki, "server", _name("kube-apiserver", "bedplate"), ExtendedKeyUsageOID.SERVER_AUTH, authority, authority_key
    )
    tokens = ec.generate_private_key(ec.SECP256R1())
    _save(pki, "service-account", authority, tokens)
    pem = tokens.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    _write(folder / "service-account.pub", pem)
    _write(pki.cert("complete"), authority.public_bytes(serialization.Encoding.PEM))
    return pki


def _usage(*, signing: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signing,
        crl_sign=signing,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _issue(  # noqa: PLR0913, PLR0917 - a certificate has this many parts
    pki: Pki,
    name: str,
    subject: x509.Name,
    purpose: x509.ObjectIdentifier,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(subject, authority.subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signing=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    )
    if purpose == ExtendedKeyUsageOID.SERVER_AUTH:
        hosts = [x509.DNSName(host) for host in ("localhost", "kubernetes", "kubernetes.default.svc")]
        addresses = [x509.IPAddress(ipaddress.ip_address(ip)) for ip in ("127.0.0.1", SERVICE_IP)]
        builder = builder.add_extension(x509.SubjectAlternativeName([*hosts, *addresses]), critical=False)
    _save(pki, name, builder.sign(authority_key, hashes.SHA256()), key)


def expires_soon(pki: Pki) -> bool:
    """Say whether the authority's certificate ends within thirty days."""
    certificate = x509.load_pem_x509_certificate(pki.cert("complete").read_bytes())
    return certificate.not_valid_after_utc - dt.datetime.now(dt.UTC) < _RENEW_BEFORE
