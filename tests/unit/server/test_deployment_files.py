"""The files for containers fit Marquee and one another: settings that there are, commands that parse, one cluster under
one name. Their schemas are checked by `make lint`; `integration/server/test_metrics.py` checks the figures that the
board and the alerts name.
"""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import yaml  # type: ignore[import-untyped]

from server.http.app import PAGE_ROUTES, ROUTES
from server.settings import PREFIX, Settings, read_settings
from tests.conftest import ROOT
from tests.unit.spark.test_airflow_dag import parsed

PASSWORD = "${CLICKHOUSE_PASSWORD:?put a password into .env, see docker-compose.yml}"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8").replace(PASSWORD, "word"))
SERVICES: Mapping[str, Any] = COMPOSE["services"]
KUBERNETES = ROOT / "deploy" / "kubernetes"
CLUSTER, KEEPER = (ElementTree.parse(ROOT / "deploy" / "clickhouse" / f"{name}.xml") for name in ("cluster", "keeper"))
PROFILES = {"jobs", "spark", "cluster", "kafka", "observe"}
OURS = {"marquee", "marquee-spark", "marquee-kafka"}


def resources(kind: str) -> list[Any]:
    found = []
    for path in sorted(KUBERNETES.glob("*.yaml")):
        found += [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one["kind"] == kind]
    return found


def pods() -> Iterator[tuple[str, Any]]:
    """The template of each kind of pod, by its name."""
    for one in resources("Deployment"):
        yield one["metadata"]["name"], one["spec"]["template"]
    for one in resources("CronJob"):
        yield one["metadata"]["name"], one["spec"]["jobTemplate"]["spec"]["template"]


PODS = dict(pods())


def settings_file() -> dict[str, str]:
    lines = (KUBERNETES / "settings.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def environment_of(container: Mapping[str, Any]) -> dict[str, str]:
    """A container's own variables; those from the Secret have an example's value."""
    secret = "clickhouse://loader:word@clickhouse.clickhouse.svc:8123/marquee"
    return {one["name"]: one.get("value", secret) for one in container.get("env", [])}


def read(monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> Settings:
    """The settings, as a process with this environment reads them."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name}".upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return read_settings()


@pytest.mark.parametrize("name", [name for name, one in SERVICES.items() if one["image"] in OURS])
def test_services_are_given_settings_that_there_are(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = SERVICES[name]["environment"]
    settings = read(monkeypatch, environment)
    if f"{PREFIX}WAREHOUSE" in environment:
        address = urlsplit(settings.warehouse)
        server = SERVICES[address.hostname or ""]["environment"]
        assert address.path == f"/{server['CLICKHOUSE_DB']}"
        assert address.username == server["CLICKHOUSE_USER"]


@pytest.mark.parametrize("name", PODS)
def test_pods_are_given_settings_that_there_are(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (container,) = PODS[name]["spec"]["containers"]
    settings = read(monkeypatch, settings_file() | environment_of(container))
    assert settings.warehouse == "clickhouse://loader:word@clickhouse.clickhouse.svc:8123/marquee"


def test_other_names_with_our_prefix_would_stop_a_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kubernetes sets them for a Service of that name, unless it is told not to."""
    with pytest.raises(Exception, match="MARQUEE_SERVICE_HOST is not a setting"):
        read(monkeypatch, {"MARQUEE_SERVICE_HOST": "10.96.0.1"})
    assert [name for name, pod in PODS.items() if pod["spec"]["enableServiceLinks"] is not False] == []


def commands() -> Iterator[str]:
    for one in SERVICES.values():
        if one.get("command", [""])[0] == "marquee":
            yield shlex.join(one["command"])
    for pod in PODS.values():
        for container in pod["spec"]["containers"]:
            match container.get("command"):
                case ["marquee", *_] as words:
                    yield shlex.join(words)
                case ["/bin/sh", "-c", script]:
                    yield from script_commands(script)


def script_commands(script: str) -> Iterator[str]:
    """Those of a script, its loop unrolled."""
    lines = [line.strip().split(" || ")[0] for line in script.splitlines()]
    (jobs,) = (line.removeprefix("for job in ").removesuffix("; do").split() for line in lines if "for job" in line)
    for line in lines:
        if line.startswith("marquee "):
            yield from ([line.replace('"$job"', job) for job in jobs] if "$job" in line else [line])


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_commands_are_some_that_there_are(line: str) -> None:
    assert parsed(line) is not None


def test_enough_commands_were_looked_at() -> None:
    lines = set(commands())
    assert {"marquee spark rankings", "marquee spark forecast", "marquee warehouse retain"} <= lines
    assert len(lines) >= 12


def test_files_that_services_mount_are_there() -> None:
    mounts = [mount.split(":")[0] for one in SERVICES.values() for mount in one.get("volumes", [])]
    assert [path for path in mounts if path.startswith("./") and not (ROOT / path).is_file()] == []
    assert {path for path in mounts if not path.startswith("./")} == set(COMPOSE["volumes"])


def test_profiles_are_those_that_are_documented() -> None:
    assert {profile for one in SERVICES.values() for profile in one.get("profiles", [])} == PROFILES
    assert {name for name, one in SERVICES.items() if "profiles" not in one} == {"clickhouse", "api"}
    text = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert [profile for profile in PROFILES if f"| `{profile}` |" not in text] == []


def test_what_a_service_needs_is_there_whenever_it_is() -> None:
    for name, one in SERVICES.items():
        needs = one.get("depends_on", [])
        for other in needs:
            own, profiles = (set(SERVICES[which].get("profiles", [])) for which in (name, other))
            is_optional = not isinstance(needs, list) and needs[other].get("required") is False
            assert is_optional or not profiles or (own and own <= profiles), (name, other)


def test_jobs_run_only_by_name() -> None:
    jobs = [name for name, one in SERVICES.items() if one["image"] in OURS and one.get("restart", "no") == "no"]
    assert {name: SERVICES[name]["profiles"] for name in jobs} == {name: ["jobs"] for name in jobs}


def test_keys_are_not_where_spark_s_workers_look() -> None:
    for name in ("spark-master", "spark-worker"):
        assert set(SERVICES[name]["volumes"]) <= {"staging:/staging"}
        assert not any(key.startswith(PREFIX) for key in SERVICES[name]["environment"])


@pytest.mark.parametrize("name", SERVICES)
def test_services_may_do_little(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("read_only") is (None if name == "kafka" else True)
    assert {"mem_limit", "pids_limit"} <= set(service)
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert service["image"] in OURS or service["image"].partition(":")[2] not in ("", "latest")


@pytest.mark.parametrize("name", PODS)
def test_pods_may_do_little(name: str) -> None:
    pod = PODS[name]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10001
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in [*pod["initContainers"], *pod["containers"]]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"cpu", "memory"} <= set(container["resources"]["limits"])
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])


