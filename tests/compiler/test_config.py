"""Decoding a configuration file: both forms, all types of options, and what is said about mistakes."""

from __future__ import annotations

import pytest

from borgplan.compiler.config.hooks import HookKind
from borgplan.compiler.config.model import Configuration
from borgplan.compiler.config.option_names import LATER_SECTION
from borgplan.compiler.config.options import OPTIONS, SECTIONS, Option, Type
from borgplan.compiler.semantics import profile_named
from borgplan.compiler.semantics.validate import check_hooks
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.source.span import Span
from tests.compiler.reading import FILE, configured, errors, only, places

FLAT = "source_directories: [/etc]\nrepositories: [/repo]\n"
SECTIONED = "location:\n  source_directories: [/etc]\n  repositories: [/repo]\n"

# A good value of each type.
VALUES = {
    Type.INTEGER: "2",
    Type.BOOLEAN: "true",
    Type.UMASK: "77",
    Type.TEXT: "some",
    Type.TEXT_OR_TEXTS: "some",
    Type.CHECKS: "[data]",
    Type.TEXTS: "[/repo]",
    Type.REPOSITORIES: "[/repo]",
    Type.COMMANDS: "[echo]",
}
BY_NAME = {"skip_actions": "[create]"}


def good(text: str) -> Configuration:
    found, diagnostics = configured(text)
    assert not diagnostics
    assert found is not None
    return found


def refused(text: str) -> Configuration:
    """A configuration that uses what isn't implemented: each such use is warned about."""
    found, diagnostics = configured(text)
    assert found is not None
    assert [(d.code, d.span) for d in diagnostics] == [
        ("BP218", option.span) for option in found.unimplemented
    ]
    return found


def broken(text: str) -> Diagnostics:
    found, diagnostics = configured(text)
    assert found is None
    assert diagnostics.has_errors
    return diagnostics


def with_option(line: str) -> str:
    """A good flat file with one more line, the third."""
    return f"{FLAT}{line}\n"


# Both forms


def test_both_forms_mean_the_same() -> None:
    flat = good(FLAT + "umask: 77\nkeep_daily: 7\ncolor: false\n")
    sectioned = good(
        SECTIONED
        + "storage:\n  umask: 77\nretention:\n  keep_daily: 7\noutput:\n  color: false\n"
        + "hooks:\n  umask: 77\n"
    )
    assert (flat.sectioned, sectioned.sectioned) == (False, True)
    assert {key: s.value for key, s in flat.settings.by_key.items() if key != "source_directories"} == {
        key: s.value for key, s in sectioned.settings.by_key.items() if key != "source_directories"
    }  # fmt: skip
    assert [r.path for r in flat.repositories] == [r.path for r in sectioned.repositories]


def test_options_of_one_name_in_two_sections_are_apart() -> None:
    found = good(
        SECTIONED
        + "storage:\n  umask: 77\nretention:\n  prefix: a\nconsistency:\n  prefix: b\nhooks:\n  umask: 27\n"
    )
    settings = found.settings
    assert settings.integer("umask") == 0o77
    assert settings.integer("hooks_umask") == 0o27
    assert settings.text("prefix") == "a"
    assert settings.text("check_prefix") == "b"


def test_a_flat_option_counts_for_all_sections_that_have_it() -> None:
    settings = good(with_option("prefix: x")).settings
    assert (settings.text("prefix"), settings.text("check_prefix")) == ("x", "x")


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("value", ["", "text", "[a]", "12"])
def test_a_section_holds_options(section: str, value: str) -> None:
    problem = errors(broken(f"{section}: {value}\n{FLAT}"))[0]
    assert problem.code == "BP201"
    assert problem.span[1:3] == (1, 1 if not value else len(section) + 3)
    assert problem.message.startswith(f"the section `{section}` holds options, not ")


@pytest.mark.parametrize(
    ("text", "what"),
    [("- a\n", "a list"), ("text\n", 'the text "text"'), ("12\n", "the number 12"), ("~\n", "empty (null)")],
)  # fmt: skip
def test_a_file_is_a_mapping(text: str, what: str) -> None:
    diagnostics = broken(text)
    assert places(diagnostics)[0] == ("error", "BP201", 1, 1)
    assert diagnostics[0].message == f"a configuration file must be a mapping, not {what}"


