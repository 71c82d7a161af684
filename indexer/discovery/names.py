"""What a file's or folder's name alone gives away: binary formats, lock files, minified bundles, caches.

Names are cheap: a file that is recognised here is never opened.
"""

from indexer.discovery.files import SkipReason

IGNORE_FILE = ".assistignore"

# Folders of version control's own data; neither listed nor reported.
VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", ".jj", ".sl", "CVS", "_darcs"})

# Folders that tools fill, left out of a walk even when no .gitignore names them.
TOOL_FOLDERS = frozenset(
    """
    __pycache__ .mypy_cache .pytest_cache .ruff_cache .hypothesis .tox .nox .eggs .ipynb_checkpoints .direnv
    node_modules bower_components jspm_packages .npm .pnpm-store .parcel-cache .turbo .next .nuxt
    .svelte-kit .angular .gradle .terraform .dart_tool .stack-work .bundle .vs DerivedData elm-stuff
    .elixir_ls .bloop .metals .cache
    """.split()
)

# A folder that holds one of these is a virtual environment or a cache, whatever its name is.
TOOL_FOLDER_MARKS = frozenset({"pyvenv.cfg", "CACHEDIR.TAG"})

LOCK_FILES = frozenset(
    """
    package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock deno.lock Cargo.lock poetry.lock
    uv.lock pdm.lock Pipfile.lock pixi.lock conda-lock.yml go.sum go.work.sum composer.lock Gemfile.lock
    gems.locked mix.lock rebar.lock pubspec.lock Podfile.lock Package.resolved Cartfile.resolved
    packages.lock.json paket.lock gradle.lockfile flake.lock cabal.project.freeze stack.yaml.lock
    elm-stuff.lock .terraform.lock.hcl
    """.split()
)

_MINIFIED_SUFFIXES = (".min.js", ".min.mjs", ".min.cjs", ".min.css", "-min.js", "-min.css")
_SOURCE_MAP_SUFFIXES = (".js.map", ".mjs.map", ".cjs.map", ".css.map", ".ts.map")

# Only what is never text: `.mo` is also Modelica, `.pt` a page template, and their content tells.
_BINARY_SUFFIXES = frozenset(
    """
    .png .jpg .jpeg .gif .bmp .ico .icns .webp .avif .heic .tif .tiff .psd .xcf .ai .eps .sketch .fig .jxl
    .cur .mp3 .mp4 .m4a .m4v .ogg .oga .ogv .opus .flac .wav .aac .mid .avi .mov .mkv .webm .wmv .woff
    .woff2 .ttf .otf .eot .pfb .zip .gz .tgz .bz2 .tbz2 .xz .txz .lz .lzma .lz4 .zst .br .7z .rar .tar
    .jar .war .ear .aar .whl .egg .gem .nupkg .deb .rpm .apk .ipa .dmg .iso .msi .cab .crate .vsix .xpi .exe
    .dll .so .dylib .a .o .obj .pdb .ko .elf .class .pyc .pyo .pyd .beam .wasm .rlib .rmeta .hi
    .dex .snk .keystore .jks .p12 .pfx .der .gpg .pdf .doc .docx .xls .xlsx .ppt .pptx .odt .ods .odp .epub
    .mobi .chm .dvi .sqlite .sqlite3 .mdb .ldb .rdb .gmo .qm .parquet .avro .orc .arrow .feather .npy
    .npz .pkl .pickle .joblib .h5 .hdf5 .onnx .pth .ckpt .safetensors .gguf .tflite .rds .rdata
    .shp .shx .dbf .tfm .swf .blend .fbx .glb .unitypackage .uasset .pack .bin
    """.split()
)


def skip_by_name(name: str) -> tuple[SkipReason, str] | None:
    """Tell why a file of this name is not worth opening, with a detail; None when it may hold source."""
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix in _BINARY_SUFFIXES:
        return SkipReason.BINARY, f"{suffix} file"
    if name in LOCK_FILES:
        return SkipReason.GENERATED, "lock file"
    if suffix in (".js", ".css", ".mjs", ".cjs") and name.lower().endswith(_MINIFIED_SUFFIXES):
        return SkipReason.MINIFIED, f"named *.min{suffix}"
    if suffix == ".map" and name.lower().endswith(_SOURCE_MAP_SUFFIXES):
        return SkipReason.GENERATED, "source map"
    return None


def format_size(n_bytes: int) -> str:
    """Write a number of bytes for people, in decimal units: "640 B", "1.2 MB"."""
    if n_bytes < 1000:
        return f"{n_bytes} B"
    size = float(n_bytes)
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 999.95:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} TB"


def over_limit(n_bytes: int, limit_bytes: int) -> str:
    """Write that a size is above a limit, with as many digits as it takes to see it."""
    size, limit = format_size(n_bytes), format_size(limit_bytes)
    return f"{size} > {limit}" if size != limit else f"{n_bytes:,} B > {limit_bytes:,} B"
