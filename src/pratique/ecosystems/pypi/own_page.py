"""A project page of an index of our own, which `simple.py` reads as it reads every other."""

from pratique.ecosystems.pypi.render import ShownFile, ShownPage, encode_json
from pratique.ecosystems.pypi.simple import JSON_TYPE
from pratique.ecosystems.pypi.told import NO_HASHES, Hashes
from pratique.model.listing import ListedFile, Listing


def written_page(listing: Listing) -> tuple[bytes, str]:
    """The page as PEP 691 JSON, and the type of its content. Attestations and metadata beside files have no place in it."""
    versions = list(dict.fromkeys(file.version for file in listing.files))
    files = [_shown(file) for file in listing.files]
    return bytes(
        encode_json(ShownPage(listing.name, files, versions, listing.status, listing.status_reason))
    ), JSON_TYPE


def _shown(file: ListedFile) -> ShownFile:
    hashes = NO_HASHES if file.digest is None else Hashes(sha256=file.digest.removeprefix("sha256:"))
    return ShownFile(file.filename, file.url, hashes, file.size, file.upload_time, file.requires, file.yanked)
