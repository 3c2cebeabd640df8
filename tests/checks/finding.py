"""What the lint rules alone find in some configuration files."""

from __future__ import annotations

from collections.abc import Mapping

from borgplan.compiler.driver.compile import plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.lint.registry import run_checks
from borgplan.compiler.lint.rules.shared_use import shared_use, uses
from borgplan.compiler.source.diagnostic import Diagnostic, Diagnostics, in_order
from tests.compiler.memory_host import MemoryHost

START = "source_directories: [/etc]\nkeep_daily: 1\nrepositories: [{path: /backups/one}]\n"


def found(files: Mapping[str, str] | str, semantics: str = "") -> list[Diagnostic]:
    """Of all these files in one run; a single text is a file without errors."""
    texts = {"c.yaml": files} if isinstance(files, str) else files
    host = MemoryHost({f"/srv/{name}": text for name, text in texts.items()})
    diagnostics = Diagnostics()
    sources = read(CompileRequest(tuple(texts), semantics=semantics), host, diagnostics)
    compilation = plan_of(sources, host, diagnostics)
    assert not compilation.errors, compilation.errors
    own = Diagnostics()
    run_checks(compilation, host, own)
    shared_use(uses(compilation, host), own)
    return in_order(own)


def codes(files: Mapping[str, str] | str, semantics: str = "2.1") -> list[str]:
    """The codes, without BP330 and BP241, which most files with hooks have, and without proofs."""
    found_codes = [d.code for d in found(files, semantics)]
    return [c for c in found_codes if c not in ("BP330", "BP241") and not c.startswith("BP8")]


def hook(position: str, command: str, *more: str) -> str:
    """A file with one entry of `commands:` of one command."""
    side, _, place = position.partition(" ")
    extra = "".join(f"    {line}\n" for line in more)
    return f"{START}commands:\n  - {side}: {place}\n{extra}    run:\n      - {command}\n"
