"""A shell script read into commands (POSIX.1-2024, Shell Command Language, 2.9 and 2.10; bash's additions), tolerantly.

Shells run a script command by command and complain when they come to a mistake, so what stands before one counts. Commands
come one by one from `Script.top`; where something is never closed, reading goes on with the next line.
"""

import re
from collections.abc import Iterator
from typing import Final

from pratique.facts.scan.languages.shell.nodes import (
    AnyWord,
    Assignment,
    Command,
    Function,
    Group,
    Node,
    Pipeline,
    Redirect,
    Word,
)
from pratique.facts.scan.languages.shell.words import Words

_PLAIN: Final = re.compile(r"[ \t]*([\w./:=@%+,*?~^!\[\]-]+)(?=[\s;&|)]|$)")
_RESERVED: Final = re.compile(
    r"(?:if|then|elif|else|fi|while|until|for|select|do|done|case|esac|function|time|coproc|!|\{|\}|\[\[)(?=[\s;&|<>()]|$)"
)
_ASSIGNMENT: Final = re.compile(r"([A-Za-z_]\w*)(?:\[[^\n=]{0,200}?\])?(\+?)=")
_REDIRECT: Final = re.compile(r"([0-9]{0,9}|\{\w+\})(<<<|<<-?|<>|<&|>&|>>|>\||&>>|&>|<|>)")
_PARENTHESES: Final = re.compile(r"\s*\(\s*\)")
_BEGINNING_EMPTY: Final = frozenset({"then", "elif", "else", "do", "time", "!", "coproc"})
_OPENING: Final = {"if": "fi", "while": "done", "until": "done", "for": "done", "select": "done", "{": "}"}
_CLOSING: Final = frozenset({"fi", "done", "esac", "}"})
_NO_WORDS: Final[frozenset[str]] = frozenset()
_RESTARTS_MAX: Final = 16


