"""What licence files in archives of packages and in git repositories are under: ``benchmarks.licences`` compares with it.

Labels are as in ``licence_labels.py``. Each set was labelled by reading before the matcher was run on it, and the matcher
changed because of some of its files only after that: the first runs, which were blind, are in RESULTS.md.
"""

# ruff: noqa: E501 (a table is read by its rows)

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """A set of labelled files, a line each.

    :ivar git: OWNER+NAME, revision, path, expression.
    :ivar node: npm package, version, path, expression.
    :ivar python: name and version of a wheel, path below its metadata or its licences, expression.
    """

    git: str
    node: str
    python: str


FIRST = Labels(
    git="""
facebook+zstd 2dddf0905619 COPYING GPL-2.0-only
facebook+zstd 2dddf0905619 LICENSE BSD-3-Clause
folke+lazy.nvim 306a05526ada LICENSE Apache-2.0
ibhagwan+fzf-lua 9ad7340dcc6d LICENSE MIT
jqlang+jq 579e6f76cffd COPYING MIT AND CC-BY-3.0 AND dtoa AND ICU AND BSD-2-Clause
libuv+libuv 6179e7af8741 LICENSE MIT
libuv+libuv 6179e7af8741 LICENSE-docs CC-BY-4.0
libuv+libuv 6179e7af8741 LICENSE-extra MIT AND BSD-2-Clause AND ISC
madler+zlib d201f04c72b0 LICENSE Zlib
nvim-lua+plenary.nvim b9fd5226c2f7 LICENSE MIT
nvim-telescope+telescope.nvim 7d324792b794 LICENSE MIT
tmux+tmux c1f947a3c5bc COPYING ISC
tmux+tmux c1f947a3c5bc logo/LICENSE ISC
""",
    node="""
ace-builds 1.45.2 LICENSE BSD-3-Clause
backbone 1.6.1 LICENSE MIT
bignumber.js 11.1.5 LICENCE.md MIT
bluebird 3.7.2 LICENSE MIT
cesium 1.140.0 LICENSE.md LicenseRef-other
chartist 1.5.0 LICENSE-MIT MIT
chartist 1.5.0 LICENSE-WTFPL WTFPL
codemirror 6.65.7 LICENSE MIT
crypto-js 4.2.0 LICENSE MIT
cssom 0.5.0 LICENSE.txt MIT
echarts 6.1.0 LICENSE Apache-2.0 AND BSD-3-Clause
echarts 6.1.0 licenses/LICENSE-d3 BSD-3-Clause
ember-source 7.3.0 LICENSE MIT
fabric 7.4.0 LICENSE MIT
fullcalendar 7.1.0 LICENSE.md MIT
handsontable 18.1.1 LICENSE.txt LicenseRef-other
highcharts 13.1.1 LICENSE.txt LicenseRef-other
jquery 4.0.0 LICENSE.txt MIT
jquery-ui 1.14.2 LICENSE.txt MIT AND CC0-1.0
json3 3.3.3 LICENSE MIT
knockout 3.5.3 LICENSE MIT
leaflet 1.9.4 LICENSE BSD-2-Clause
libsodium-wrappers 0.8.4 LICENSE ISC
maplibre-gl 6.17.0 LICENSE.txt BSD-3-Clause AND MIT
mathjax 4.1.3 LICENSE Apache-2.0
mathjs 15.2.0 LICENSE Apache-2.0
mathjs 15.2.0 NOTICE Apache-2.0
monaco-editor 0.57.0 LICENSE MIT
nwsapi 2.2.28 LICENSE MIT
openpgp 6.3.2 LICENSE LGPL-3.0-only
p5 2.3.4 license.txt LGPL-2.1-only
pdfjs-dist 5.6.205 cmaps/LICENSE BSD-3-Clause
pdfjs-dist 5.6.205 iccs/LICENSE CC0-1.0
pdfjs-dist 5.6.205 LICENSE Apache-2.0
pdfjs-dist 5.6.205 standard_fonts/LICENSE_FOXIT BSD-3-Clause
pdfjs-dist 5.6.205 standard_fonts/LICENSE_LIBERATION OFL-1.1|OFL-1.1-RFN
pdfjs-dist 5.6.205 wasm/LICENSE_JBIG2 BSD-3-Clause AND Apache-2.0
pdfjs-dist 5.6.205 wasm/LICENSE_OPENJPEG BSD-2-Clause
pdfjs-dist 5.6.205 wasm/LICENSE_PDFJS_JBIG2 Apache-2.0
pdfjs-dist 5.6.205 wasm/LICENSE_PDFJS_OPENJPEG BSD-2-Clause
pdfjs-dist 5.6.205 wasm/LICENSE_PDFJS_QCMS BSD-2-Clause
pdfjs-dist 5.6.205 wasm/LICENSE_QCMS MIT
pegjs 0.10.0 LICENSE MIT
qunit 3.0.0 LICENSE.txt MIT
rickshaw 1.7.1 LICENSE MIT
select2 4.0.13 LICENSE.md MIT
shelljs 0.10.0 LICENSE BSD-3-Clause
sjcl 1.0.9 LICENSE.txt BSD-2-Clause OR GPL-2.0-only|BSD-2-Clause OR GPL-2.0-or-later
sjcl 1.0.9 README/COPYRIGHT LicenseRef-other AND (GPL-2.0-or-later OR BSD-2-Clause)
tinymce 8.9.2 license.md GPL-2.0-or-later OR LicenseRef-other
underscore 1.13.8 LICENSE MIT
xregexp 5.1.3 LICENSE MIT
""",
    python="""
ansible_core 2.19.14 Apache-License.txt Apache-2.0
ansible_core 2.19.14 COPYING GPL-3.0-only
ansible_core 2.19.14 MIT-license.txt MIT
ansible_core 2.19.14 PSF-license.txt PSF-2.0
astroid 4.3.4 LICENSE LGPL-2.1-only
babel 2.18.0 LICENSE BSD-3-Clause
bitarray 3.12.3 LICENSE PSF-2.0
bottle 0.13.4 LICENSE MIT
chardet 7.7.0 LICENSE 0BSD
contourpy 1.3.3 LICENSE BSD-3-Clause
coverage 7.17.3 LICENSE.txt Apache-2.0
coverage 7.17.3 NOTICE.txt Apache-2.0
decorator 5.3.1 LICENSE.txt BSD-2-Clause
docutils 0.23 COPYING.rst CC-PDDC AND BSD-3-Clause AND BSD-2-Clause AND GPL-3.0-or-later|LicenseRef-public-domain AND BSD-3-Clause AND BSD-2-Clause AND GPL-3.0-or-later
fonttools 4.68.0 LICENSE MIT
fonttools 4.68.0 LICENSE.external OFL-1.1 AND BSD-3-Clause AND Apache-2.0 AND MIT
graphviz 0.21 LICENSE.txt MIT
greenlet 3.5.6 LICENSE MIT|MIT AND PSF-2.0
greenlet 3.5.6 LICENSE.PSF PSF-2.0
html2text 2025.4.15 COPYING GPL-3.0-only
kiwisolver 1.5.1 LICENSE BSD-3-Clause
levenshtein 0.27.5 LICENSE GPL-2.0-or-later
lxml 6.1.3 LICENSE.txt BSD-3-Clause
lxml 6.1.3 LICENSES.txt LicenseRef-other
mako 1.4.3 LICENSE MIT
markupsafe 3.0.4 LICENSE.txt BSD-3-Clause
mutagen 1.48.1 COPYING GPL-2.0-only
orjson 3.13.0 LICENSE-APACHE Apache-2.0
orjson 3.13.0 LICENSE-MIT MIT
orjson 3.13.0 LICENSE-MPL-2.0 MPL-2.0
peewee 4.5.3 LICENSE MIT
pexpect 4.9.0 LICENSE ISC
pikepdf 10.17.0 LICENSE.txt MPL-2.0
pillow 13.0.0 LICENSE LicenseRef-other
psycopg2_binary 2.9.13 LICENSE LGPL-3.0-or-later AND LicenseRef-other
pyasn1 0.6.5 LICENSE.rst BSD-2-Clause
pycountry 26.2.16 LICENSE.txt LGPL-2.1-only
pycryptodome 4.4.0 LICENSE.rst Unlicense AND BSD-2-Clause|LicenseRef-public-domain AND BSD-2-Clause|LicenseRef-public-domain AND Unlicense AND BSD-2-Clause
pycryptodome 4.4.0 src/mldsa-native/LICENSE LicenseRef-other
pycryptodome 4.4.0 src/mlkem-native/LICENSE LicenseRef-other
pyinstaller 6.22.3 COPYING.txt GPL-2.0-or-later WITH Bootloader-exception AND Apache-2.0|GPL-2.0-or-later WITH Bootloader-exception AND Apache-2.0 AND MIT
pylint 4.1.4 LICENSE GPL-2.0-only
pymongo 4.20.0 LICENSE Apache-2.0
pynacl 1.6.2 LICENSE Apache-2.0
pynacl 1.6.2 LICENSE.libsodium.txt ISC
pyodbc 5.5.0 LICENSE.txt MIT-0
pyparsing 3.3.3 LICENSE MIT
pyqt6_sip 13.13.0 LICENSE BSD-2-Clause
python_dateutil 4.0.0 LICENSE BSD-3-Clause AND Apache-2.0|BSD-3-Clause OR Apache-2.0
pytz 2026.6 LICENSE.txt MIT
pyzmq 27.3.0 LICENSE.libsodium.txt ISC
pyzmq 27.3.0 LICENSE.md BSD-3-Clause
pyzmq 27.3.0 LICENSE.tornado.txt Apache-2.0
pyzmq 27.3.0 LICENSE.zeromq.txt MPL-2.0
rsa 4.9.1 LICENSE Apache-2.0
ruamel_yaml 0.19.1 LICENSE MIT
shapely 2.2.0 LICENSE.txt BSD-3-Clause
shapely 2.2.0 LICENSE_GEOS LGPL-2.1-only
simplejson 4.3.0 LICENSE.txt MIT OR AFL-2.1
sympy 1.14.0 LICENSE BSD-3-Clause AND MIT
text_unidecode 1.3 LICENSE.txt Artistic-1.0-Perl OR GPL-1.0-or-later|Artistic-1.0-Perl OR GPL-2.0-or-later
tomli 2.5.0 LICENSE MIT
twisted 26.10.0 LICENSE MIT
tzdata 2026.6 LICENSE Apache-2.0
tzdata 2026.6 LICENSE_APACHE Apache-2.0
ujson 6.1.0 LICENSE.txt BSD-3-Clause AND TCL
Unidecode 1.4.0 LICENSE GPL-2.0-only
uvloop 0.23.0 LICENSE-APACHE Apache-2.0
uvloop 0.23.0 LICENSE-MIT MIT
websockets 17.4 LICENSE BSD-3-Clause
wrapt 2.5.2 LICENSE BSD-2-Clause
xlrd 2.0.2 LICENSE BSD-3-Clause AND BSD-Advertising-Acknowledgement
zope_interface 8.7 LICENSE.txt ZPL-2.1
""",
)
"""Of 138 the first run told 94.9 % rightly or said that it did not know, none falsely permissive."""

