"""The category of a licence: what it asks of those who copy code under it.

By SPDX identifier. A licence that is not listed is ``unknown``, which no policy can take for a permissive one by
accident.
"""

from enum import StrEnum


class Category(StrEnum):
    """What a licence asks, from the least to the most; names are those of a policy."""

    PERMISSIVE = "permissive"
    WEAK_COPYLEFT = "weak-copyleft"
    STRONG_COPYLEFT = "strong-copyleft"
    NETWORK_COPYLEFT = "network-copyleft"
    NON_FREE = "non-free"
    UNKNOWN = "unknown"


_LISTED = {
    Category.PERMISSIVE: """
        0BSD AAL Adobe-2006 Adobe-Glyph AFL-1.1 AFL-1.2 AFL-2.0 AFL-2.1 AFL-3.0 Afmparse ANTLR-PD ANTLR-PD-fallback
        Apache-1.0 Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-1.0-Perl Artistic-1.0-cl8 Artistic-2.0 Barr Beerware
        Bitstream-Vera blessing BlueOak-1.0.0 Brian-Gladman-3-Clause BSD-1-Clause BSD-2-Clause BSD-2-Clause-FreeBSD
        BSD-2-Clause-NetBSD BSD-2-Clause-Patent BSD-2-Clause-Views BSD-3-Clause BSD-3-Clause-Attribution
        BSD-3-Clause-Clear BSD-3-Clause-flex BSD-3-Clause-LBNL BSD-3-Clause-Modification BSD-3-Clause-Open-MPI
        BSD-4-Clause BSD-4-Clause-UC BSD-4.3TAHOE BSD-Source-Code BSD-Systemics BSL-1.0 bzip2-1.0.5 bzip2-1.0.6
        CC-BY-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-3.0 CC-BY-4.0 CC-PDDC CC0-1.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0
        CECILL-B CERN-OHL-P-2.0 ClArtistic CMU-Mach CNRI-Jython CNRI-Python CNRI-Python-GPL-Compatible
        Crossword Cube
        curl diffmark ECL-1.0 ECL-2.0 EFL-2.0 Entessa Fair FSFAP FSFUL FSFULLR FTL Glulxe HPND HPND-doc
        HPND-Kevlin-Henney
        HPND-Markus-Kuhn HPND-sell-variant ICU IJG Imlib2 Info-ZIP Intel ISC ISC-Veillard Leptonica Libpng
        libpng-2.0
        libtiff LZMA-SDK-9.22 Minpack MIT MIT-0 MIT-CMU MIT-enna MIT-feh MIT-Festival MIT-Modern-Variant
        MITNFA MIT-Wu
        mpich2 MS-PL MulanPSL-1.0 MulanPSL-2.0 Multics NAIST-2003 NCSA Net-SNMP NIST-PD NIST-PD-fallback
        NLOD-1.0 Noweb
        NTP NTP-0 ODC-By-1.0 OFFIS OFL-1.0 OFL-1.1 OLDAP-2.7 OLDAP-2.8 OpenSSL OpenSSL-standalone PDDL-1.0 PHP-3.0
        PHP-3.01 Plexus PostgreSQL psutils PSF-2.0 Python-2.0 Python-2.0.1 RSA-MD Ruby SAX-PD SAX-PD-2.0 SGI-B-2.0
        SMLNJ snprintf Spencer-86 Spencer-94 Spencer-99 SSLeay-standalone SunPro SWL TCL TCP-wrappers TU-Berlin-1.0
        Unicode-3.0 Unicode-DFS-2015 Unicode-DFS-2016 UnixCrypt Unlicense Unlicense-libtelnet Unlicense-libwhirlpool
        UPL-1.0 W3C W3C-19980720 W3C-20150513 WTFPL X11 X11-distribute-modifications-variant Xerox
        XFree86-1.1 Xnet Zed
        Zlib zlib-acknowledgement ZPL-1.1 ZPL-2.0 ZPL-2.1 GLWTPL MirOS""",
    Category.WEAK_COPYLEFT: """
        APSL-1.0 APSL-1.1 APSL-1.2 APSL-2.0 BitTorrent-1.1 CDDL-1.0 CDDL-1.1 CDLA-Sharing-1.0 CECILL-C
        CERN-OHL-W-2.0 CPL-1.0 EPL-1.0 EPL-2.0 EUPL-1.0 EUPL-1.1 EUPL-1.2 gnuplot IPL-1.0 LGPL-2.0-only
        LGPL-2.0-or-later
        LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later LGPLLR LiLiQ-R-1.1 LPPL-1.3a
        LPPL-1.3c MPL-1.0 MPL-1.1
        MPL-2.0 MPL-2.0-no-copyleft-exception MS-RL Nokia NPL-1.0 NPL-1.1 ODbL-1.0 SISSL SPL-1.0 Vim""",
    Category.STRONG_COPYLEFT: """
        CC-BY-SA-1.0 CC-BY-SA-2.0 CC-BY-SA-2.5 CC-BY-SA-3.0 CC-BY-SA-4.0 CECILL-1.0 CECILL-1.1 CECILL-2.0 CECILL-2.1
        CERN-OHL-S-2.0 copyleft-next-0.3.0 copyleft-next-0.3.1 GFDL-1.1-only GFDL-1.1-or-later GFDL-1.2-only
        GFDL-1.2-or-later GFDL-1.3-only GFDL-1.3-or-later GPL-1.0-only GPL-1.0-or-later GPL-2.0-only
        GPL-2.0-or-later
        GPL-3.0-only GPL-3.0-or-later QPL-1.0 Sleepycat TORQUE-1.1 Linux-man-pages-copyleft BSD-Protection""",
    Category.NETWORK_COPYLEFT: """
        AGPL-1.0-only AGPL-1.0-or-later AGPL-3.0-only AGPL-3.0-or-later CPAL-1.0 OSL-1.0 OSL-1.1 OSL-2.0
        OSL-2.1 OSL-3.0
        Parity-6.0.0 Parity-7.0.0 RPL-1.1 RPL-1.5 NPOSL-3.0 SSPL-1.0""",
    Category.NON_FREE: """
        BUSL-1.1 CC-BY-NC-1.0 CC-BY-NC-2.0 CC-BY-NC-2.5 CC-BY-NC-3.0 CC-BY-NC-4.0 CC-BY-NC-ND-1.0 CC-BY-NC-ND-2.0
        CC-BY-NC-ND-2.5 CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-1.0 CC-BY-NC-SA-2.0 CC-BY-NC-SA-2.5
        CC-BY-NC-SA-3.0 CC-BY-NC-SA-4.0 CC-BY-ND-1.0 CC-BY-ND-2.0 CC-BY-ND-2.5 CC-BY-ND-3.0 CC-BY-ND-4.0 COIL-1.0
        Elastic-2.0 Hippocratic-2.1 JSON PolyForm-Noncommercial-1.0.0 PolyForm-Small-Business-1.0.0 Watcom-1.0
        BSD-3-Clause-No-Nuclear-License BSD-3-Clause-No-Nuclear-License-2014 LicenseRef-proprietary""",
}
_CATEGORY = {name: category for category, names in _LISTED.items() for name in names.split()}