class Script(Words):
    """A script, from its first command to its last."""

    def __init__(self, text: str) -> None:
        super().__init__(text.replace("\r\n", "\n"))
        self.lost = 0
        self._conditional = False
        self._waiting: list[tuple[Redirect, str, bool, bool]] = []

    def top(self) -> Iterator[Node]:
        """Each command of the script. `lost` counts the places where reading had to begin anew."""
        held: list[Node] = []
        while self.at < self.end:
            self._separators()
            if not self._waiting:
                yield from held
                held.clear()
            before = self.at
            node = self._next(_NO_WORDS)
            if node is not None:
                held.append(node)
            elif self.at == before:
                self.at += 1
            if self.unclosed is not None and self.lost < _RESTARTS_MAX:
                self._begin_anew(self.unclosed)
        yield from held

    def _begin_anew(self, unclosed: int) -> None:
        self.lost += 1
        place = self.text.find("\n", unclosed)
        self.at = self.end if place < 0 else place
        self.unclosed = None
        self._waiting.clear()

    def inner(self, text: str) -> list[Node]:
        """The commands of a text that had to be unescaped first."""
        script = Script(text)
        script._depth = self._depth
        line = self.line(self.at)
        found = script.nodes(_NO_WORDS)
        for node in found:
            node.line = line
        return found

    def nodes(self, closers: frozenset[str]) -> list[Node]:
        """Commands up to what closes them."""
        found: list[Node] = []
        while True:
            self._separators()
            if self.at >= self.end or self._closes(closers):
                return found
            before = self.at
            node = self._next(closers)
            if node is not None:
                found.append(node)
            elif self.at == before:
                self.at += 1

    def _next(self, closers: frozenset[str]) -> Node | None:
        """A pipeline, and the operator behind it."""
        node = self._pipeline(closers)
        if self._conditional and isinstance(node, Command):
            node.conditional = True
        self._conditional = False
        self.blanks()
        if self.text.startswith(("&&", "||"), self.at):
            self.at += 2
            self._conditional = True
        elif self.text.startswith("&", self.at) and self.at < self.end:
            self.at += 1
            if node is not None and not isinstance(node, Function):
                node.background = True
        return node

    def _separators(self) -> None:
        """Pass over ends of commands and lines, and over the texts of here-documents that begin behind a line's end."""
        text = self.text
        while self.at < self.end:
            self.blanks()
            sign = text[self.at : self.at + 1] if self.at < self.end else ""
            if sign == "\n":
                self.at += 1
                if self._waiting:
                    self._heredocs()
            elif sign == ";" and not text.startswith((";;", ";&"), self.at):
                self.at += 1
            else:
                return

    def _closes(self, closers: frozenset[str]) -> bool:
        """Whether a group ends here; what closes it is passed over, except for the `esac` behind a last branch."""
        text = self.text
        if ")" in closers and text.startswith(")", self.at):
            self.at += 1
            return True
        if ";;" in closers and text.startswith((";;", ";&"), self.at):
            self.at += 3 if text.startswith(";;&", self.at) else 2
            return True
        found = _RESERVED.match(text, self.at, self.end)
        if found is None or found.group() not in closers:
            return False
        if found.group() != "esac":
            self.at = found.end()
        return True

    def _pipeline(self, closers: frozenset[str]) -> Node | None:
        first = self._command(closers)
        parts = [first] if first is not None else []
        while True:
            self.blanks()
            if not self.text.startswith("|", self.at) or self.text.startswith("||", self.at) or self.at >= self.end:
                break
            self.at += 2 if self.text.startswith("|&", self.at) else 1
            self._lines()
            following = self._command(closers)
            if following is not None:
                parts.append(following)
        if len(parts) < 2:
            return parts[0] if parts else None
        return Pipeline(parts[0].line, parts)

    def _lines(self) -> None:
        """Pass over ends of lines where a command must follow."""
        while True:
            self.blanks()
            if not self.text.startswith("\n", self.at):
                return
            self.at += 1
            if self._waiting:
                self._heredocs()

    def _command(self, closers: frozenset[str]) -> Node | None:
        self.blanks()
        line = self.line(self.at)
        found = _RESERVED.match(self.text, self.at, self.end)
        if found is None:
            if self.text.startswith("(", self.at):
                return self._parentheses(line)
            return self._simple(line)
        word = found.group()
        if word in closers:
            return None
        self.at = found.end()
        if word in _BEGINNING_EMPTY:
            return self._command(closers) if word in ("time", "!", "coproc") else None
        if word in _CLOSING:
            return None  # closes nothing here
        self.deeper()
        node = self._compound(word, line)
        self.higher()
        return node

    def _compound(self, word: str, line: int) -> Node:
        if word == "[[":
            return self._test(line)
        if word == "function":
            self.blanks()
            name = self.word()
            found = _PARENTHESES.match(self.text, self.at, self.end)
            self.at = found.end() if found is not None else self.at
            return self._function(name if isinstance(name, str) else "", line)
        group = Group(line, word, [])
        if word == "case":
            self._case(group)
        else:
            if word in ("for", "select"):
                self._loop(group)
            group.body += self.nodes(frozenset({_OPENING[word]}))
        self._redirects(group.redirects)
        return group

    def _parentheses(self, line: int) -> Node:
        if self.text.startswith("((", self.at):
            close = self.text.find("))", self.at, min(self.end, self.at + 1000))
            if close >= 0 and "\n" not in self.text[self.at : close]:
                self.at = close + 2
                return Command(line)
        self.deeper()
        self.at += 1
        group = Group(line, "(", self.nodes(frozenset({")"})))
        self._redirects(group.redirects)
        self.higher()
        return group

    def _loop(self, group: Group) -> None:
        """The head of `for name in words`."""
        self.blanks()
        if self.text.startswith("((", self.at):
            close = self.text.find("))", self.at, self.end)
            self.at = self.end if close < 0 else close + 2
            return
        name = self.word()
        group.name = name if isinstance(name, str) else ""
        self._lines()
        if re.compile(r"in(?=[\s;]|$)").match(self.text, self.at, self.end):
            self.at += 2
            group.words = self._row()

    def _row(self) -> list[AnyWord]:
        """Words up to the end of a command."""
        found: list[AnyWord] = []
        while self.at < self.end:
            self.blanks()
            before = self.at
            word = self.word()
            if self.at == before:
                break
            found.append(word)
        return found

    def _case(self, group: Group) -> None:
        self.blanks()
        group.words = [self.word()]
        self._lines()
        if self.text.startswith("in", self.at):
            self.at += 2
        while self.at < self.end:
            self._separators()
            found = _RESERVED.match(self.text, self.at, self.end)
            if found is not None and found.group() == "esac":
                self.at = found.end()
                return
            before = self.at
            if not self._pattern():
                return
            group.body += self.nodes(frozenset({";;", "esac"}))
            self.at = max(self.at, before + 1)

    def _pattern(self) -> bool:
        """The pattern of a branch, up to its `)`."""
        while self.at < self.end:
            self.blanks()
            before = self.at
            self.word()
            if self.at > before:
                continue
            sign = self.text[self.at] if self.at < self.end else ""
            if sign in "|(\n&<>":
                self.at += 1
                continue
            if sign == ")":
                self.at += 1
                return True
            return sign == ";"
        return False

    def _test(self, line: int) -> Command:
        """`[[ ... ]]`: its words, for the commands that are substituted in them."""
        command = Command(line, ["[["])
        while self.at < self.end:
            self._lines()
            before = self.at
            word = self.word()
            if word == "]]":
                break
            if self.at == before:
                if self.text[self.at : self.at + 1] == ";":
                    break
                self.at += 1
            else:
                command.words.append(word)
        self._redirects(command.redirects)
        return command

    def _function(self, name: str, line: int) -> Function:
        self._lines()
        self.deeper()
        body = self._command(_NO_WORDS)
        self.higher()
        return Function(line, name, [body] if body is not None else [])

    def _simple(self, line: int) -> Node | None:
        """A simple command, or a function's definition; None where there is neither."""
        command = Command(line)
        words, text = command.words, self.text
        while self.at < self.end:
            found = _PLAIN.match(text, self.at, self.end)
            if found is not None and (words or "=" not in found[1]):
                words.append(found[1])
                self.at = found.end()
                continue
            self.blanks()
            sign = text[self.at] if self.at < self.end else "\n"
            if sign in "\n;|)" or (sign == "&" and not text.startswith("&>", self.at)):
                break
            if (sign in "<>&" or sign.isdigit() or sign == "{") and self._redirect(command.redirects):
                continue
            if sign == "(":
                found = _PARENTHESES.match(text, self.at, self.end)
                if found is not None and len(words) == 1 and isinstance(words[0], str):
                    self.at = found.end()
                    return self._function(words[0], line)
                if not words:
                    break
                self.at += 1  # an array behind `declare`, or a mistake
                words += self._array()
                continue
            if not words and self._assignment(command):
                continue
            before = self.at
            word = self.word()
            if self.at == before:
                break
            words.append(word)
        if not words and not command.assignments and not command.redirects:
            return None
        return command

    def _assignment(self, command: Command) -> bool:
        found = _ASSIGNMENT.match(self.text, self.at, self.end)
        if found is None:
            return False
        self.at = found.end()
        value: AnyWord | list[AnyWord]
        if self.text.startswith("(", self.at):
            self.at += 1
            value = self._array()
        else:
            value = self.word()
        command.assignments.append(Assignment(found[1], value, bool(found[2])))
        return True

    def _array(self) -> list[AnyWord]:
        found: list[AnyWord] = []
        while self.at < self.end:
            self._lines()
            if self.text.startswith(")", self.at):
                self.at += 1
                break
            before = self.at
            word = self.word()
            if self.at == before:
                break
            found.append(word)
        return found

    def _redirects(self, redirects: list[Redirect]) -> None:
        while True:
            self.blanks()
            if not self._redirect(redirects):
                return

    def _redirect(self, redirects: list[Redirect]) -> bool:
        found = _REDIRECT.match(self.text, self.at, self.end)
        if found is None or self.text.startswith("(", found.end()):
            return False
        self.at = found.end()
        self.blanks()
        start = self.at
        target = self.word()
        operator = found[2].removesuffix("|")
        default = 0 if operator.startswith("<") else 1
        redirect = Redirect(int(found[1]) if found[1].isdecimal() else default, operator, target)
        if operator in ("<<", "<<-"):
            redirect.operator = "<<"
            raw = self.text[start : self.at]
            delimiter = target if isinstance(target, str) else re.sub(r"[\"'\\]", "", raw)
            redirect.target = ""
            quoted = any(sign in raw for sign in "\"'\\")
            self._waiting.append((redirect, delimiter, operator == "<<-", quoted))
        redirects.append(redirect)
        return True

    def _heredocs(self) -> None:
        """The texts of the here-documents whose operators stood in the line before."""
        waiting, self._waiting = self._waiting, []
        for redirect, delimiter, indented, quoted in waiting:
            tabs = "\t*" if indented else ""
            pattern = re.compile(f"^{tabs}{re.escape(delimiter)}$", re.MULTILINE)
            found = pattern.search(self.text, self.at, self.end)
            close = found.start() if found is not None else self.end
            redirect.target = self.text[self.at : close] if quoted else self.heredoc(self.at, close)
            self.at = min(found.end() + 1, self.end) if found is not None else self.end


def plain(word: AnyWord) -> str:
    """The text of a word that holds no expansion; empty for another."""
    if isinstance(word, Word):
        return (
            "".join(part for part in word.parts if isinstance(part, str))
            if all(isinstance(part, str) for part in word.parts)
            else ""
        )
    return word
