"""Synthetic secrets in realistic files, and ordinary lines that look like secrets and are none.

Values are drawn at random in the formats of the services that they imitate, when the script runs: nothing that looks
like a secret is written in this file, and none of them opens anything.
"""

from __future__ import annotations

import base64
import json
import random
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
HEX = "0123456789abcdef"
BASE64 = ALNUM + "+/"
URLSAFE = ALNUM + "-_"
_BARE_SYMBOLS = "!%+-_.@^~*"
_WORDS = (
    "Autumn Falcon Harbour Juniper Kestrel Marble Nordic Orchid Pepper Quartz Saffron Thunder Velvet Willow"
).split()


@dataclass(frozen=True, slots=True)
class Planted:
    """A file with a secret in it, in one piece or, as a private key, several."""

    path: str
    text: str
    secrets: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of secret: how its values are made and what they are called."""

    name: str
    value: Callable[[Rng], str]
    called: tuple[str, ...]
    """Names in snake_case that such a value is assigned to."""


class Rng(random.Random):
    """Random texts."""

    def text(self, length: int, letters: str = ALNUM) -> str:
        """Random letters."""
        return "".join(self.choice(letters) for _ in range(length))

    def mixed(self, length: int, letters: str = ALNUM) -> str:
        """Random letters with at least a digit and a letter among them."""
        while True:
            text = self.text(length, letters)
            if any(map(str.isdigit, text)) and any(map(str.isalpha, text)):
                return text

    def blob(self, n_bytes: int) -> str:
        """Random bytes in base64."""
        return base64.b64encode(self.randbytes(n_bytes)).decode()


def _password(rng: Rng) -> str:
    """A password as people or generators make them."""
    style = rng.randrange(4)
    if style == 0:
        return f"{rng.choice(_WORDS)}{rng.randrange(1000, 9999)}{rng.choice('!%+*')}"
    if style == 1:
        return f"{rng.choice(_WORDS).lower()}{rng.choice(_BARE_SYMBOLS)}{rng.choice(_WORDS)}{rng.randrange(100, 999)}"
    if style == 2:
        return rng.mixed(rng.randrange(12, 24))
    return _with_symbols(rng)


def _with_symbols(rng: Rng) -> str:
    return rng.text(1, string.ascii_letters) + rng.mixed(rng.randrange(9, 18), ALNUM + _BARE_SYMBOLS)


def _jwt(rng: Rng) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"sub": rng.text(10), "iat": rng.randrange(10**9, 2 * 10**9), "name": rng.choice(_WORDS)}
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.{rng.text(43, URLSAFE)}"


_SERVERS = (
    ("postgres", "db:5432/shop"),
    ("mongodb+srv", "c0.mongo.net/app"),
    ("redis", "cache:6379/0"),
    ("amqp", "mq:5672"),
    ("mysql", "10.0.0.5/shop"),
    ("https", "git.corp.net/team/app.git"),
)
_PASSWORD_NAMES = (
    "db_password",
    "password",
    "admin_password",
    "smtp_password",
    "root_passwd",
    "redis_pass",
    "user_pwd",
)
_SECRET_NAMES = (
    "client_secret",
    "secret_key",
    "app_secret",
    "jwt_secret",
    "session_secret",
    "signing_secret",
)

ASSIGNED = (
    Kind("aws access key id", lambda r: "AKIA" + r.text(16, string.ascii_uppercase + "234567"), ("aws_access_key_id",)),
    Kind("aws secret key", lambda r: r.mixed(40, BASE64), ("aws_secret_access_key", "aws_secret_key")),
    Kind("gcp api key", lambda r: "AIza" + r.text(35, URLSAFE), ("google_maps_key", "gcp_api_key", "firebase_key")),
    Kind("google oauth", lambda r: "GOCSPX-" + r.text(28, URLSAFE), ("google_client_secret",)),
    Kind("azure client secret", lambda r: f"{r.text(3)}{r.randrange(10)}Q~{r.text(34)}", ("azure_client_secret",)),
    Kind("azure storage key", lambda r: r.blob(64), ("azure_storage_key", "storage_account_key")),
    Kind("github token", lambda r: "ghp_" + r.text(36), ("github_token", "gh_token")),
    Kind("github fine-grained", lambda r: f"github_pat_{r.text(22)}_{r.text(59)}", ("github_token",)),
    Kind("gitlab token", lambda r: "glpat-" + r.text(20, URLSAFE), ("gitlab_token", "ci_token")),
    Kind("slack token", lambda r: f"xoxb-{r.text(12, '123456789')}-{r.text(12, '123456789')}-{r.text(24)}", ("slack",)),
    Kind("stripe key", lambda r: "sk_live_" + r.text(24), ("stripe_key", "stripe_api_key")),
    Kind("twilio key", lambda r: "SK" + r.text(32, HEX), ("twilio_sid", "twilio_api_key")),
    Kind("twilio auth token", lambda r: r.text(32, HEX), ("twilio_auth_token",)),
    Kind("sendgrid key", lambda r: f"SG.{r.text(22, URLSAFE)}.{r.text(43, URLSAFE)}", ("sendgrid", "mail_key")),
    Kind("npm token", lambda r: "npm_" + r.text(36), ("npm_token", "node_auth_token")),
    Kind("pypi token", lambda r: "pypi-AgEIcHlwaS5vcmc" + r.text(100, URLSAFE), ("twine_password", "pypi_token")),
    Kind("openai key", lambda r: "sk-proj-" + r.text(48, URLSAFE), ("openai_api_key", "llm_key")),
    Kind("anthropic key", lambda r: f"sk-ant-api03-{r.text(93, URLSAFE)}AA", ("anthropic_api_key", "llm_key")),
    Kind("huggingface token", lambda r: "hf_" + r.text(34, string.ascii_letters), ("hf_token", "hub")),
    Kind("databricks token", lambda r: "dapi" + r.text(32, HEX), ("databricks_token", "dbx")),
    Kind("digitalocean token", lambda r: "dop_v1_" + r.text(64, HEX), ("do_token", "droplets")),
    Kind("telegram bot token", lambda r: f"{r.randrange(10**8, 10**10)}:AA{r.text(33, URLSAFE)}", ("bot_token", "tg")),
    Kind(
        "discord bot token",
        lambda r: f"{r.choice('MN')}{r.text(25)}.{r.text(6, URLSAFE)}.{r.text(37)}A",
        ("discord_token", "bot"),
    ),
    Kind("mailchimp key", lambda r: f"{r.text(32, HEX)}-us{r.randrange(1, 21)}", ("mailchimp_api_key", "chimp")),
    Kind("shopify token", lambda r: "shpat_" + r.text(32, HEX), ("shopify_token", "shop")),
    Kind("heroku key", lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)), ("heroku_api_key",)),
    Kind("cloudflare key", lambda r: r.mixed(40, URLSAFE.replace("-", "")), ("cloudflare_api_token", "cf_api_token")),
    Kind("datadog key", lambda r: r.text(32, HEX), ("datadog_api_key", "dd_api_key")),
    Kind("vault token", lambda r: "hvs." + r.text(95, URLSAFE), ("vault_token",)),
    Kind("grafana token", lambda r: f"glsa_{r.text(32)}_{r.text(8, HEX)}", ("grafana_token", "dash")),
    Kind("linear key", lambda r: "lin_api_" + r.text(40), ("linear_key",)),
    Kind("jwt", _jwt, ("id_token", "session", "access_token")),
    Kind("password", _password, _PASSWORD_NAMES),
    Kind("hex secret", lambda r: r.text(r.choice((32, 40, 64)), HEX), _SECRET_NAMES),
    Kind("base64 secret", lambda r: r.blob(r.choice((24, 32, 48))), _SECRET_NAMES),
    Kind("random secret", lambda r: r.mixed(r.randrange(20, 50)), (*_SECRET_NAMES, "api_key", "auth_token")),
)  # fmt: skip


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(map(str.capitalize, rest))


def _python(rng: Rng, name: str, value: str) -> tuple[str, str]:
    line = rng.choice(
        [
            f'{name.upper()} = "{value}"',
            f"{name} = '{value}'  # production",
            f'    client = connect(host="db1", {name}="{value}")',
            f'    "{name}": "{value}",',
            f'os.environ["{name.upper()}"] = "{value}"',
            f'    {name}: str = "{value}"',
        ]
    )
    return "app/config.py", f"import os\n\nDEBUG = False\n{line}\nTIMEOUT_S = 30\n"


def _javascript(rng: Rng, name: str, value: str) -> tuple[str, str]:
    line = rng.choice(
        [
            f'const {_camel(name)} = "{value}";',
            f"  {_camel(name)}: '{value}',",
            f'process.env.{name.upper()} = "{value}";',
            f'  "{_camel(name)}": `{value}`,',
        ]
    )
    return (
        "src/config.js",
        f'import express from "express";\n\nconst port = 8080;\n{line}\nmodule.exports = {{ port }};\n',
    )


def _yaml(rng: Rng, name: str, value: str) -> tuple[str, str]:
    line = rng.choice([f"  {name}: {value}", f'  {name}: "{value}"', f"  {name.upper()}: '{value}'"])
    return "deploy/values.yaml", f"service:\n  replicas: 3\n{line}\n  image: app:1.4.2\n"


def _env(rng: Rng, name: str, value: str) -> tuple[str, str]:
    line = rng.choice([f"{name.upper()}={value}", f'export {name.upper()}="{value}"'])
    return ".env", f"# settings\nDEBUG=0\n{line}\nPORT=8080\n"


def _json(rng: Rng, name: str, value: str) -> tuple[str, str]:
    key = rng.choice([name, _camel(name), name.replace("_", "-")])
    return "config/app.json", json.dumps({"port": 8080, key: value, "debug": False}, indent=2) + "\n"


def _terraform(rng: Rng, name: str, value: str) -> tuple[str, str]:
    body = rng.choice(
        [
            f'resource "app" "main" {{\n  region = "eu-west-1"\n  {name} = "{value}"\n}}\n',
            f'variable "{name}" {{\n  type    = string\n  default = "{value}"\n}}\n',
        ]
    )
    return "infra/main.tf", body


def _shell(rng: Rng, name: str, value: str) -> tuple[str, str]:
    line = rng.choice(
        [
            f"export {name.upper()}='{value}'",
            f"{name.upper()}={value} ./run.sh --verbose",
            f"deploy --{name.replace('_', '-')} {value} --wait",
            f"deploy --{name.replace('_', '-')}={value} --wait",
        ]
    )
    return "scripts/deploy.sh", f"#!/bin/sh\nset -eu\n{line}\necho done\n"


def _properties(rng: Rng, name: str, value: str) -> tuple[str, str]:
    key = rng.choice([f"app.{name.replace('_', '.')}", f"spring.{name.replace('_', '-')}", _camel(name)])
    return (
        "src/main/resources/application.properties",
        f"server.port=8080\n{key}={value}\nlogging.level=INFO\n",
    )


def _dockerfile(rng: Rng, name: str, value: str) -> tuple[str, str]:
    line = rng.choice(
        [f"ENV {name.upper()}={value}", f"ENV {name.upper()} {value}", f"ARG {name.upper()}={value}"]
    )
    return "Dockerfile", f"FROM python:3.12-slim\nWORKDIR /app\n{line}\nCOPY . .\n"


def _ini(rng: Rng, name: str, value: str) -> tuple[str, str]:
    line = rng.choice([f"{name} = {value}", f"{name}={value}"])
    return "setup.ini", f"[server]\nhost = 0.0.0.0\n{line}\nworkers = 4\n"


def _markdown(rng: Rng, name: str, value: str) -> tuple[str, str]:
    line = rng.choice([f"Set `{name.upper()}={value}` first.", f"```\nexport {name.upper()}={value}\n```"])
    return "docs/setup.md", f"# Setup\n\nInstall it, then start the server.\n\n{line}\n"


FILES = (
    _python,
    _javascript,
    _yaml,
    _env,
    _json,
    _terraform,
    _shell,
    _properties,
    _dockerfile,
    _ini,
    _markdown,
)


def _pem(rng: Rng, label: str, n_bytes: int = 600) -> tuple[str, list[str]]:
    blob = rng.blob(n_bytes)
    lines = [blob[i : i + 64] for i in range(0, len(blob), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"]), lines


def _structured(rng: Rng) -> Iterator[Planted]:
    """Secrets whose place, not whose name, tells what they are; one of each kind."""
    for label in (
        "RSA PRIVATE KEY",
        "PRIVATE KEY",
        "EC PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ):
        block, lines = _pem(rng, label)
        yield Planted(
            "src/keys.py", f'KEY = """\n{block}\n"""\n', tuple(lines), f"private key ({label.lower()})"
        )
    block, lines = _pem(rng, "PRIVATE KEY", 300)
    account = json.dumps(
        {"type": "service_account", "project_id": "shop", "private_key": block + "\n"}, indent=2
    )
    yield Planted("config/gcp.json", account, tuple(lines), "gcp service account")
    blob = rng.blob(200)
    lines = [blob[i : i + 64] for i in range(0, len(blob), 64)]
    putty = "\n".join(
        [
            "PuTTY-User-Key-File-3: ssh-ed25519",
            "Private-Lines: 5",
            *lines,
            f"Private-MAC: {rng.text(64, HEX)}",
        ]
    )
    yield Planted("docs/key.txt", putty + "\n", tuple(lines), "putty key")
    for scheme, host in _SERVERS:
        secret = rng.mixed(rng.randrange(10, 20))
        yield Planted(
            "settings.py",
            f'URL = "{scheme}://svc:{secret}@{host}"\n',
            (secret,),
            f"password in url ({scheme})",
        )
    secret = "ghp_" + rng.text(36)
    yield Planted(
        "install.sh", f"git clone https://{secret}@github.com/corp/app.git\n", (secret,), "token in url"
    )
    secret = _with_symbols(rng)
    line = f"Server=tcp:db.corp.net,1433;Database=shop;User ID=svc;Password={secret};Encrypt=True;"
    yield Planted(
        "appsettings.json", json.dumps({"ConnectionStrings": {"Main": line}}), (secret,), "connection string"
    )
    key = rng.blob(64)
    line = f"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={key};EndpointSuffix=core.windows.net"
    yield Planted("worker.cs", f'var blob = new Client("{line}");\n', (key,), "azure connection string")
    secret = rng.mixed(14)
    yield Planted(
        "docs/netrc.txt", f"machine git.corp.net\n  login bob\n  password {secret}\n", (secret,), "netrc"
    )
    yield Planted(
        "docs/ci.md", f"machine api.corp.net login ci password {secret}\n", (secret,), "netrc on one line"
    )
    yield Planted("docs/pg.txt", f"db.corp.net:5432:shop:svc:{secret}\n", (secret,), "pgpass")
    basic = base64.b64encode(f"bob:{secret}".encode()).decode()
    yield Planted(
        "docker.json", json.dumps({"auths": {"reg.corp.net": {"auth": basic}}}), (basic,), "docker auth"
    )
    yield Planted(
        "call.sh", f"curl -H 'Authorization: Basic {basic}' https://api.corp.net\n", (basic,), "basic auth"
    )
    token = rng.mixed(40)
    yield Planted("call.py", f'headers = {{"Authorization": "Bearer {token}"}}\n', (token,), "bearer token")
    yield Planted(
        "call.py", f'headers = {{"Authorization": "token {token}"}}\n', (token,), "authorization token"
    )
    yield Planted("call.sh", f"curl -u bob:{secret} https://api.corp.net/v1\n", (secret,), "curl user")
    yield Planted("dump.sh", f"mysqldump -u root -p{secret} shop > dump.sql\n", (secret,), "mysql password")
    yield Planted("login.sh", f"docker login -u ci -p {secret} reg.corp.net\n", (secret,), "docker login")
    data = rng.blob(700)
    kube = f"users:\n- name: admin\n  user:\n    client-key-data: {data}\n    token: {token}\n"
    yield Planted("docs/kube.yaml", kube, (data, token), "kubeconfig")
    encoded = base64.b64encode(secret.encode()).decode()
    manifest = f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  pw: {encoded}\n  user: {rng.blob(9)}\n"
    yield Planted("k8s/db.yaml", manifest, (encoded,), "kubernetes secret")
    pod = f"spec:\n  env:\n    - name: DB_PASSWORD\n      value: {secret}\n    - name: PORT\n      value: '80'\n"
    yield Planted("k8s/pod.yaml", pod, (secret,), "kubernetes env")
    yield Planted("init.sql", f"CREATE USER svc WITH LOGIN PASSWORD '{secret}';\n", (secret,), "sql password")
    yield Planted(
        "grant.sql", f"CREATE USER 'svc'@'%' IDENTIFIED BY '{secret}';\n", (secret,), "sql password"
    )
    yield Planted("web.config", f'<add key="DbPassword" value="{secret}" />\n', (secret,), "xml attribute")
    yield Planted(
        "pom.xml", f"<server>\n  <password>{secret}</password>\n</server>\n", (secret,), "xml element"
    )
    yield Planted("index.php", f"define('DB_PASSWORD', '{secret}');\n", (secret,), "php define")
    yield Planted("App.java", f'ds.setPassword("{secret}");\n', (secret,), "setter call")
    yield Planted(
        "main.go", f'cfg := Config{{User: "svc", Password: "{secret}"}}\n', (secret,), "struct field"
    )
    token = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    yield Planted("npmrc.md", f"//registry.npmjs.org/:_authToken={token}\n", (token,), "npmrc")
    hook = rng.text(24)
    path = f"T{rng.text(8, LOWER.upper())}/B{rng.text(8, LOWER.upper())}/{hook}"
    yield Planted(
        "notify.py", f'HOOK = "https://hooks.slack.com/services/{path}"\n', (hook,), "slack webhook"
    )
    sas = rng.blob(32).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    yield Planted(
        "blob.md", f"https://shop.blob.core.windows.net/a?sv=2022-11-02&sig={sas}\n", (sas,), "azure sas"
    )


def planted(seed: int, rounds: int = 6) -> list[Planted]:
    """Make files with secrets in them.

    :param rounds: files for each kind of secret that is assigned to a name; each time another sort of file.
    """
    rng = Rng(seed)
    files = []
    for number, kind in enumerate(ASSIGNED):
        for turn in range(rounds):
            value = kind.value(rng)
            path, text = FILES[(number + turn * 2) % len(FILES)](rng, rng.choice(kind.called), value)
            files.append(Planted(path, text, (value,), kind.name))
    for _ in range(max(1, rounds // 2)):
        files += _structured(rng)
    return files


def ordinary_lines(seed: int, lines: int) -> list[str]:
    """Make lines without secrets that a careless detector takes for some: hashes, identifiers, placeholders, data."""
    rng = Rng(seed)
    makers: list[Callable[[], str]] = [
        lambda: f"{rng.text(40, HEX)} {rng.choice(_WORDS).lower()} the parser",
        lambda: f'    "integrity": "sha512-{rng.blob(64)}",',
        lambda: f'checksum = "{rng.text(64, HEX)}"',
        lambda: f"    --hash=sha256:{rng.text(64, HEX)} \\",
        lambda: (
            f'{{"id": "{uuid.UUID(int=rng.getrandbits(128), version=4)}", "size": {rng.randrange(9999)}}}'
        ),
        lambda: f'request_id = "{uuid.UUID(int=rng.getrandbits(128), version=4)}"',
        lambda: f'PIXEL = b"{rng.blob(45)}"',
        lambda: f"uses: actions/checkout@{rng.text(40, HEX)}",
        lambda: f"FROM python@sha256:{rng.text(64, HEX)}",
        lambda: f'etag: W/"{rng.text(32, HEX)}"',
        lambda: rng.choice(_PLACEHOLDERS),
        lambda: rng.choice(_PLACEHOLDERS),
        lambda: rng.choice(_CODE),
        lambda: rng.choice(_CODE),
        lambda: f"assert digest == bytes.fromhex('{rng.text(32, HEX)}')",
        lambda: (
            f'<path d="M{rng.randrange(99)}.{rng.randrange(99)} {rng.randrange(99)}c{rng.randrange(99)}z"/>'
        ),
        lambda: f"github.com/pkg/{rng.choice(_WORDS).lower()} v1.{rng.randrange(9)}.0 h1:{rng.blob(32)}",
    ]
    return [rng.choice(makers)() for _ in range(lines)]


_PLACEHOLDERS = """
password = "changeme"
API_KEY = "<your key>"
DB_PASSWORD=${DB_PASSWORD}
token = os.environ["GITHUB_TOKEN"]
secret_key = env("SECRET_KEY")
password: {{ .Values.password }}
api_key: ${{ secrets.API_KEY }}
const token = process.env.TOKEN;
password = getpass.getpass("Password: ")
TOKEN=$(cat /run/secrets/token)
client_secret = "xxxxxxxxxxxxxxxxxxxx"
password = None
self.password = password
password: str = Field(...)
auth_token: Optional[str] = None
access_key = config.get("access_key")
url = "postgres://user:password@localhost/db"
url = "https://${USER}:${PASSWORD}@host"
AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
"password": "string"
echo "Enter your password:"
password = "********"
-p 8080:80
pwd = os.getcwd()
secret = read_secret(path)
""".strip().split("\n")
_CODE = """
token = tokens[0]
def test_token_is_refreshed(client):
token_type = "identifier"
for key, value in items:
password_field = forms.CharField(widget=PasswordInput)
type="password" name="password"
tokenizer = Tokenizer()
SECRET_NAME = "app/database"
raise ValueError("invalid token")
if token.type == TokenType.STRING:
public_key_path = "/etc/ssl/certs/ca.crt"
algorithm = "aes-256-gcm"
key = "user.profile.settings.theme"
keyboard.press(Key.enter)
cache_key = f'{prefix}:{name}'
primary_key=True, autoincrement=True)
encoding = "utf-8"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
secret_ref = "projects/1/secrets/db/versions/latest"
csrf_token = request.headers.get("X-CSRFToken")
author = 'Jane Doe <jane@corp.net>'
assert response.token == expected_token
label = _("Password")
auth = HTTPBasicAuth(user, password)
monkey_patch("module.attribute")
password_min_length: 12
""".strip().split("\n")