@pytest.mark.parametrize("sort", ["borgplan-plan", "borgplan-saved-plan"])
def test_a_plan_is_no_configuration(sort: str) -> None:
    (problem,) = errors(broken(f'{{"asked": {{}}, "format": "{sort}", "steps": []}}'))
    assert (problem.code, problem.span[1:3]) == ("BP201", (1, 15))
    assert "borgplan apply FILE" in problem.hint


# Types


@pytest.mark.parametrize(
    ("written", "mask"),
    [
        ("0077", 0o77), ("077", 0o77), ("77", 0o77), ("63", 0o63), ("'0077'", 0o77), ('"63"', 0o63),
        ("0777", 0o777), ("7", 7), ("0_077", 0o77),
    ],
)  # fmt: skip
def test_the_digits_of_a_umask_are_octal(written: str, mask: int) -> None:
    assert good(with_option(f"umask: {written}")).settings.integer("umask") == mask


@pytest.mark.parametrize(
    ("written", "mask", "message", "hint"),
    [
        ("0o77", 0o63, "`umask: 0o77` is the number 63, whose digits are read as octal: 0063", "write 0077 if you mean that"),
        ("0o7_7", 0o63, "`umask: 0o7_7` is the number 63, whose digits are read as octal: 0063", "write 0077 if you mean that"),
        ("+0o77", 0o63, "`umask: +0o77` is the number 63, whose digits are read as octal: 0063", "write 0077 if you mean that"),
        ("0x10", 0o16, "`umask: 0x10` is the number 16, whose digits are read as octal: 0016", ""),
        ("0b1111", 0o15, "`umask: 0b1111` is the number 15, whose digits are read as octal: 0015", ""),
    ],
)  # fmt: skip
def test_a_umask_in_another_base_is_a_trap(
    written: str, mask: int, message: str, hint: str
) -> None:
    found, diagnostics = configured(with_option(f"umask: {written}"))
    assert found is not None
    assert found.settings.integer("umask") == mask
    for problem in diagnostics:  # a flat umask is that of Borg and that of hooks
        assert (problem.code, problem.span[1:3]) == ("BP205", (3, 8))
        assert (problem.message, problem.hint) == (message, hint)
    assert diagnostics


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("08", "BP203"), ("0o10", "BP203"), ("'0o77'", "BP203"), ("-77", "BP203"), ("u=rwx", "BP203"),
        ("true", "BP203"), ("7.7", "BP203"), ("[77]", "BP203"), ("{a: 1}", "BP203"), ("''", "BP203"),
        ("'\u0667\u0667'", "BP203"), ("1000", "BP204"), ("7" * 300, "BP204"), ("", "BP202"),
    ],
)  # fmt: skip
def test_a_umask_that_is_none(written: str, code: str) -> None:
    found = errors(broken(SECTIONED + f"storage:\n  umask: {written}\n"))
    problem = only(found)
    assert problem.code == code
    assert problem.span.line == 5
    if code == "BP203" and written == "08":
        assert problem.message == "`umask` takes an octal umask such as 0077, not the number 08"
        assert problem.hint == "use the digits 0 to 7"


def test_a_umask_of_zero_counts_as_unset() -> None:
    _, diagnostics = configured(SECTIONED + "storage:\n  umask: 0\n")
    assert places(diagnostics) == [("warning", "BP206", 5, 10)]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("yes", "true"), ("no", "false"), ("on", "true"), ("Off", "false"), ("NO", "false"), ("YES", "true")],
)  # fmt: skip
def test_yes_and_no_are_no_booleans(word: str, meant: str) -> None:
    problem = only(broken(with_option(f"one_file_system: {word}")))
    assert (problem.code, problem.span) == ("BP203", Span(FILE, 3, 18, 3, 18 + len(word)))
    assert problem.message == f'`one_file_system` takes true or false, not the text "{word}"'
    assert problem.hint == f"write {meant}; in YAML 1.2, which borgmatic uses, {word} is a text"


