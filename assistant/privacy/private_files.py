"""Files that are never sent, whatever anyone asks: their names say that they hold credentials."""

import re

_NAMES = frozenset(
    """
    .netrc _netrc .pgpass pgpass.conf .my.cnf .mylogin.cnf .pypirc .npmrc .yarnrc.yml .git-credentials .htpasswd
    .htdigest .dockercfg .dockerconfigjson .s3cfg .boto .vault_pass .vault-token .vault_password .rediscli_auth
    .esmtprc .msmtprc
    .fetchmailrc .terraformrc terraform.rc credentials credentials.json credentials.yml credentials.yaml
    credentials.toml credentials.xml credentials.ini credentials.csv application_default_credentials.json token.json
    kubeconfig master.key shadow gshadow secrets.yml secrets.yaml secrets.json secrets.toml secrets.env secrets.ini
    secret.yml secret.yaml secret.json wp-config.php logins.json key4.db signons.sqlite cookies.sqlite login.keychain
    terraform.tfstate terraform.tfstate.backup
    """.split()
)
_PATTERN = re.compile(
    r"""(?xi)
    \.env | \.env[._-].* | .*\.env | env\.(?:local|prod|production|development|staging)     # environment files
    | id_(?:rsa|dsa|ecdsa|ed25519|xmss)(?:_sk)?(?:[._-](?!pub$).*)? | ssh_host_.*_key | .*_(?:rsa|ed25519|ecdsa|dsa)
    | .*\.(?:pem|key|ppk|p8|p12|pfx|pkcs12|jks|jceks|bks|keystore|truststore|kdbx?|agilekeychain|ovpn)
    | .*\.(?:asc|gpg|pgp|keytab|kwallet)
    | .*\.(?:tfvars|tfvars\.json|tfstate|tfstate\.backup) | .*\.(?:credentials|secret|secrets)
    | client_secrets?.*\.json | service[-_]?account.*\.json | .*[-_]credentials?\.json | .*serviceaccount.*\.json
    | .*\.publishsettings | .*\.mobileprovision | \..*_history
    """
)
_FOLDERS = frozenset(
    {".ssh", ".gnupg", ".aws", ".azure", ".kube", ".password-store", ".git", ".gcloud", ".oci"}
)
_UNDER = (
    ".docker/config.json",
    ".config/gcloud/",
    ".config/gh/",
    ".config/op/",
    ".local/share/keyrings/",
    "etc/shadow",
    "proc/",
    ".terraform/",
)


def private_reason(path: str) -> str | None:
    """Return why a file is never sent, None if its name says nothing.

    :param path: '/'-separated, as long as it is known: folders such as ``.ssh`` count.
    """
    *folders, name = path.split("/")
    if name.lower() in _NAMES or _PATTERN.fullmatch(name):
        return "its name says that it holds credentials"
    for folder in folders:
        if folder.lower() in _FOLDERS:
            return f"{folder}/ holds credentials or private data"
    lower = path.lower()
    for start in _UNDER:
        if lower.startswith(start) or f"/{start}" in lower:
            return f"{start} holds credentials or private data"
    return None
