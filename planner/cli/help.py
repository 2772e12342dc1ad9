"""
A verb's help in the language that was asked for.

What a verb does stands in its docstring: paragraphs in English, paragraphs in Chinese, and the example that both share.
What an option means stands beside it, as a ``Label``. Nothing is put together before somebody asks for help.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from typer.core import TyperCommand, TyperOption

from planner.cli.options import Lang
from planner.label import Label
from planner.writers.terminal import columns, filled, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WIDEST = 28
"""Columns for what is typed; whatever needs more has a line of its own, with its meaning below."""

MOST_IN_PLACE = 20
"""Columns for choices that stand in the place of a value; more are listed behind the meaning."""

EXAMPLE = "Example: "
"""How the paragraph with the example begins."""

_WORDS: Mapping[str, Label] = {
    "usage": Label("用法:{} [选项]", "Usage: {} [OPTIONS]"),
    "example": Label("示例:", "Example:"),
    "arguments": Label("参数:", "Arguments:"),
    "options": Label("选项:", "Options:"),
    "help": Label("显示本帮助", "Show this help."),
    "required": Label("必填", "required"),
    "repeated": Label("可重复", "may be repeated"),
    "default": Label("默认 {}", "default: {}"),
    "between": Label("{} 至 {}", "{} to {}"),
    "at_least": Label("不小于 {}", "at least {}"),
    "note": Label("({})", " [{}]"),
    "choices": Label("可选:{}", "One of {}."),
}


class Spoken(TyperCommand):
    """A verb whose help is Chinese, or English with ``--lang en`` anywhere on the line."""

    def format_help(self, context: Any, formatter: Any) -> None:
        """The whole page; its language comes with the context, because no option is parsed when help is asked for."""
        formatter.write(page(self, context.command_path, context.obj or Lang.ZH, formatter.width))


def page(verb: TyperCommand, called: str, lang: str, width: int) -> str:
    """The help of a verb, in lines of at most so many columns."""
    given = [_Given(parameter, hint, lang) for parameter, hint in parameters(verb)]
    arguments = {each.name: each.meaning for each in given if not each.is_option}
    options = {each.name: each.meaning for each in given if each.is_option} | {"--help": _word("help", lang)}
    about, examples = _paragraphs(verb.help or "", lang)
    first = max(columns(name) for name in (*arguments, *options) if columns(name) <= WIDEST)
    usage = " ".join([_word("usage", lang, called), *(each.usage for each in given if not each.is_option)])
    parts = [
        wrapped(usage, width),
        *([f"  {line}" for line in wrapped(text, width - 2)] for text in about),
        [_word("example", lang), *(f"  {example}" for example in examples)],
        *([[_word("arguments", lang), *_rows(arguments, first, width)]] if arguments else []),
        [_word("options", lang), *_rows(options, first, width)],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def parameters(verb: TyperCommand) -> list[tuple[Any, Any]]:
    """The arguments and options of a verb, each with the type hint in which its meaning stands."""
    if verb.callback is None:
        return []
    hints = get_type_hints(inspect.unwrap(verb.callback), include_extras=True)
    return [(parameter, hints[parameter.name]) for parameter in verb.params]


def meaning_of(hint: Any) -> Label:
    """The label in a type hint."""
    return next(each for each in hint.__metadata__ if isinstance(each, Label))


@dataclass(frozen=True)
class _Given:
    """An argument or an option, as help shows it."""

    parameter: Any
    hint: Any
    lang: str

    @property
    def is_option(self) -> bool:
        return isinstance(self.parameter, TyperOption)

    @property
    def name(self) -> str:
        """What is typed: an option with what stands for its value."""
        if not self.is_option:
            return self.value
        return ", ".join(self.parameter.opts) + ("" if self.parameter.is_flag else f" {self.value}")

    @property
    def usage(self) -> str:
        """An argument in the line that shows how the verb is called."""
        many = "..." if self.parameter.nargs != 1 and "…" not in self.value else ""
        if not self.parameter.required:
            return f"[{self.value}]{many}"
        return f"{{{self.value}}}{many}" if "|" in self.value else self.value + many

    @property
    def value(self) -> str:
        """What stands for the value."""
        if self.parameter.metavar:
            return str(self.parameter.metavar)
        if self.choices and not self.lists_choices:
            return "|".join(self.choices)
        return "N" if {int, float} & self.types else str(self.parameter.name).upper()

    @property
    def meaning(self) -> str:
        """What it does, what it is if it is not given, and what else it may be."""
        notes = (";" if self.lang == "zh" else "; ").join(self.notes())
        text = meaning_of(self.hint).of(self.lang)
        first, *others = text.split("\n")
        if notes:
            first += _word("note", self.lang, notes)
        if self.lists_choices:
            others.append(_listed(self.choices, self.lang))
        return "\n".join([first, *others])

    @property
    def types(self) -> frozenset[Any]:
        """The classes that its value may be of."""
        return frozenset(_leaves(get_args(self.hint)[0]))

    @property
    def choices(self) -> tuple[StrEnum, ...]:
        enums = (each for each in self.types if isinstance(each, type) and issubclass(each, StrEnum))
        return tuple(next(enums, ()))

    @property
    def lists_choices(self) -> bool:
        return columns("|".join(self.choices)) > MOST_IN_PLACE or any(map(_called, self.choices))

    def notes(self) -> Iterator[str]:
        """What holds for the value."""
        parameter = self.parameter
        if self.is_option and parameter.required:
            yield _word("required", self.lang)
        if self.is_option and parameter.multiple:
            yield _word("repeated", self.lang)
        if parameter.show_default and parameter.default not in {None, ""} and not parameter.is_flag:
            yield _word("default", self.lang, _plain(parameter.default))
        if parameter.max is not None:
            yield _word("between", self.lang, _plain(parameter.min), _plain(parameter.max))
        elif parameter.min is not None:
            yield _word("at_least", self.lang, _plain(parameter.min))


def _word(key: str, lang: str, *values: object) -> str:
    return _WORDS[key].of(lang).format(*values)


def _leaves(hint: Any) -> Iterator[Any]:
    """What a type is made of: of ``list[str] | None``, ``str`` and the class of ``None``."""
    inner = get_args(hint)
    if not inner:
        yield hint
    for each in inner:
        yield from _leaves(each)


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else f"{value}"


def _listed(choices: Sequence[StrEnum], lang: str) -> str:
    """The codes, in Chinese with what people call them."""
    if lang != "zh":
        return _word("choices", lang, ", ".join(choices))
    return _word("choices", lang, "、".join(f"{code}({_called(code)})" if _called(code) else code for code in choices))


def _called(code: StrEnum) -> str:
    """What people call a code in Chinese; nothing if it speaks for itself."""
    from planner.words import LABELS  # noqa: PLC0415  (loads all the nouns: only for help about codes)

    return LABELS[code].zh if code in LABELS else ""


def _paragraphs(docstring: str, lang: str) -> tuple[list[str], list[str]]:
    """What a docstring says in a language, and its examples."""
    texts = inspect.cleandoc(docstring).split("\n\n")
    examples = [text.removeprefix(EXAMPLE) for text in texts if text.startswith(EXAMPLE)]
    about = [text for text in texts if not text.startswith(EXAMPLE) and _is_chinese(text) == (lang == "zh")]
    return ["".join(_unbroken(text)) for text in about], examples


def _is_chinese(text: str) -> bool:
    return columns(text) > len(text)


def _unbroken(paragraph: str) -> Iterator[str]:
    """The lines of a paragraph, with a space between them unless a Chinese one goes on."""
    first, *others = paragraph.split("\n")
    yield first
    for line in others:
        yield line if _is_chinese(line[0]) else f" {line}"


def _rows(meanings: Mapping[str, str], first: int, width: int) -> Iterator[str]:
    """Two columns: what is typed, and what it means."""
    for name, meaning in meanings.items():
        lines = [line for text in meaning.split("\n") for line in wrapped(text, width - first - 4)]
        names = [name, *[""] * (len(lines) - 1)]
        if columns(name) > first:
            yield f"  {name}"
            names[0] = ""
        for left, right in zip(names, lines, strict=True):
            yield f"  {filled(left, first)}  {right}"
