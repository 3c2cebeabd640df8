"""libyaml's events and tokens: the parser of PyYAML's extension module, without the rest of PyYAML.

`import yaml` also sets up the readers, resolvers and constructors that PyYAML has in Python. Nothing here
uses them, and they take a fifth of a short run. Of all that the extension module needs only its exceptions'
names. So the package `yaml` is made with these alone; it completes itself when anybody asks it for more.
Where that doesn't work out (another PyYAML, or one without libyaml), all of it is loaded at once.
"""

from __future__ import annotations

import sys

from ..support.record import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from yaml import error as errors
    from yaml import events

__all__ = ["Parser", "errors", "events"]

# By module, what the extension of PyYAML 5.1 to 6.0 asks for, besides its errors, events, nodes and tokens.
_EXCEPTIONS = {
    "reader": "ReaderError",
    "scanner": "ScannerError",
    "parser": "ParserError",
    "composer": "ComposerError",
    "constructor": "ConstructorError",
    "emitter": "EmitterError",
    "serializer": "SerializerError",
    "representer": "RepresenterError",
}


def _parser() -> Any:
    if "yaml" not in sys.modules:
        try:
            return _of_extension()
        except Exception:  # noqa: BLE001  # whatever it meets there: all of PyYAML may do all the same
            for name in [name for name in sys.modules if name.partition(".")[0] == "yaml"]:
                del sys.modules[name]
    import yaml

    if hasattr(yaml, "CSafeLoader"):
        return yaml.CSafeLoader
    from .python_yaml import parser_of

    return parser_of(yaml.SafeLoader)


def _of_extension() -> Any:
    """Raises what another PyYAML makes of it, and leaves parts of that behind then."""
    sys.modules["yaml"] = package = _package()
    import yaml.error
    import yaml.events
    import yaml.nodes
    import yaml.tokens

    for module, exception in _EXCEPTIONS.items():
        base = yaml.error.YAMLError if module == "reader" else yaml.error.MarkedYAMLError
        part = type(sys)(f"yaml.{module}")
        setattr(part, exception, type(exception, (base,), {}))
        setattr(package, module, part)
    from yaml._yaml import CParser

    CParser("").get_event()
    return CParser


def _package() -> ModuleType:
    """PyYAML, without anything it has. Raises ImportError if it isn't installed."""
    for finder in sys.meta_path:
        spec = finder.find_spec("yaml", None)
        if spec and spec.loader and spec.submodule_search_locations:
            break
    else:
        raise ImportError
    package: Any = type(sys)("yaml")
    package.__spec__, package.__loader__, package.__file__ = spec, spec.loader, spec.origin
    package.__package__, package.__path__ = "yaml", spec.submodule_search_locations
    execute = spec.loader.exec_module

    def rest(name: str) -> Any:
        del package.__getattr__
        execute(package)
        return getattr(package, name)

    package.__getattr__ = rest
    return package  # type: ignore[no-any-return]


Parser = _parser()
if not TYPE_CHECKING:
    errors, events = sys.modules["yaml.error"], sys.modules["yaml.events"]