SECOND = Labels(
    git="""

""",
    node="""
ammo.js 0.0.10 LICENSE Zlib
argon2 0.45.1 argon2/LICENSE CC0-1.0 OR Apache-2.0
argon2 0.45.1 LICENSE MIT
babylonjs 9.34.0 license.md Apache-2.0
bcrypt 6.0.0 LICENSE MIT
better-sqlite3 12.11.1 LICENSE MIT
cannon-es 0.20.0 LICENSE MIT
css-what 8.0.0 LICENSE BSD-2-Clause
d3-hexbin 0.2.2 LICENSE BSD-3-Clause
decimal.js 10.6.0 LICENCE.md MIT
dropzone 6.3.5 LICENSE MIT
ejs 7.0.2 LICENSE Apache-2.0
esrever 0.2.0 LICENSE-MIT.txt MIT
howler 2.2.4 LICENSE.md MIT
htmlparser2 12.0.0 LICENSE MIT
jsoneditor 10.4.3 LICENSE Apache-2.0
jsoneditor 10.4.3 NOTICE Apache-2.0
konva 10.9.1 LICENSE MIT
livescript 1.6.0 LICENSE MIT
luxon 3.7.2 LICENSE.md MIT
matter-js 0.20.0 LICENSE MIT
mustache 4.2.0 LICENSE MIT
node-notifier 10.0.1 LICENSE MIT
node-notifier 10.0.1 vendor/terminal-notifier-LICENSE MIT AND LicenseRef-other
numeral 2.0.6 LICENSE MIT
nunjucks 3.2.4 LICENSE BSD-2-Clause
ol 10.11.0 LICENSE.md BSD-2-Clause
parse5 8.1.1 LICENSE MIT
phaser 4.2.1 LICENSE.md MIT
photoswipe 5.4.4 LICENSE MIT
pixi.js 8.22.0 LICENSE MIT
plyr 3.8.4 LICENSE.md MIT
prismjs 1.30.0 LICENSE MIT
pug 3.0.4 LICENSE MIT
react-native-vector-icons 10.3.0 LICENSE MIT
sqlite3 6.0.1 LICENSE BSD-3-Clause
stylus 0.64.0 LICENSE MIT
sweetalert2 11.26.25 LICENSE MIT
three-mesh-bvh 0.9.17 LICENSE MIT
tone 15.5.44 build/Tone.js.LICENSE.txt MIT
tone 15.5.44 LICENSE.md MIT
topojson-client 3.1.0 LICENSE ISC
video.js 8.24.1 LICENSE Apache-2.0
""",
    python="""
aiohttp 3.14.5 LICENSE.txt Apache-2.0
aiohttp 3.14.5 vendor/llhttp/LICENSE MIT
alabaster 1.0.0 LICENSE.rst BSD-3-Clause
black 26.10.1 LICENSE MIT
bokeh 3.9.2 LICENSE.txt BSD-3-Clause
boto3 1.44.5 LICENSE Apache-2.0
brotli 1.2.1 LICENSE MIT
cmake 4.4.4 LICENSE_Apache_20 Apache-2.0
cmake 4.4.4 LICENSE_BSD_3 BSD-3-Clause
colorama 0.4.6 LICENSE.txt BSD-3-Clause
cycler 0.12.1 LICENSE BSD-3-Clause
dask 2026.8.0 dask/array/NUMPY_LICENSE.txt BSD-3-Clause
dask 2026.8.0 LICENSE.txt BSD-3-Clause
ecdsa 0.19.2 LICENSE MIT|MIT AND LicenseRef-public-domain
flake8 7.5.0 LICENSE MIT
FormEncode 2.1.1 LICENSE.txt MIT
frozenlist 1.8.0 LICENSE Apache-2.0
gevent 26.9.0 LICENSE MIT
h5py 3.16.0 LICENSE BSD-3-Clause
h5py 3.16.0 licenses/license.txt BSD-3-Clause
h5py 3.16.0 lzf/LICENSE.txt BSD-3-Clause
httptools 0.9.0 LICENSE MIT
httptools 0.9.0 vendor/http-parser/LICENSE-MIT MIT
httptools 0.9.0 vendor/llhttp/LICENSE MIT
imagesize 2.0.1 LICENSE.rst MIT
ipython 9.18.1 COPYING.rst BSD-3-Clause
ipython 9.18.1 LICENSE BSD-3-Clause
isort 9.0.2 LICENSE MIT
jmespath 1.1.0 LICENSE MIT
jsonpickle 4.1.4 LICENSE BSD-3-Clause
lz4 4.4.5 LICENSE BSD-3-Clause
mccabe 0.7.0 LICENSE MIT
mpmath 1.4.1 LICENSE BSD-3-Clause
ninja 1.13.2 LICENSE_Apache_20 Apache-2.0
openpyxl 3.1.5 LICENCE.rst MIT
parso 0.8.7 LICENSE.txt MIT AND PSF-2.0
passlib 1.7.4 LICENSE BSD-3-Clause AND Beerware AND ISC AND LicenseRef-other
Paste 3.10.1 LICENSE MIT
polars 2.1.0 LICENSE MIT
prompt_toolkit 3.0.53 LICENSE BSD-3-Clause
ptyprocess 0.7.0 LICENSE ISC
pycurl 7.49.0 COPYING-LGPL LGPL-2.1-only
pycurl 7.49.0 COPYING-MIT curl
pydantic_core 2.50.4 LICENSE MIT
pyflakes 4.1.0 LICENSE MIT
pyglet 2.1.19 LICENSE BSD-3-Clause
pymysql 1.2.4 LICENSE MIT
pypdf 7.1.0 LICENSE BSD-3-Clause
pywin32_ctypes 0.2.3 LICENSE.txt BSD-3-Clause
regex_spm 1.0.0 LICENSE MIT
reportlab 5.1.0 LICENSE BSD-3-Clause
responses 0.26.3 LICENSE Apache-2.0
rtree 1.4.1 LICENSE.txt MIT
s3transfer 0.19.3 LICENSE.txt Apache-2.0
scikit_learn 1.9.1 COPYING BSD-3-Clause AND GPL-3.0-only WITH GCC-exception-3.1
snowballstemmer 3.1.1 COPYING BSD-3-Clause
sphinx 9.0.4 LICENSE.rst BSD-2-Clause
sqlparse 0.6.1 LICENSE BSD-3-Clause
termcolor 3.3.0 COPYING.txt MIT
traitlets 5.16.1 LICENSE BSD-3-Clause
webob 1.8.11 docs/license.txt MIT
xlsxwriter 3.3.1 LICENSE.txt BSD-2-Clause
yarl 1.25.1 LICENSE Apache-2.0
yarl 1.25.1 NOTICE Apache-2.0
zodb 6.4 LICENSE.txt ZPL-2.1
zstandard 0.25.0 LICENSE BSD-3-Clause
""",
)
"""Of 109 the first run told 99.1 % rightly or said that it did not know, one falsely permissive."""