_LINKING_EXCEPTIONS = frozenset(
    """Classpath-exception-2.0 GCC-exception-2.0 GCC-exception-3.1 Linux-syscall-note LGPL-3.0-linking-exception
    OpenJDK-assembly-exception-1.0 WxWindows-exception-3.1 FLTK-exception Autoconf-exception-2.0 Autoconf-exception-3.0
    Bison-exception-2.2 Libtool-exception Font-exception-2.0 Qwt-exception-1.0 OCaml-LGPL-linking-exception
    Qt-GPL-exception-1.0 Universal-FOSS-exception-1.0 u-boot-exception-2.0 eCos-exception-2.0 i2p-gpl-java-exception
    LLVM-exception Swift-exception""".split()
)


def category_of(licence: str) -> Category:
    """Return the category of one licence, as an expression without ``AND`` and ``OR``.

    An exception that lets other programs use the code softens nothing here: who copies the code itself owes what the
    licence asks. An exception that is not known makes the whole unknown.
    """
    name, _, exception = licence.partition(" WITH ")
    if exception and exception not in _LINKING_EXCEPTIONS:
        return Category.UNKNOWN
    return _CATEGORY.get(name, Category.UNKNOWN)


def worst_category(licences: tuple[str, ...]) -> Category:
    """Return the most demanding category of licences that hold together; unknown is beyond all."""
    order = list(Category)
    return max((category_of(name) for name in licences), key=order.index, default=Category.UNKNOWN)
