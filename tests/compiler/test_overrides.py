"""`--set OPTION=VALUE`: what it replaces, where it goes, what it refuses."""

from __future__ import annotations

import pytest

from borgplan.compiler.borg.target import passphrase
from borgplan.compiler.config.model import Configuration
from borgplan.compiler.driver.compile import Compilation
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.as_json import to_json
from borgplan.compiler.plan.scratch import Scratch, ScratchKind
from borgplan.compiler.plan.work import Process, Shell
from tests.compiler.memory_host import MemoryHost
from tests.compiler.planning import ONE, codes, commands, compilation

SECTIONS = """\
location:
    source_directories: [/etc]
    repositories: [/backups/one]
storage:
    compression: lz4
retention:
    keep_daily: 1
"""
SECRET = "hunter2-61994"


def overridden(*wishes: str, text: str = ONE, **more: object) -> Compilation:
    return compilation({"c.yaml": text}, overrides=wishes, **more)  # type: ignore[arg-type]


def configuration(*wishes: str, text: str = ONE, semantics: str = "") -> Configuration:
    found = overridden(*wishes, text=text, semantics=semantics)
    assert not found.errors, found.errors
    return found.configurations[0]


def setting(key: str, *wishes: str, text: str = ONE) -> object:
    found = configuration(*wishes, text=text).settings.by_key.get(key)
    value = found.value if found else None
    return [getattr(item, "text", item) for item in value] if isinstance(value, tuple) else value


# --- values ---


@pytest.mark.parametrize(
    ("wish", "value"),
    [
        ("compression=zstd,3", "zstd,3"),
        ("temporary_directory=5", "5"),
        ("temporary_directory=true", "true"),
        ("temporary_directory= lz4 ", " lz4 "),
        ("temporary_directory=[a]", "[a]"),
        ("temporary_directory='lz4'", "'lz4'"),
        ("temporary_directory=!include x", "!include x"),
        ("temporary_directory=a: b # c", "a: b # c"),
        ("temporary_directory=*x &y", "*x &y"),
        ("temporary_directory={x", "{x"),
        ("ssh_command=ssh -o A=b", "ssh -o A=b"),
        ("ssh_command=ä\nb", "ä\nb"),
        ("ssh_command=\udcff", "\udcff"),
    ],
)
def test_a_text_is_taken_as_it_is(wish: str, value: str) -> None:
    key = wish.partition("=")[0]
    assert setting(key, wish) == value


@pytest.mark.parametrize(
    ("wish", "value"),
    [
        ("keep_daily=7", 7),
        ("keep_daily= 7 ", 7),
        ("one_file_system=true", True),
        ("exclude_patterns=[a, 'b c']", ["a", "b c"]),
        ("exclude_patterns=- a\n- b", ["a", "b"]),
        ("exclude_patterns=[]", []),
        ("exclude_if_present=.nobackup", [".nobackup"]),
        ("before_backup=['echo x']", ["echo x"]),
    ],
)
def test_everything_else_is_yaml(wish: str, value: object) -> None:
    assert setting(wish.partition("=")[0], wish) == value


def test_a_list_replaces_the_files_list() -> None:
    text = f"{ONE}exclude_patterns: [a, b]\n"
    assert setting("exclude_patterns", "exclude_patterns=[c]", text=text) == ["c"]


def test_the_last_of_several_wishes_counts() -> None:
    assert setting("keep_daily", "keep_daily=5", "keep_daily=6") == 6


@pytest.mark.parametrize("text", [ONE, f"{ONE}keepassxc: {{yubikey: '2'}}\n"])
def test_an_option_of_a_group(text: str) -> None:
    wishes = ("keepassxc.key_file=/a key", "keepassxc.ask_for_password=false")
    assert setting("keepassxc.key_file", *wishes, text=text) == "/a key"
    assert setting("keepassxc.ask_for_password", *wishes, text=text) is False
    assert setting("keepassxc.yubikey", *wishes, text=text) == ("2" if "2" in text else None)


def test_mappings_and_lists_of_them() -> None:
    found = configuration('repositories=[{path: /b, label: "x y"}, /c]')
    assert [(r.path, r.label) for r in found.repositories] == [("/b", "x y"), ("/c", "")]


def test_constants_and_variables_in_values_are_filled_in() -> None:
    text = f"{ONE}constants: {{name: zlib}}\n"
    assert setting("compression", "compression={name},6", text=text) == "zlib,6"
    found = overridden("compression=${LEVEL}", environment={"LEVEL": "lz4"})
    assert found.configurations[0].settings.text("compression") == "lz4"


# --- places ---


@pytest.mark.parametrize(
    "wish",
    ["compression=zlib", "storage.compression=zlib", "umask=0077", "storage.umask=0077",
     "keep_weekly=3", "retention.keep_weekly=3", "before_backup=[echo]", "hooks.before_backup=[echo]",
     "hooks.keepassxc.key_file=x", "keepassxc.key_file=x", "log_file=x"],
)  # fmt: skip
def test_in_a_file_of_sections_it_goes_to_its_section(wish: str) -> None:
    """An option outside of sections, or in one that isn't its own, would be warned of."""
    found = overridden(wish, text=SECTIONS)
    assert not found.diagnostics
    assert found.plan
    assert found.plan.semantics == "1.3"


def test_a_section_that_is_named_tells_two_options_of_one_name_apart() -> None:
    text = f"{SECTIONS}hooks:\n    umask: 0027\n"
    found = configuration("hooks.umask=0022", "storage.umask=0077", text=text)
    assert found.settings.integer("hooks_umask") == 0o022
    assert found.settings.integer("umask") == 0o077