THIRD = Labels(
    git="",
    node="""
ag-grid-community 36.2.0 LICENSE.txt MIT
amcharts3 3.21.15 licence.txt LicenseRef-other
apexcharts 8.7.0 LICENSE.md LicenseRef-other
bpmn-js 18.31.1 LICENSE LicenseRef-other
chart.xkcd 1.1.15 LICENSE MIT
ckeditor5 48.5.2 COPYING.GPL GPL-2.0-only
ckeditor5 48.5.2 LICENSE.md LicenseRef-other
dhtmlx-gantt 10.0.3 LICENSE.md MIT
diagram-js 15.28.1 LICENSE MIT
dygraphs 2.2.2 LICENSE.txt MIT AND CC0-1.0
elasticlunr 0.9.5 LICENSE MIT
froala-editor 5.4.0 License.txt LicenseRef-other
fullpage.js 4.0.41 LICENSE GPL-3.0-only
graphology 0.26.0 LICENSE.txt MIT
gun 0.2020.1241 LICENSE.md MIT AND Zlib AND Apache-2.0|MIT OR Zlib OR Apache-2.0
hiredis 0.5.0 COPYING BSD-3-Clause
html2canvas 1.4.1 LICENSE MIT
ipfs-core-types 0.14.1 LICENSE MIT OR Apache-2.0
jointjs 3.7.7 LICENSE MPL-2.0
jspdf 4.2.1 LICENSE MIT
kendo-ui-core 2026.3.812 LICENSE Apache-2.0
leveldown 6.1.1 LICENSE MIT
lunr 2.3.9 LICENSE MIT
mui-x-data-grid-pro 9.14.0 LICENSE LicenseRef-other
mui-x-license 9.13.0 LICENSE LicenseRef-other
pdfmake-lite 0.1.73 LICENSE MIT
pouchdb 9.0.0 LICENSE Apache-2.0
quill 2.0.3 LICENSE BSD-3-Clause
sigma 3.0.3 LICENSE.txt MIT
simple-git 4.0.2 LICENSE MIT
snappy 7.4.3 LICENSE MIT
swiper 14.4.0 LICENSE MIT
syncfusion-ej2-base 35.1.37 license LicenseRef-other
vis-network 10.1.5 LICENSE-APACHE-2.0 Apache-2.0
vis-network 10.1.5 LICENSE-MIT MIT
webtorrent 2.8.5 LICENSE MIT
""",
    python="""
bibtexparser 2.1.0 LICENSE MIT
cssselect2 0.10.1 LICENSE BSD-3-Clause
docx2txt 0.9 LICENSE.txt MIT
duplicity 3.2.1 COPYING GPL-2.0-only
eyed3 0.9.9 LICENSE GPL-3.0-only
gmpy2 2.3.2 COPYING GPL-3.0-only
gmpy2 2.3.2 COPYING.LESSER LGPL-3.0-only
lxml_html_clean 0.4.6 LICENSE.txt BSD-3-Clause
matplotlib 3.11.2 LICENSE LicenseRef-other
mpi4py 4.1.2 LICENSE.rst BSD-3-Clause
nltk 3.10.4 LICENSE.txt Apache-2.0
pandas 3.1.1 LICENSE BSD-3-Clause
pandas 3.1.1 LICENSES/BOTTLENECK_LICENCE BSD-2-Clause
pandas 3.1.1 LICENSES/DATEUTIL_LICENSE BSD-3-Clause AND Apache-2.0|BSD-3-Clause OR Apache-2.0
pandas 3.1.1 LICENSES/HAVEN_LICENSE MIT
pandas 3.1.1 LICENSES/KLIB_LICENSE MIT
pandas 3.1.1 LICENSES/MUSL_LICENSE LicenseRef-other
pandas 3.1.1 LICENSES/NUMPY_LICENSE BSD-3-Clause
pandas 3.1.1 LICENSES/PACKAGING_LICENSE Apache-2.0 AND BSD-2-Clause|Apache-2.0 OR BSD-2-Clause
pandas 3.1.1 LICENSES/PSF_LICENSE Python-2.0|Python-2.0.1|PSF-2.0
pandas 3.1.1 LICENSES/PYPERCLIP_LICENSE BSD-3-Clause
pandas 3.1.1 LICENSES/PYUPGRADE_LICENSE MIT
pandas 3.1.1 LICENSES/SAS7BDAT_LICENSE MIT
pandas 3.1.1 LICENSES/STATSBASE_JL_LICENSE MIT
pandas 3.1.1 LICENSES/ULTRAJSON_LICENSE BSD-3-Clause AND TCL
pandas 3.1.1 LICENSES/XSIMD_LICENSE BSD-3-Clause
pandas 3.1.1 subprojects/fast_float-8.2.10/LICENSE-APACHE Apache-2.0
pandas 3.1.1 subprojects/fast_float-8.2.10/LICENSE-BOOST BSL-1.0
pandas 3.1.1 subprojects/fast_float-8.2.10/LICENSE-MIT MIT
paramiko 5.1.0 LICENSE LGPL-2.1-only
psycopg 3.3.9 LICENSE.txt LGPL-3.0-only
pydyf 0.13.0 LICENSE BSD-3-Clause
pygit2 1.21.0 COPYING GPL-2.0-only WITH GCC-exception-2.0|GPL-2.0-only AND LicenseRef-other
pylibmc 1.6.3 LICENSE BSD-3-Clause
pyphen 0.18.1 COPYING.GPL GPL-2.0-only
pyphen 0.18.1 COPYING.LGPL LGPL-2.1-only
pyphen 0.18.1 COPYING.MPL MPL-1.1
pyphen 0.18.1 LICENSE GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1
pyroute2 0.9.7 LICENSE GPL-2.0-or-later OR Apache-2.0
pyroute2 0.9.7 LICENSE.Apache-2.0 Apache-2.0
pyroute2 0.9.7 LICENSE.GPL-2.0-or-later GPL-2.0-only
pywavelets 1.9.0 LICENSE MIT
pywavelets 1.9.0 licenses_bundled/LICENSE_numpy.txt BSD-3-Clause
pywavelets 1.9.0 licenses_bundled/LICENSE_scipy.txt BSD-3-Clause
pywebview 6.2.1 LICENSE BSD-3-Clause
pyzbar 0.1.9 LICENSE.txt MIT
rdflib 7.6.0 LICENSE BSD-3-Clause
scapy 2.8.0 LICENSE GPL-2.0-only
spacy 3.8.18 LICENSE MIT
statsmodels 0.15.0 LICENSE.txt BSD-3-Clause
tinycss2 1.5.1 LICENSE BSD-3-Clause
weasyprint 70.0 LICENSE BSD-3-Clause
""",
)
"""Of 88 the first run told 98.9 % rightly or said that it did not know; the matcher was not changed because of any."""

SETS = {"first blind set": FIRST, "second blind set": SECOND, "third blind set": THIRD}
