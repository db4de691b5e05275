"""Every language the scanner reads, by its id. Written by `python -m tools.generate`."""

from pratique.facts.scan.languages import (
    batch,
    config,
    gyp,
    javascript,
    notebook,
    npm,
    pickle,
    powershell,
    python,
    r,
    rdata,
    shell,
    startup,
)
from pratique.facts.scan.languages.language import Language

LANGUAGES: dict[str, Language] = {
    batch.LANGUAGE.id: batch.LANGUAGE,
    config.LANGUAGE.id: config.LANGUAGE,
    gyp.LANGUAGE.id: gyp.LANGUAGE,
    javascript.LANGUAGE.id: javascript.LANGUAGE,
    notebook.LANGUAGE.id: notebook.LANGUAGE,
    npm.LANGUAGE.id: npm.LANGUAGE,
    pickle.LANGUAGE.id: pickle.LANGUAGE,
    powershell.LANGUAGE.id: powershell.LANGUAGE,
    python.LANGUAGE.id: python.LANGUAGE,
    r.LANGUAGE.id: r.LANGUAGE,
    rdata.LANGUAGE.id: rdata.LANGUAGE,
    shell.LANGUAGE.id: shell.LANGUAGE,
    startup.LANGUAGE.id: startup.LANGUAGE,
}
