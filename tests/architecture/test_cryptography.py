"""`docs/notes/cryptography.md` lists every use (OWASP ASVS 5.0: 11.1.1, 11.1.2, 11.2.1, 11.6.1)."""

import ast
import functools
import re

from tests.architecture.source import ROOT, modules

NOTE = ROOT / "docs/notes/cryptography.md"
PACKAGES = ("app", "deployments", "train", "tune", "sim", "trine")
LIBRARIES = {"hashlib", "hmac", "secrets", "ssl", "argon2", "cryptography", "joserfc", "authlib", "pyotp"}
"""That the note allows."""
OTHERS = {"Crypto", "Cryptodome", "nacl", "jwt", "jose", "rsa", "ecdsa", "bcrypt", "passlib", "OpenSSL", "M2Crypto"}
HAZARDOUS = {"cryptography.hazmat.primitives.ciphers.aead"}
"""Of `cryptography`, beside its recipes: authenticated encryption, of which nothing is put together."""


@functools.cache
def imported() -> dict[str, set[str]]:
    """File → modules that it imports, written out."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path, tree in modules(package):
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    found.setdefault(path, set()).update(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.setdefault(path, set()).add(node.module)
    return found


def uses() -> set[str]:
    return {path for path, names in imported().items() if {name.split(".")[0] for name in names} & LIBRARIES}


def test_every_use_is_listed_and_every_file_of_the_list_uses_it() -> None:
    table = NOTE.read_text().partition("## Uses")[2]
    listed = set(re.findall(r"`((?:app|deployments|train|tune|sim|trine)/[\w/]+\.py)`", table))
    comparing = {"app/auth/credentials.py"}
    assert uses() - listed == set(), "tell it in docs/notes/cryptography.md"
    assert listed - uses() - comparing == set(), "it is used there no longer"


def test_no_other_library_is_used_and_no_primitive_is_put_together() -> None:
    for path, names in imported().items():
        assert not {name.split(".")[0] for name in names} & OTHERS, path
        hazardous = {name for name in names if name.startswith("cryptography.hazmat")}
        assert hazardous <= HAZARDOUS, path


def test_the_note_names_each_library() -> None:
    policy = NOTE.read_text().partition("## Policy")[2].partition("## Keys")[0]
    assert all(re.search(rf"`{library.replace('argon2', 'argon2-cffi')}`", policy) for library in LIBRARIES)


LIFE = ("before use", "who holds it", "cryptoperiod", "after use", "destroyed", "if it leaks")


def test_every_key_has_a_policy_for_all_of_its_life() -> None:
    note = NOTE.read_text()
    section = note.partition("## The life of each key\n")[2].partition("\n## ")[0]
    head, _, *rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    assert len(head) == 1 + len(LIFE)
    assert all(asked in told for asked, told in zip(LIFE, head[1:], strict=True))
    for name, *cells in rows:
        assert len(cells) == len(LIFE), name
        assert all(len(cell.strip()) > 3 for cell in cells), name
    kept = {name.strip() for name, *_ in rows}
    keys = note.partition("## Keys\n")[2].partition("\n## ")[0].splitlines()[3:]
    assert {row.split("|")[1].strip() for row in keys if row.startswith("|")} <= kept


def test_no_secret_that_the_code_reads_is_without_one() -> None:
    """By its name, which is that of its file."""
    section = NOTE.read_text().partition("## The life of each key\n")[2].partition("\n## ")[0]
    read: set[str] = set()
    for package in ("app", "deployments"):
        for path, tree in modules(package):
            for node in ast.walk(tree):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                called, given = ast.unparse(node.func), ast.unparse(node.args[0])
                if called.endswith(".secret") or called == "KeyFile":
                    named = re.search(r"'(\w+)'$", given)
                    assert named or path in NAMES_OF_OTHERS, f"{path}: {given}"
                    read |= {named[1]} if named else set()
    assert {"signing_key", "key_pepper", "ray_token"} <= read
    assert {name for name in read if f"`{name}`" not in section} == set()


NAMES_OF_OTHERS = {
    "app/scheduler/controller.py",  # of the cluster's row: the token of Ray, as the operator called it
    "deployments/local/home.py",  # which makes each that it is asked for
}


def test_random_tokens_have_256_bits() -> None:
    """`token_urlsafe`, `token_bytes` and `token_hex` of the control plane, but for what is listed with its reason."""
    shorter: dict[str, set[int]] = {}
    for path, tree in modules("app"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).startswith("secrets.token_"):
                continue
            size = ast.literal_eval(node.args[0]) if node.args and isinstance(node.args[0], ast.Constant) else None
            if size is not None and size < 32:
                shorter.setdefault(path, set()).add(size)
    assert set(shorter) <= SHORTER, shorter


SHORTER = {
    "app/kit/crypto.py",  # the password of no account, to take as long as that of one
    "app/idempotency/answer.py",  # the nonce of AES-GCM
    "app/mlflow/logged_models.py",  # names, no secrets
    "app/mlflow/numbering.py",
    "app/mlflow/runs.py",
}
