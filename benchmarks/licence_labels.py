"""What licence files and packages are under: ``benchmarks.licences`` compares with it.

Files are labelled by their titles, operative sentences and introductions, packages by what their authors state. The set
was known while the matcher was made; ``--agreement`` of the benchmark takes packages that nobody has labelled. The text
of a GNU licence alone is labelled as that version only. Where two expressions are as true, they stand with ``|``.
``LicenseRef-other`` stands for terms that have no SPDX identifier.
"""

GIT = """
apache+commons-collections LICENSE.txt Apache-2.0
apache+commons-lang LICENSE.txt Apache-2.0
axios+axios LICENSE MIT
beetbox+beets LICENSE MIT
BurntSushi+ripgrep COPYING Unlicense OR MIT
BurntSushi+ripgrep LICENSE-MIT MIT
BurntSushi+ripgrep UNLICENSE Unlicense
caddyserver+caddy LICENSE Apache-2.0
caolan+async LICENSE MIT
celery+celery LICENSE BSD-3-Clause AND CC-BY-SA-4.0
chartjs+Chart.js LICENSE.md MIT
eslint+eslint LICENSE MIT
etcd-io+etcd LICENSE Apache-2.0
expressjs+express LICENSE MIT
fastify+fastify LICENSE MIT
gin-gonic+gin LICENSE MIT
go-chi+chi LICENSE MIT
go-gorm+gorm LICENSE MIT
gohugoio+hugo LICENSE Apache-2.0
google+gson LICENSE Apache-2.0
hibernate+hibernate-validator license.txt Apache-2.0
jenkinsci+jenkins LICENSE.txt MIT
jhy+jsoup LICENSE MIT
junit-team+junit4 LICENSE-junit.txt EPL-1.0
koajs+koa LICENSE MIT
lodash+lodash LICENSE MIT AND CC0-1.0
mahmoud+boltons LICENSE BSD-3-Clause
markedjs+marked LICENSE MIT AND BSD-3-Clause
mitmproxy+mitmproxy LICENSE MIT
mochajs+mocha LICENSE MIT
moment+moment LICENSE MIT
mybatis+mybatis-3 LICENSE Apache-2.0
netty+netty LICENSE.txt Apache-2.0
networkx+networkx LICENSE.txt BSD-3-Clause
nltk+nltk LICENSE.txt Apache-2.0
pallets+jinja LICENSE.txt BSD-3-Clause
pallets+werkzeug LICENSE.txt BSD-3-Clause
paramiko+paramiko LICENSE LGPL-2.1-only
psf+requests LICENSE Apache-2.0
pytest-dev+pytest LICENSE MIT
python-poetry+poetry LICENSE MIT
redis+redis LICENSE.txt LicenseRef-other OR SSPL-1.0
restic+restic LICENSE BSD-2-Clause
scrapy+scrapy LICENSE BSD-3-Clause
sharkdp+bat LICENSE-APACHE Apache-2.0
sharkdp+bat LICENSE-MIT MIT
sharkdp+bat NOTICE MIT OR Apache-2.0
spf13+cobra LICENSE.txt Apache-2.0
sqlalchemy+alembic LICENSE MIT
square+retrofit LICENSE.txt Apache-2.0
tornadoweb+tornado LICENSE Apache-2.0
traefik+traefik LICENSE.md MIT
webpack+webpack LICENSE MIT
"""
"""OWNER+NAME, path, expression."""