@pytest.mark.parametrize(
    ("line", "column", "what", "hint"),
    [
        ("one_file_system: 'yes'", 18, 'true or false, not the text "yes"', ""),
        ("one_file_system: 1", 18, "true or false, not the number 1", ""),
        ("keep_daily: many", 13, 'a whole number, not the text "many"', ""),
        ("keep_daily: '7'", 13, 'a whole number, not the text "7"', ""),
        ("keep_daily: 7.5", 13, "a whole number, not the number 7.5", ""),
        ("keep_daily: true", 13, "a whole number, not the boolean true", ""),
        ("keep_daily: [7]", 13, "a whole number, not a list", ""),
        ("compression: 3", 14, "text, not the number 3", 'quote it: "3"'),
        ("compression: true", 14, "text, not the boolean true", 'quote it: "true"'),
        ("compression: {a: 1}", 14, "text, not a mapping", ""),
        ("archive_name_format: {hostname}-{now}", 22, None, ""),
        ("exclude_patterns: '*.o'", 19, 'a list of texts, not the text "*.o"', "put it on its own line, after `- `"),
        ("before_backup: echo", 16, 'a list of shell commands, not the text "echo"', "put it on its own line, after `- `"),
        ("before_backup: {a: b}", 16, "a list of shell commands, not a mapping", ""),
        ("exclude_if_present: {a: b}", 21, "a text or a list of texts, not a mapping", ""),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type(line: str, column: int, what: str | None, hint: str) -> None:
    if what is None:
        with pytest.raises(AssertionError, match="BP103"):
            configured(with_option(line))
        return
    problem = only(broken(with_option(line)))
    assert (problem.code, problem.span[1:3]) == ("BP203", (3, column))
    assert problem.message == f"`{line.split(':')[0]}` takes {what}"
    assert problem.hint == hint


@pytest.mark.parametrize(
    ("item", "what", "hint"),
    [
        ("12", "the number 12", 'quote it: "12"'),
        ("true", "the boolean true", 'quote it: "true"'),
        ("", "empty (null)", "remove the empty `-`"),
        ("[a]", "a list", ""),
        (
            "echo done: it worked",
            "a mapping",
            "`echo done:` followed by a space starts a mapping; quote the line",
        ),
    ],
)
def test_an_item_of_the_wrong_type(item: str, what: str, hint: str) -> None:
    problem = only(broken(FLAT + f"before_backup:\n  - echo fine\n  - {item}\n"))
    assert (problem.code, problem.span.line) == ("BP203", 5)
    assert problem.message == f"`before_backup` takes texts, not {what}"
    assert problem.hint == hint


@pytest.mark.parametrize("number", ["10", "10.0", "1e1"])
def test_a_whole_number_may_have_a_point(number: str) -> None:
    assert good(f"{FLAT}keep_weekly: {number}\n").settings.integer("keep_weekly") == 10


def test_a_text_or_a_list_of_texts() -> None:
    one = good(with_option("exclude_if_present: .nobackup")).settings.texts("exclude_if_present")
    two = good(with_option("exclude_if_present: [.a, .b]")).settings.texts("exclude_if_present")
    assert [text.text for text in one] == [".nobackup"]
    assert [text.text for text in two] == [".a", ".b"]
    assert two[1].span[1:3] == (3, 26)


# Null


@pytest.mark.parametrize(
    "option",
    [o for o in OPTIONS if not o.empty_allowed and o.implemented and o.type in VALUES],
    ids=lambda option: f"{option.section}.{option.name}",
)
@pytest.mark.parametrize("null", ["", "null", "~", "# - only a comment"])
def test_an_option_without_a_value(option: Option, null: str) -> None:
    base = "" if option.section == "location" else SECTIONED
    diagnostics = broken(f"{base}{option.section}:\n  {option.name}: {null}\n")
    problem = next(item for item in diagnostics if item.code == "BP202")
    assert problem.message == f"`{option.name}` has no value"
    assert problem.span.line == base.count("\n") + 2
    assert "is a comment" in problem.hint


@pytest.mark.parametrize("kind", HookKind)
@pytest.mark.parametrize("nothing", ["", "[]", "null"])
def test_a_hook_without_commands_is_only_remarkable(kind: HookKind, nothing: str) -> None:
    found, diagnostics = configured(with_option(f"{kind.value}: {nothing}"))
    assert found is not None
    assert found.hooks == ()
    problem = only(diagnostics)
    assert (problem.severity.word, problem.code) == ("warning", "BP302")
    assert problem.message == f"`{kind.value}` is empty: no command runs"


def test_an_empty_prefix_is_set_and_empty() -> None:
    settings = good(with_option("prefix:")).settings
    assert settings.text("prefix") == ""
    assert good(FLAT).settings.text("prefix") is None


# Names


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        (FLAT + "keep_dayly: 7\n", 3, 1, "unknown option `keep_dayly`", "did you mean `keep_daily`?"),
        (FLAT + "hoooks: {}\n", 3, 1, "unknown option `hoooks`", "did you mean `hooks`?"),
        (SECTIONED + "hooks:\n  befor_backup: [a]\n", 5, 3, "unknown option `befor_backup` in `hooks:`", "did you mean `before_backup`?"),
        (SECTIONED + "storage:\n  keep_dayly: 1\n", 5, 3, "unknown option `keep_dayly` in `storage:`", "did you mean `keep_daily`?"),
        (FLAT + "xyzzy: 7\n", 3, 1, "unknown option `xyzzy`", ""),
        (FLAT + "mysql_database: []\n", 3, 1, "unknown option `mysql_database`", "did you mean `mysql_databases`?"),
    ],
)  # fmt: skip
def test_an_unknown_option(text: str, line: int, column: int, message: str, hint: str) -> None:
    problem = only(broken(text))
    assert (problem.code, problem.span[1:3]) == ("BP210", (line, column))
    assert (problem.message, problem.hint) == (message, hint)


