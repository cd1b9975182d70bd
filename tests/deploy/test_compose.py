"""compose.yaml is what the specification allows, and names what there is."""

import asyncio
import ipaddress
import json
import re

import pytest
import uvicorn
import yaml

from digitlab.__main__ import main
from digitlab.settings import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
TEXT = (REPOSITORY / "compose.yaml").read_text()


def filled(text: str) -> str:
    """With the variables that it asks for."""

    def value(found: re.Match) -> str:
        return found[1].partition(":-")[2] if ":-" in found[1] else "secret"

    return re.sub(r"\$\{([^}]+)\}", value, text)


@pytest.fixture(scope="module")
def services() -> dict[str, dict]:
    return yaml.safe_load(filled(TEXT))["services"]


def test_it_is_valid():
    compose_spec = pytest.importorskip("compose_spec")
    read = yaml.safe_load(filled(TEXT))
    compose_spec.PyCompose.from_json(json.dumps(read))
    read["services"]["app-1"]["helthcheck"] = {}
    with pytest.raises(ValueError, match="helthcheck"):
        compose_spec.PyCompose.from_json(json.dumps(read))


def test_what_others_made_is_pinned_and_what_is_built_is_in_the_containerfile(services):
    stages = re.findall(r"^FROM \S+ AS (\S+)$", (REPOSITORY / "Containerfile").read_text(), re.MULTILINE)
    for service in services.values():
        if "build" in service:
            assert service["build"]["target"] in stages
        else:
            assert re.search(r":[\w.-]*\d[\w.-]*$", service["image"])


def test_nginx_knows_the_servers_by_their_addresses(services):
    port = re.search(r"PORT=(\d+)", (REPOSITORY / "Containerfile").read_text())[1]
    addresses = [
        f"{one['networks']['default']['ipv4_address']}:{port}"
        for name, one in services.items()
        if name.startswith("app-")
    ]
    named = re.findall(r"^server (\S+) ", (DEPLOY / "replicas.compose.conf").read_text(), re.MULTILINE)
    assert named == addresses
    mounted = [volume.split(":")[0] for volume in services["balancer"]["volumes"]]
    assert all((REPOSITORY / path).is_file() for path in mounted)


def test_the_servers_believe_the_balancer_and_nobody_else_who_asks(services, monkeypatch):
    balancer = services["balancer"]["networks"]["default"]["ipv4_address"]
    for name in ("app-1", "app-2"):
        assert services[name]["environment"]["FORWARDED_ALLOW_IPS"] == balancer
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", balancer)
    seen = []

    async def app(scope, receive, send) -> None:
        seen.append(scope["client"][0])

    config = uvicorn.Config(app, interface="asgi3", log_config=None)  # as Streamlit, which says nothing of proxies
    config.load()
    forged_and_added = [(b"x-forwarded-for", b"127.0.0.1, 203.0.113.9")]
    for kind in ("http", "websocket"):
        for peer in (balancer, "172.30.84.200"):
            scope = {"type": kind, "client": (peer, 50000), "headers": forged_and_added}
            asyncio.run(config.loaded_app(scope, None, None))
    assert seen == ["203.0.113.9", "172.30.84.200"] * 2


def test_no_other_container_is_given_an_address_that_is_promised(services):
    (pool,) = yaml.safe_load(filled(TEXT))["networks"]["default"]["ipam"]["config"]
    promised = [one["networks"]["default"]["ipv4_address"] for one in services.values() if "networks" in one]
    assert len(set(promised)) == len(promised) == 3
    for address in map(ipaddress.ip_address, promised):
        assert address in ipaddress.ip_network(pool["subnet"])
        assert address not in ipaddress.ip_network(pool["ip_range"])


def test_no_secret_stands_in_it():
    secrets = re.findall(r"(\w*(?:PASSWORD|SECRET|KEY)\w*): +(.+)", TEXT)
    assert len(secrets) >= 5
    assert all("${" in value for _, value in secrets)


def test_every_setting_and_route_exists(services):
    code = "".join(path.read_text() for path in (REPOSITORY / "digitlab").rglob("*.py"))
    for name in {name for one in services.values() for name in one.get("environment", {})}:
        if name.startswith("DIGITLAB_"):
            assert f'"{name}"' in code
    routes = re.findall(r"http://127.0.0.1:\d+(/[\w/]+)", TEXT)
    assert routes
    assert all(f'"{route}"' in code for route in routes)


def test_every_command_exists(services, capsys):
    commands = [one["command"] for one in services.values() if one.get("command", [""])[0] == "digitlab"]
    assert len(commands) == 2
    for command in commands:
        with pytest.raises(SystemExit) as ended:
            main([*command[1:], "--help"])
        assert ended.value.code == 0
        assert "usage" in capsys.readouterr().out
