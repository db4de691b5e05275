"""An import contract that names what a layer may use, instead of what it may not: anything new has to be argued for."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyExternal(Contract):
    """The modules below `sources`, except those below `except_for`, import nothing outside the package but `allowed`."""

    sources = fields.SetField(subfield=fields.StringField())
    except_for = fields.SetField(subfield=fields.StringField(), required=False)
    allowed = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - import-linter's own signature
        """Collect every import that is not allowed."""
        del verbose
        roots = set(self.session_options["root_packages"])
        allowed = set(self.allowed)  # type: ignore[call-overload]  # import-linter's fields are descriptors without types
        bad = sorted(
            (module, external)
            for module in self._below(graph, self.sources) - self._below(graph, self.except_for)
            for external in graph.find_modules_directly_imported_by(module)
            if external.split(".")[0] not in roots and external not in allowed and external.split(".")[0] not in allowed
        )
        return ContractCheck(kept=not bad, metadata={"bad": bad})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say which module imports what its layer may not use."""
        for module, external in check.metadata["bad"]:
            output.print_error(f"{module} imports {external}, which its layer may not use")

    @staticmethod
    def _below(graph: ImportGraph, names: object) -> set[str]:
        found: set[str] = set()
        for name in names or ():  # type: ignore[attr-defined]  # the same
            found |= {name} | graph.find_descendants(name)
        return found