def test_a_misplaced_option_counts_and_is_warned_about() -> None:
    found, diagnostics = configured(SECTIONED + "hooks:\n  keep_daily: 7\n")
    assert found is not None
    assert found.settings.integer("keep_daily") == 7
    problem = only(diagnostics)
    assert (problem.severity.word, problem.code, problem.span[1:3]) == ("warning", "BP208", (5, 3))
    assert problem.message == (
        "`keep_daily` belongs under `retention:`; borgmatic before 1.8 refuses it here"
    )


def test_an_option_in_two_sections() -> None:
    found, diagnostics = configured(
        SECTIONED + "storage:\n  keep_daily: 1\nretention:\n  keep_daily: 2\n"
    )
    assert found is not None
    assert found.settings.integer("keep_daily") == 2
    problem = next(item for item in diagnostics if item.code == "BP209")
    assert problem.span[1:3] == (7, 3)
    assert [(what, span[1:3]) for what, span in problem.related] == [("the other one", (5, 3))]


@pytest.mark.parametrize("name", sorted(LATER_SECTION))
def test_options_of_later_releases_are_collected(name: str) -> None:
    found = refused(with_option(f"{name}: whatever"))
    assert [(text.text, text.span[1:3]) for text in found.unimplemented] == [(name, (3, 1))]


def test_parts_that_are_not_implemented_are_collected() -> None:
    (option,) = LATER_SECTION
    found = refused(
        "source_directories: [/etc]\n"
        "repositories:\n  - path: /repo\n    label: x\n"
        f"{option}:\n  - x: y\n"
    )
    assert sorted((text.span.line, text.text) for text in found.unimplemented) == [
        (5, option),
    ]


# Repositories, checks, hooks

SPOT = {
    "count_tolerance_percentage": "10",
    "data_sample_percentage": "1",
    "data_tolerance_percentage": "0.5",
}


def with_spot(**changed: str) -> str:
    lines = {**SPOT, **changed}
    entry = "".join(f"    {key}: {value}\n" for key, value in lines.items() if value)
    return with_option(f"checks:\n  - name: spot\n{entry}")