def test_the_api_s_parts_name_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    (deployment,), (service,), (ingress,), (budget,) = map(
        resources, ("Deployment", "Service", "Ingress", "PodDisruptionBudget")
    )
    pod = deployment["spec"]["template"]
    (api,) = pod["spec"]["containers"]
    for selector in (deployment["spec"]["selector"]["matchLabels"], service["spec"]["selector"]):
        assert selector.items() <= pod["metadata"]["labels"].items()
    assert budget["spec"]["selector"] == deployment["spec"]["selector"]
    assert budget["spec"]["minAvailable"] < deployment["spec"]["replicas"]
    assert [port["targetPort"] for port in service["spec"]["ports"]] == [port["name"] for port in api["ports"]]
    settings = read(monkeypatch, settings_file())
    assert [port["containerPort"] for port in api["ports"]] == [settings.port]
    assert {rule["host"] for rule in ingress["spec"]["rules"]} == {urlsplit(settings.public_url).hostname}
    assert service["metadata"]["name"] in settings.hosts
    assert settings.drain_seconds + 60 < pod["spec"]["terminationGracePeriodSeconds"]


def test_kustomize_names_all_files_and_images() -> None:
    told = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text(encoding="utf-8"))
    assert set(told["resources"]) == {path.name for path in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml"}
    (settings,) = told["configMapGenerator"]
    assert [(KUBERNETES / name).is_file() for name in settings["envs"]] == [True]
    containers = [one for pod in PODS.values() for one in (*pod["spec"]["initContainers"], *pod["spec"]["containers"])]
    assert {one["image"] for one in containers} == {image["name"] for image in told["images"]}
    sources = [source for one in containers for source in one.get("envFrom", []) if "configMapRef" in source]
    assert {source["configMapRef"]["name"] for source in sources} == {settings["name"]}


def test_probes_ask_for_what_there_is() -> None:
    (api,) = PODS["marquee"]["spec"]["containers"]
    paths = {kind: api[kind]["httpGet"]["path"] for kind in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert paths == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    assert set(paths.values()) <= {getattr(route, "path", None) for route in [*ROUTES, *PAGE_ROUTES]}


def test_prometheus_reaches_the_figures_without_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, SERVICES["api"]["environment"])
    assert settings.metrics_callers == (SERVICES["prometheus"]["networks"]["figures"]["ipv4_address"],)
    config = yaml.safe_load((ROOT / "deploy" / "monitoring" / "prometheus.yml").read_text(encoding="utf-8"))
    (scraped,) = config["scrape_configs"]
    (target,) = scraped["static_configs"][0]["targets"]
    host, _, port = target.partition(":")
    assert host in SERVICES
    assert host in settings.hosts
    assert int(port) == settings.port
    alerts = (ROOT / "docs" / "monitoring" / "alerts.yml").read_text(encoding="utf-8")
    assert f'up{{job="{scraped["job_name"]}"}}' in alerts


def test_the_cluster_s_servers_are_services_in_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, SERVICES["cluster-tables"]["environment"])
    (cluster,) = CLUSTER.findall("remote_servers/*")
    assert cluster.tag == settings.cluster
    database = urlsplit(settings.warehouse).path.lstrip("/")
    there = {}
    for number, shard in enumerate(cluster.findall("shard"), 1):
        assert shard.findtext("internal_replication") == "true"
        for place, replica in enumerate(shard.findall("replica"), 1):
            assert replica.findtext("default_database") == database
            there[replica.findtext("host")] = {"SHARD": str(number), "REPLICA": str(place)}
    given = {
        name: {key: one["environment"][key] for key in ("SHARD", "REPLICA")}
        for name, one in SERVICES.items()
        if "SHARD" in one.get("environment", {})
    }
    assert there == given
    assert len(given) == 4
    assert {one.tag: one.get("from_env") for one in CLUSTER.findall("macros/*")} == {
        "shard": "SHARD",
        "replica": "REPLICA",
    }


def test_keepers_are_services_with_their_numbers() -> None:
    numbers = {
        one.findtext("hostname"): one.findtext("id")
        for one in KEEPER.findall("keeper_server/raft_configuration/server")
    }
    given = {name: one["environment"]["KEEPER_ID"] for name, one in SERVICES.items() if name.startswith("keeper-")}
    assert numbers == given
    port = KEEPER.findtext("keeper_server/tcp_port")
    assert [(node.findtext("host"), node.findtext("port")) for node in CLUSTER.findall("zookeeper/node")] == [
        (name, port) for name in given
    ]
