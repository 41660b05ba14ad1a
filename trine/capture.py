"""What a run was made of: program, packages, machine and code, so that two runs can be told apart.

`facts` are tags, known when the run starts. `environment_upload` is an artifact of type `environment`, made beside the
training: `environment.json`, `packages.txt`, and `git.diff` where the code differs from its commit. Nothing that git
ignores is read, of the environment only what `VARIABLES` names, and what looks like a secret is left out.
"""

import json
import os
import platform
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path
from threading import Timer
from typing import Any

from trine import gpus
from trine.uploads import Upload, sha256_of

VARIABLES = (
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "WORLD_SIZE",
    "LOCAL_WORLD_SIZE",
    "SLURM_JOB_ID",
    "SLURM_JOB_NUM_NODES",
    "PYTHONHASHSEED",
    "CUBLAS_WORKSPACE_CONFIG",
    "PYTORCH_CUDA_ALLOC_CONF",
    "CONDA_DEFAULT_ENV",
    "LANG",
    "TZ",
)
"""Whose values are told. A name that is not here is never told, for its value may be a secret."""
MAX_DIFF = 1024 * 1024
"""Bytes; what is beyond them is cut off, and the file says so."""
MAX_UNTRACKED = 1000
REMOVED = "[removed]"

_NOTED = ("torch", "ray", "transformers", "numpy", "gymnasium", "sklearn", "jax", "tensorflow")
_SECRET_FLAG = re.compile(r"(?i)(token|secret|passw|api[-_]?key|access[-_]?key|private[-_]?key|credential|auth)")
_SECRETS = (
    # Of the platform, Hugging Face, OpenAI and Anthropic, GitHub, GitLab, AWS, Slack, Google; and of addresses.
    re.compile(r"\b(?:tr[nsw]_|hf_|sk-|gh[opsu]_|github_pat_|glpat-|AKIA|ASIA|xox[abprs]-|AIza)[A-Za-z0-9_\-]{12,}"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
)
_SECRET_FILES = (
    "**/.env*",
    "**/*.pem",
    "**/*.key",
    "**/id_rsa*",
    "**/id_ed25519*",
    "**/*secret*",
    "**/*credential*",
    "**/.netrc",
    "**/.npmrc",
)


def facts() -> dict[str, str]:
    """Tags for a run: program, command, host, interpreter, versions of loaded libraries, commit and branch."""
    known = {
        "program": Path(sys.argv[0]).stem if sys.argv and sys.argv[0] not in ("", "-c", "-m") else "python",
        "command": shlex.join(without_secrets(sys.argv))[:500],
        "host": socket.gethostname(),
        "python": platform.python_version(),
    }
    for name in _NOTED:
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            known[f"version.{name}"] = str(version)
    if commit := _git("rev-parse", "HEAD"):
        known["git.commit"] = commit
        if branch := _git("symbolic-ref", "--short", "-q", "HEAD"):
            known["git.branch"] = branch
    return known


def environment_upload() -> Upload:
    """Takes seconds where the repository is large."""
    diff = _diff()
    files = {
        "environment.json": json.dumps(_environment(dirty=diff is not None), indent=2, sort_keys=True).encode(),
        "packages.txt": "".join(f"{line}\n" for line in packages()).encode(),
    }
    if diff:
        files["git.diff"] = diff
    contents: dict[str, bytes | Path] = {sha256_of(content): content for content in files.values()}
    entries = [{"path": path, "sha256": sha256_of(data), "size": len(data)} for path, data in files.items()]
    return Upload("artifacts", {"name": "environment", "type": "environment", "files": entries}, contents)


def without_secrets(words: Sequence[str]) -> list[str]:
    """A command line whose values of flags such as `--api-key` are removed, and all that looks like a credential."""
    found: list[str] = []
    hidden = False
    for word in words:
        flag, equals, _ = word.partition("=")
        if hidden and not word.startswith("-"):
            found.append(REMOVED)
            hidden = False
            continue
        secret = bool(_SECRET_FLAG.search(flag)) and (flag.startswith("-") or bool(equals))
        found.append(f"{flag}={REMOVED}" if secret and equals else redacted(word))
        hidden = secret and not equals
    return found


def redacted(text: str) -> str:
    for pattern in _SECRETS:
        text = pattern.sub(REMOVED, text)
    return text


def packages() -> list[str]:
    """`name==version` of everything that can be imported, sorted."""
    found = {each.name: each.version for each in distributions() if each.name}
    return sorted((f"{name}=={version}" for name, version in found.items()), key=str.lower)


def _environment(*, dirty: bool) -> dict[str, Any]:
    return {
        "command": without_secrets(sys.argv),
        "directory": str(Path.cwd()),
        "host": socket.gethostname(),
        "python": {"version": platform.python_version(), "implementation": platform.python_implementation()},
        "system": {"platform": platform.platform(), "machine": platform.machine()},
        "cpus": os.cpu_count(),
        "memory_bytes": _memory(),
        "gpus": gpus.names(),
        "git": _repository(dirty=dirty),
        "variables": {name: redacted(os.environ[name]) for name in VARIABLES if name in os.environ},
    }


def _repository(*, dirty: bool) -> dict[str, Any] | None:
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return None
    untracked = (_git("ls-files", "--others", "--exclude-standard") or "").splitlines()
    return {
        "commit": commit,
        "branch": _git("symbolic-ref", "--short", "-q", "HEAD"),
        "remote": redacted(_git("remote", "get-url", "origin") or "") or None,
        "dirty": dirty,
        "untracked": untracked[:MAX_UNTRACKED],
    }


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return None


def _diff() -> bytes | None:
    """Of tracked files against the commit; None where there is no difference, or no repository."""
    excluded = [f":(exclude,glob,icase){pattern}" for pattern in _SECRET_FILES]
    options = ("--no-color", "--no-ext-diff", "--no-textconv")
    told = _git("diff", "HEAD", *options, "--", ":/", *excluded, seconds=20.0, most=MAX_DIFF)
    return redacted(told + "\n").encode("utf-8", "replace") if told else None


def _git(*arguments: str, seconds: float = 2.0, most: int = 64 * 1024) -> str | None:
    """What git says, at most `most` bytes of it; None where it fails or takes longer."""
    # Nothing that a repository names is run, and its index is not written.
    command = ["git", "-c", "core.fsmonitor=false", *arguments]
    environment = os.environ | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    except OSError:
        return None
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        with process:
            assert process.stdout is not None
            told = process.stdout.read(most + 1)
            if len(told) > most:
                process.kill()
    finally:
        timer.cancel()
    text = told[:most].decode("utf-8", "replace").strip()
    if len(told) > most:
        return f"{text}\n# Cut off here: there are more than {most} bytes."
    return text if process.returncode == 0 else None