def test_the_check_spot_keeps_its_percentages() -> None:
    (entry,) = good(with_spot(xxh64sum_command="xxhsum -H64")).settings.checks()
    assert entry.spot == ("10", "1", "0.5", "xxhsum -H64")
    (entry,) = good(with_spot(count_tolerance_percentage="1e1")).settings.checks()
    assert entry.spot == ("10", "1", "0.5", "xxh64sum")


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        *((key, "", "the check `spot` needs") for key in SPOT),
        ("count_tolerance_percentage", "-1", "a percentage"),
        ("count_tolerance_percentage", "many", "a percentage"),
        ("data_sample_percentage", ".inf", "a percentage"),
        ("data_sample_percentage", "true", "a percentage"),
        ("data_sample_percentage", "0.1", "no sample can fail"),
        ("xxh64sum_command", "[xxh64sum]", "a command"),
        ("xxh64sum_command", '"\'"', "a command"),
        ("xxh64sum_command", '""', "a command"),
    ],
)
def test_what_the_check_spot_cannot_use_is_an_error(key: str, value: str, why: str) -> None:
    (error,) = broken(with_spot(**{key: value}))
    assert (error.code, why in error.message) == ("BP233", True)


def test_repositories_as_texts_and_mappings() -> None:
    found = good(
        "source_directories: [/etc]\n"
        "repositories:\n"
        "  - /one\n"
        "  - path: ssh://host/two\n"
        "    label: two\n"
        "  - {path: /three}\n"
    )
    assert [repository[:4] for repository in found.repositories] == [
        ("/one", "", Span(FILE, 3, 5, 3, 9), 0),
        ("ssh://host/two", "two", Span(FILE, 4, 5, 5, 15), 1),
        ("/three", "", Span(FILE, 6, 5, 6, 19), 2),
    ]
    assert all(repository.own is None for repository in found.repositories)


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("12", "BP203"), ("", "BP203"), ("[a]", "BP203"), ("{label: x}", "BP213"),
        ("{path: ''}", "BP213"), ("''", "BP213"),
    ],
)  # fmt: skip
def test_an_item_that_is_no_repository(item: str, code: str) -> None:
    diagnostics = broken(f"source_directories: [/etc]\nrepositories:\n  - /good\n  - {item}\n")
    assert {(d.code, d.span.line) for d in diagnostics} == {(code, 4)}


@pytest.mark.parametrize(
    ("value", "code"), [("/repo", "BP203"), ("{path: /repo}", "BP203"), ("", "BP202"), ("7", "BP203")]
)  # fmt: skip
def test_repositories_are_a_list(value: str, code: str) -> None:
    problem = only(broken(f"source_directories: [/etc]\nrepositories: {value}\n"))
    assert (problem.code, problem.span[1:3]) == (code, (2, 15 if value else 14))


def test_no_repositories_is_only_remarkable() -> None:
    found, diagnostics = configured("source_directories: [/etc]\nrepositories: []\n")
    assert found is not None
    assert places(diagnostics) == [("warning", "BP212", 2, 15)]


@pytest.mark.parametrize(
    ("text", "missing", "line", "where"),
    [
        ("repositories: [a]\n", ["source_directories"], 1, ""),
        ("source_directories: [a]\n", ["repositories"], 1, ""),
        ("storage: {umask: 1}\nlocation:\n  repositories: [a]\n", ["source_directories"], 2, " in `location:`"),
        ("keep_daily: 1\n", ["repositories", "source_directories"], 1, ""),
    ],
)  # fmt: skip
def test_what_is_missing(text: str, missing: list[str], line: int, where: str) -> None:
    diagnostics = broken(text)
    assert [d.message for d in diagnostics] == [f"`{name}` is missing{where}" for name in missing]
    assert {(d.code, d.span.line) for d in diagnostics} == {("BP211", line)}
    hints = [d.hint for d in diagnostics if d.hint]
    both = ["if other files include this one, give those instead"]
    assert hints == (both if len(missing) == 2 else [])


def test_patterns_replace_source_directories() -> None:
    assert good("repositories: [/repo]\npatterns: [R /etc]\n").settings.texts("patterns")


@pytest.mark.parametrize("section", ["", "consistency"])
def test_check_names(section: str) -> None:
    names = "repository, archives, data, extract, disabled"
    text = f"checks: [{names}]\n" if not section else f"consistency:\n  checks: [{names}]\n"
    found = good((SECTIONED if section else FLAT) + text)
    assert ", ".join(entry.name for entry in found.settings.checks()) == names


def test_checks_as_mappings() -> None:
    found = good(FLAT + "checks:\n  - name: archives\n  - {name: data}\n")
    assert [entry.name for entry in found.settings.checks()] == ["archives", "data"]