NODE = """
@fortawesome/fontawesome-free LICENSE.txt CC-BY-4.0 AND OFL-1.1 AND MIT
argparse LICENSE PSF-2.0|Python-2.0|Python-2.0.1
atob LICENSE MIT OR Apache-2.0
atob LICENSE.DOCS CC-BY-3.0
axe-core LICENSE MPL-2.0
axe-core LICENSE-3RD-PARTY.txt MIT AND ISC
balanced-match LICENSE.md MIT
big-integer LICENSE Unlicense
caniuse-lite LICENSE CC-BY-4.0
ckeditor4 LICENSE.md LicenseRef-other
diff LICENSE BSD-3-Clause
dompurify LICENSE-MPL MPL-2.0
elkjs LICENSE.md EPL-2.0
esprima LICENSE.BSD BSD-2-Clause
glob LICENSE.md BlueOak-1.0.0
highlight.js LICENSE BSD-3-Clause
inherits LICENSE ISC
json-schema LICENSE BSD-3-Clause OR AFL-2.1
jszip LICENSE.markdown MIT OR GPL-3.0-only
lodash.merge LICENSE MIT AND CC0-1.0
mapbox-gl LICENSE.txt LicenseRef-other
mdn-data LICENSE CC0-1.0
minimatch LICENSE.md BlueOak-1.0.0
node-forge LICENSE BSD-3-Clause OR GPL-2.0-only
opener LICENSE.txt WTFPL OR MIT
pako LICENSE MIT
protobufjs LICENSE BSD-3-Clause
readable-stream LICENSE MIT
rxjs LICENSE.txt Apache-2.0
source-map LICENSE BSD-3-Clause
text-encoding LICENSE.md Unlicense OR Apache-2.0
tslib LICENSE.txt 0BSD
tweetnacl LICENSE Unlicense
typescript LICENSE.txt Apache-2.0
ua-parser-js LICENSE.md AGPL-3.0-only|AGPL-3.0-or-later
uglify-js LICENSE BSD-2-Clause
"""
"""npm package, path, expression."""

PYTHON_PACKAGES = {
    "MIT": """anyio ast_serialize attrs backports.tarfile cattrs cfgv charset_normalizer faiss_cpu filelock gguf h11
        hatchling httpx_sse identify iniconfig jaraco.classes jaraco_context jaraco_functools jeepney jsonschema
        jsonschema_specifications keyring librt lsprotocol markdown_it_py mdurl more_itertools mypy
        mypy_extensions pip
        platformdirs pluggy pre_commit pytest pytest_lsp pytest_timeout python_discovery pyyaml referencing
        rich rpds_py ruff
        setuptools tantivy tomlkit tree_sitter tree_sitter_bash tree_sitter_c tree_sitter_c_sharp tree_sitter_cpp
        tree_sitter_css tree_sitter_go tree_sitter_haskell tree_sitter_html tree_sitter_java tree_sitter_javascript
        tree_sitter_kotlin tree_sitter_lua tree_sitter_php tree_sitter_python tree_sitter_ruby tree_sitter_rust
        tree_sitter_scala tree_sitter_sql tree_sitter_swift tree_sitter_typescript tree_sitter_zig truststore urllib3
        virtualenv watchfiles zipp""",
    "MIT-0": "cffi",
    "BSD-2-Clause": "boolean_py grimp import_linter pygments",
    "BSD-3-Clause": """click fsspec httpcore httpcore2 httpx httpx2 idna nodeenv psutil pycparser secretstorage""",
    "Apache-2.0": """hf_xet huggingface_hub importlib_metadata lazy_importer license_expression pygls pytest_asyncio
        repo_assist requests sortedcontainers tokenizers trove_classifiers types_jsonschema types_psutil types_pyyaml
        types_regex""",
    "Apache-2.0|Apache-2.0 AND MIT": "tree_sitter_elixir",  # its NOTICE holds MIT texts, its classifier says MIT
    "MPL-2.0": "certifi hypothesis pathspec",
    "MPL-2.0 AND MIT": "tqdm",
    "PSF-2.0": "typing_extensions distlib",
    "Apache-2.0 OR BSD-3-Clause": "cryptography",
    "Apache-2.0 OR BSD-2-Clause": "packaging",
    "MIT OR Apache-2.0": "trustme uv",
    "Apache-2.0 AND CNRI-Python": "regex",
    "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0": "numpy",
}
"""Expression, packages of the development environment."""
