"""A model server that speaks every dialect and misbehaves on demand, in a process of its own.

    python -m tests.servers.dialects [--cert PEM] [--client-ca PEM]

The address says what it imitates: ``/openai/v1``, ``/llama/v1`` (with ``/llama/infill``), ``/mistral/v1`` (with
``/fim/completions``), ``/ignores/v1`` (takes a suffix and ignores it), ``/lmstudio/v1`` (answers 200 to what it does
not know), ``/anthropic/v1``, ``/ollama``. The model's name says what it does: ``plain``, or one of ``behaviours``, with
arguments after colons: ``fail:503:2``, ``split:1``, ``picky:temperature``.

``GET /_record`` returns every request so far; ``GET /_gone/MODEL`` answers once the client of that model has left.
"""

from __future__ import annotations

import argparse
import json
import ssl
from typing import Any

from tests.servers.behaviours import BEHAVIOURS, Answer, calls, gone
from tests.servers.http1 import Exchange, serve
from tests.servers.wire import ENDINGS, WINDOW, Json

record: list[dict[str, Any]] = []

MODELS = ("plain", "whole")
LISTS: dict[str, Json] = {
    "/openai/v1/models": {"object": "list", "data": [{"id": name, "owned_by": "vllm"} for name in MODELS]},
    "/vllm/v1/models": {"data": [{"id": "plain", "owned_by": "vllm", "max_model_len": WINDOW}]},
    "/openrouter/v1/models": {"data": [{"id": "plain", "context_length": WINDOW}]},
    "/llama/v1/models": {"data": [{"id": "m.gguf", "owned_by": "llamacpp", "meta": {"n_ctx_train": 131072}}]},
    "/llama/props": {"default_generation_settings": {"n_ctx": WINDOW}},
    "/anthropic/v1/models": {"data": [{"type": "model", "id": "plain", "max_input_tokens": WINDOW}]},
    "/ollama/api/tags": {"models": [{"name": "plain:latest"}, {"name": "other:7b"}]},
    "/bad/v1/models": {"hello": "world"},
    "/bad/api/tags": {"hello": "world"},
    # For discovery, which knows no folders.
    "/v1/models": {"data": [{"id": "m.gguf", "owned_by": "llamacpp"}]},
    "/api/tags": {"models": [{"name": "plain:latest"}]},
}
SHOWN = {"parameters": "stop <eot>\nnum_ctx    8192", "model_info": {"llama.context_length": 131072}}


async def answer(exchange: Exchange) -> None:
    request = exchange.request
    path = request.target.partition("?")[0]
    if path == "/_record":
        await exchange.json(200, record)
        return
    if path.startswith("/_gone/"):
        await gone[path.removeprefix("/_gone/")].wait()
        await exchange.json(200, {})
        return
    body = json.loads(request.body) if request.body else {}
    told = {"method": request.method, "target": request.target, "headers": request.headers, "body": body}
    record.append({**told, "port": exchange.writer.get_extra_info("peername")[1]})
    if path in LISTS:
        await exchange.json(200, LISTS[path])
    elif path == "/ollama/api/show":
        await exchange.json(200, SHOWN)
    else:
        await _generate(exchange, path, body)


async def _generate(exchange: Exchange, path: str, body: Json) -> None:
    dialect = next((make() for ending, make in ENDINGS if path.endswith(ending)), None)
    if dialect is None and path.startswith("/lmstudio"):
        await exchange.json(200, {"error": f"Unexpected endpoint or method. (POST {path})"})
    elif dialect is None:
        await exchange.json(404, {"detail": "Not Found"})
    elif path.startswith("/openai") and "suffix" in body:
        await exchange.json(400, {"error": {"message": "suffix is not currently supported"}})
    else:
        # llama.cpp's /infill names no model; its tests ask for a behaviour by the stop word.
        model = str(body.get("model") or (body.get("stop") or ["plain"])[0])
        calls[model] += 1
        await BEHAVIOURS[model.split(":")[0]](Answer(exchange, dialect, model, body))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cert", help="serve TLS with this PEM of certificate and key")
    parser.add_argument("--client-ca", help="ask clients for a certificate of this CA")
    options = parser.parse_args()
    tls = None
    if options.cert:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.cert)
        if options.client_ca:
            tls.load_verify_locations(options.client_ca)
            tls.verify_mode = ssl.CERT_REQUIRED
    serve(answer, tls)


if __name__ == "__main__":
    main()