def test_a_named_section_means_nothing_in_a_flat_file() -> None:
    assert setting("compression", "storage.compression=zlib") == "zlib"


def test_it_goes_into_all_files_of_a_run() -> None:
    found = compilation(
        {"a.yaml": ONE, "b.yaml": SECTIONS}, "a.yaml", "b.yaml", overrides=("compression=zlib",)
    )
    assert [c.settings.text("compression") for c in found.configurations] == ["zlib", "zlib"]


def test_its_effect_is_in_the_plan() -> None:
    found = overridden(
        "compression=zstd,9", "source_directories=[/opt]", "before_backup=[echo now]",
        "bootstrap.store_config_files=false",
    )  # fmt: skip
    assert found.plan
    hook, borg = (step.work for step in found.plan.steps)
    assert isinstance(hook, Shell)
    assert hook.script == "echo now"
    assert isinstance(borg, Process)
    assert "zstd,9" in " ".join(str(word) for word in borg.argv)
    assert found.plan.scratch == (Scratch("c.yaml", "c.yaml", ScratchKind.TEXT, ("R /opt",)),)


# --- what is refused ---


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("", "BP131"),
        ("=", "BP131"),
        ("keep_daily", "BP131"),
        ("keep_daily:7", "BP131"),
        ("KEEP_DAILY=7", "BP131"),
        ("keep daily=7", "BP131"),
        (".keep_daily=7", "BP131"),
        ("retention..keep_daily=7", "BP131"),
        ("repositories[x]=x", "BP131"),
        ("repositories[7].label=x", "BP131"),
        ("keep_dayly=7", "BP210"),
        ("retention.keep_dayly=7", "BP210"),
        ("keep_daily.x=7", "BP203"),
        ("keepassxc.nope=7", "BP210"),
        ("keepassxc=x", "BP203"),
        ("keep_daily=seven", "BP203"),
        ("keep_daily=", "BP202"),
        ("keep_daily=[7]", "BP203"),
        ("keep_daily=[7", "BP103"),
        ("keep_daily=7\n---\n8", "BP106"),
        ("exclude_patterns=x", "BP203"),
        ("exclude_patterns=[!retain x]", "BP133"),
        ("exclude_patterns=!retain [x]", "BP133"),
        ("exclude_patterns=!include x", "BP133"),
        ("constants={a: !include x}", "BP133"),
        ("exclude_patterns=!!python/object x", "BP109"),
        ("keep_daily=\x01", "BP102"),
        ("repositories=", "BP202"),
        ("location=x", "BP201"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_an_error(wish: str, code: str) -> None:
    found = overridden(wish)
    assert code in [error.code for error in found.errors]
    assert found.plan is None


def test_a_wrong_value_is_told_with_the_option_it_was_for() -> None:
    (error,) = overridden("keep_daily=seven").errors
    assert str(error.span).startswith("--set keep_daily")


@pytest.mark.parametrize(
    "wish",
    [
        f"encryption_passphrase={SECRET}",
        f"storage.encryption_passphrase={SECRET}",
        f"encryption_passphrase=\n{SECRET}",
        pytest.param(f"repositories=[{{path: /b, encryption_passphrase: {SECRET}}}]"),
        pytest.param(f"storage={{encryption_passphrase: {SECRET}}}"),
    ],
)
def test_a_secret_is_refused(wish: str) -> None:
    assert codes(overridden(wish)) == ["BP132"]


@pytest.mark.parametrize(
    "wish",
    [
        f"encryption_passphrase={SECRET}",
        f"encryption_passphrase: {SECRET}",
        f"encryption_passphrases={SECRET}",
        f"repositories=[{{path: /b, encryption_passphrase: {SECRET}}}]",
        f"repositories=[{{path: /b, encryption_passphrase: [{SECRET}]}}]",
        f"repositories=[{{path: /b, encryption_passphrase: {SECRET}",
        SECRET,
    ],
)
def test_a_secret_is_never_echoed(wish: str) -> None:
    found = overridden(wish)
    assert SECRET not in "".join(map(repr, found.diagnostics))
    assert found.plan is None or SECRET not in to_json(found.plan)


# --- mistakes that show only when the plan is made ---


def test_a_hook_that_can_not_be_compiled_leaves_no_plan() -> None:
    found = overridden('before_backup=["echo $(( {configuration_filename} ))"]')
    assert codes(found) == ["BP303"]
    assert found.plan is None or "echo $((" in "".join(commands(found.plan))


def test_a_repository_that_can_not_be_created_leaves_no_plan() -> None:
    found = overridden("repositories=[/b]", actions=(Action.REPO_CREATE,))
    assert codes(found) == ["BP409"]
    assert found.plan is None


def test_secrets_of_a_repository_by_wish_go_by_reference_only() -> None:
    wish = "repositories=[{path: /b, encryption_passphrase: '{credential file x}'}]"
    found = configuration(wish, semantics="2.1")
    assert "x" in str(passphrase(found, found.repositories[0], MemoryHost({})))


def test_an_item_of_a_list_is_set_by_its_number() -> None:
    found = configuration("repositories[0].label=first", semantics="2.1")
    assert found.repositories[0].label == "first"


def test_an_exclamation_mark_takes_an_option_away() -> None:
    assert "keep_daily" in configuration("keep_daily=3").settings.by_key
    assert "keep_daily" not in configuration("keep_daily=3", "keep_daily!").settings.by_key


def test_an_option_of_a_service_asks_for_the_release_that_knows_it() -> None:
    text = f"{ONE}loki: {{url: 'http://x/y', labels: {{a: b}}, send_logs: true}}\n"
    generations = overridden(text=text).generations
    assert generations is not None
    assert generations.of("c.yaml").name == "2.1"
