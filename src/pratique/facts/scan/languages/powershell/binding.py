"""The words of a command given to its parameters."""

from typing import Final

from pratique.facts.scan.languages.powershell.expressions import Expressions, variable_of
from pratique.facts.scan.languages.powershell.forms import Form
from pratique.facts.scan.languages.powershell.machine import Call
from pratique.facts.scan.languages.powershell.syntax import (
    Command,
    Option,
    Variable,
)
from pratique.facts.scan.languages.powershell.values import (
    Codes,
    Fields,
    text_of,
)
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import HOLE, Value

NO_FORM: Final = Form(())
"""Of a command of which nothing is known."""
_WORDS_MAX: Final = 40


class Binding(Expressions):
    """Adds what commands are called with to expressions."""

    def bound(self, node: Command, name: str, form: Form, piped: Value | None, how: How = How.LITERAL) -> Call:
        """A command's words given to its parameters."""
        call = Call(name, node.at, how, piped=piped)
        call.words.append(name or "&")
        pending = ""
        for word in node.words:
            if isinstance(word, Option):
                pending = self._option(word, form, call)
                continue
            value = self.value(word)
            if isinstance(word, Variable) and word.splat:
                self._splatted(value, form, call)
                continue
            self._worded(value, call)
            variable = variable_of(word)
            if pending:
                call.named[pending] = value
                if variable:
                    call.targets[pending] = variable
                pending = ""
            else:
                call.rest.append(value)
        free = [place for place in form.places if place not in call.named]
        while free and call.rest:
            call.named[free.pop(0)] = call.rest.pop(0)
        return call

    def _option(self, word: Option, form: Form, call: Call) -> str:
        """A parameter by name; gives its name where its value follows."""
        call.words.append(f"-{word.name}")
        name = form.resolve(word.name)
        if name in form.switches:
            if word.value is None or self.value(word.value).constant is not False:
                call.switches.add(name)
            return ""
        name = name or word.name.lower()
        if word.value is not None:
            value = self.value(word.value)
            call.words[-1] += f":{text_of(value)}"
            call.named[name] = value
            return ""
        if form is NO_FORM:
            call.switches.add(name)
            return ""
        return name

    def _worded(self, value: Value, call: Call) -> None:
        listed = value.items
        if listed is not None and not isinstance(value, Codes) and len(listed) <= _WORDS_MAX:
            call.words += [text_of(each) for each in listed]
        else:
            call.words.append(HOLE if value.name.startswith("block:") else text_of(value))

    def _splatted(self, value: Value, form: Form, call: Call) -> None:
        if isinstance(value, Fields):
            for key, each in value.fields.items():
                name = form.resolve(key) or key
                if name in form.switches:
                    call.switches.add(name)
                else:
                    call.named[name] = each
                call.words += [f"-{name}", text_of(each)]
        elif value.items is not None:
            call.rest += value.items
            call.words += [text_of(each) for each in value.items[:_WORDS_MAX]]
        elif value.labels:
            call.rest.append(Value(labels=value.labels))
