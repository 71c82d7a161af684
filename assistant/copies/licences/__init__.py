"""Which licence is code under? From tags, package metadata and licence texts, with confidence and evidence.

Nothing here judges: :mod:`assistant.copies.policy` does. A licence that is not certain is never reported as a certain
one; what is not understood is ``NOASSERTION`` or a part named ``LicenseRef-unknown``.
"""

from assistant.copies.licences.categories import Category, category_of
from assistant.copies.licences.credit import Attribution, attribution_for
from assistant.copies.licences.files import LicenceFinder, licence_of_file
from assistant.copies.licences.model import NOASSERTION, UNKNOWN_PART, Confidence, LicenceFinding
from assistant.copies.licences.packages import licence_of_package, licence_of_package_metadata
from assistant.copies.licences.texts import identify_text

__all__ = [
    "NOASSERTION",
    "UNKNOWN_PART",
    "Attribution",
    "Category",
    "Confidence",
    "LicenceFinder",
    "LicenceFinding",
    "attribution_for",
    "category_of",
    "identify_text",
    "licence_of_file",
    "licence_of_package",
    "licence_of_package_metadata",
]
