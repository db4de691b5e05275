"""The policy file that the settings name."""

from pathlib import Path

from pratique.errors import InvalidInput
from pratique.policy.load import default_policy, load
from pratique.policy.policy import Policy
from pratique.settings import Settings


def policy_in_force(settings: Settings) -> Policy:
    """The policy file named in the settings, or the one that ships. Raises `InvalidPolicy` or `InvalidInput`."""
    if not settings.policy:
        return default_policy()
    try:
        path = Path(settings.policy).expanduser()
        text = path.read_text(encoding="utf-8")
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"the policy {settings.policy} cannot be read: {error}", advice="pratique settings says which file names it"
        ) from error
    return load(text, str(path), indexes=settings.index_names)