@pytest.mark.parametrize(
    ("item", "code", "column", "hint"),
    [
        ("archive", "BP207", 10, "did you mean `archives`?"),
        ("all", "BP207", 10, "known: repository, archives, data, extract, spot, disabled"),
        ("{name: datas}", "BP207", 17, "did you mean `data`?"),
        ("12", "BP203", 10, 'quote it: "12"'),
        ("~", "BP203", 10, "remove the empty `-`"),
        ("[data]", "BP203", 10, ""),
    ],
)
def test_a_check_that_is_none(item: str, code: str, column: int, hint: str) -> None:
    problem = only(broken(with_option(f"checks: [{item}]")))
    assert (problem.code, problem.span[1:3], problem.hint) == (code, (3, column), hint)


def test_check_repositories_name_repositories() -> None:
    text = "source_directories: [/etc]\nrepositories: [/repo, {path: /b, label: second}]\n"
    assert good(text + "check_repositories: [/repo, second]\n")
    problem = only(broken(text + "check_repositories: [/repo, secnd]\n"))
    assert (problem.code, problem.span[1:3]) == ("BP214", (3, 29))
    assert problem.hint == "did you mean `second`?"


def test_hooks_keep_their_order_and_places() -> None:
    found = good(FLAT + "on_error: [a]\nbefore_backup:\n  - b\n  - c\n")
    assert [(hook.kind, [command.text for command in hook.commands]) for hook in found.hooks] == [
        (HookKind.BEFORE_BACKUP, ["b", "c"]),
        (HookKind.ON_ERROR, ["a"]),
    ]
    assert [command.span[1:3] for command in found.hooks[0].commands] == [(5, 5), (6, 5)]
    assert found.hooks[0].span[1:3] == (4, 1)


@pytest.mark.parametrize(("semantics", "expected"), [("1.3", ["BP215"]), ("2.1", [])])
def test_a_name_format_without_prefix_is_remarkable_in_1_3(
    semantics: str, expected: list[str]
) -> None:
    profile = profile_named(semantics)
    assert profile
    found, diagnostics = configured(with_option("archive_name_format: '{hostname}'"))
    assert found
    check_hooks(found, profile, diagnostics)
    assert [d.code for d in diagnostics] == expected


# Everything at once


def test_all_problems_of_a_file_are_reported_each_at_its_place() -> None:
    diagnostics = broken(
        "location:\n"
        "  source_directories: /etc\n"
        "  repositories:\n"
        "    - 12\n"
        "  one_file_system: yes\n"
        "storage:\n"
        "  umask: 08\n"
        "  compression:\n"
        "retention:\n"
        "  keep_dayly: 7\n"
        "  keep_weekly: many\n"
        "consistency:\n"
        "  checks: [archive]\n"
        "hooks:\n"
        "  before_backup:\n"
        "    - echo: x\n"
        "  on_error: [echo]\n"
    )
    assert sorted(places(diagnostics), key=lambda place: place[2]) == [
        ("error", "BP203", 2, 23),
        ("error", "BP203", 4, 7),
        ("error", "BP203", 5, 20),
        ("error", "BP203", 7, 10),
        ("error", "BP202", 8, 15),
        ("error", "BP210", 10, 3),
        ("error", "BP203", 11, 16),
        ("error", "BP207", 13, 12),
        ("error", "BP203", 16, 7),
    ]


@pytest.mark.parametrize(
    "option",
    [option for option in OPTIONS if option.type in VALUES and option.implemented],
    ids=lambda option: f"{option.section}.{option.name}",
)
def test_every_option_is_decoded_in_its_section(option: Option) -> None:
    sections: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    sections["location"] = {"source_directories": "[/etc]", "repositories": "[/repo]"}
    sections[option.section][option.name] = BY_NAME.get(option.name, VALUES[option.type])
    text = "".join(
        f"{section}:\n" + "".join(f"  {name}: {value}\n" for name, value in options.items())
        for section, options in sections.items()
        if options
    )
    found, diagnostics = configured(text)
    assert found is not None, diagnostics
    assert not errors(diagnostics)
    if option.type is not Type.REPOSITORIES:
        assert option.key in found.settings.by_key
