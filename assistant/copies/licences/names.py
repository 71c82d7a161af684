"""Licences by the names that package metadata gives them: SPDX, trove classifiers, what people write.

Only what leaves no doubt is translated. "BSD" may be any of a dozen licences and stays untranslated.
"""

import re

from assistant.copies.licences.expressions import normalise
from assistant.copies.licences.mentions import find_mentions
from assistant.copies.licences.words import prepare

PROPRIETARY = "LicenseRef-proprietary"
"""No licence to copy is given."""
_FILLING = re.compile(
    r"\b(?:the|license|licence|version|v|software|only|open|source|osi|approved|expat|agreement|text)\b"
)
_SHORT_NAMES = {
    "bsd 3 clause": "BSD-3-Clause",
    "bsd 2 clause": "BSD-2-Clause",
    "psf": "PSF-2.0",
    "zpl 2.1": "ZPL-2.1",
    "zpl": "",
    "cc0": "CC0-1.0",
    "public domain": "LicenseRef-public-domain",
    "proprietary": PROPRIETARY,
    "unlicensed": PROPRIETARY,
    "commercial": PROPRIETARY,
    "all rights reserved": PROPRIETARY,
    "hpnd": "HPND",
    "mit-cmu": "MIT-CMU",
    "w3c": "W3C",
}
_OSI = "License :: OSI Approved :: "
# PEP 639 lists the classifiers that leave open which licence is meant (Apache, BSD, GPL, Artistic ...): not here.
_CLASSIFIERS = {
    "Academic Free License (AFL)": "",
    "Blue Oak Model License (BlueOak-1.0.0)": "BlueOak-1.0.0",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "CEA CNRS Inria Logiciel Libre License, version 2.1 (CeCILL-2.1)": "CECILL-2.1",
    "Common Development and Distribution License 1.0 (CDDL-1.0)": "CDDL-1.0",
    "Eclipse Public License 1.0 (EPL-1.0)": "EPL-1.0",
    "Eclipse Public License 2.0 (EPL-2.0)": "EPL-2.0",
    "European Union Public Licence 1.0 (EUPL 1.0)": "EUPL-1.0",
    "European Union Public Licence 1.1 (EUPL 1.1)": "EUPL-1.1",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "Historical Permission Notice and Disclaimer (HPND)": "HPND",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 1.0 (MPL)": "MPL-1.0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Mulan Permissive Software License v2 (MulanPSL-2.0)": "MulanPSL-2.0",
    "Open Software License 3.0 (OSL-3.0)": "OSL-3.0",
    "PostgreSQL License": "PostgreSQL",
    "Python Software Foundation License": "PSF-2.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "Sleepycat License": "Sleepycat",
    "The Unlicense (Unlicense)": "Unlicense",
    "Universal Permissive License (UPL)": "UPL-1.0",
    "University of Illinois/NCSA Open Source License": "NCSA",
    "zlib/libpng License": "Zlib",
}
_OTHER_CLASSIFIERS = {
    "License :: CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "License :: CeCILL-B Free Software License Agreement (CECILL-B)": "CECILL-B",
    "License :: CeCILL-C Free Software License Agreement (CECILL-C)": "CECILL-C",
    "License :: Other/Proprietary License": PROPRIETARY,
    "License :: Free For Educational Use": PROPRIETARY,
    "License :: Free For Home Use": PROPRIETARY,
    "License :: Free for non-commercial use": PROPRIETARY,
    "License :: Public Domain": "LicenseRef-public-domain",
}


def from_classifier(classifier: str) -> str | None:
    """Return the expression that a trove classifier means, or ``None`` if it leaves open which licence it is."""
    if classifier.startswith(_OSI):
        return _CLASSIFIERS.get(classifier.removeprefix(_OSI)) or None
    return _OTHER_CLASSIFIERS.get(classifier)


def from_name(name: str) -> str | None:
    """Return the expression that a short name means: ``Apache License, Version 2.0``; ``None`` if it is not plain."""
    plain = " ".join(name.split()).strip(" .\"'")
    if not plain or len(plain) > 200:
        return None
    short = _SHORT_NAMES.get(plain.casefold().removesuffix(" license").removesuffix(" licence"))
    if short is not None:
        return short or None
    expression = normalise(plain)
    if expression is not None:
        return expression
    prepared = prepare(plain)
    mentions = find_mentions(prepared)
    if len(mentions) != 1 or not mentions[0].expression:
        return None
    rest = prepared[: mentions[0].start] + " " + prepared[mentions[0].end :]
    # "BSD-style", "MIT with changes", "MIT or whatever": any word more is a doubt. A repeated short form is not.
    rest = re.sub(r"\([^()]{1,14}\)", " ", rest)
    return None if re.search(r"\w", _FILLING.sub(" ", rest)) else mentions[0].expression
