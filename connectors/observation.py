"""The observation: one normalised fact, in flight, and what each of its columns means.

Data crosses between the packages as Arrow tables with these columns, so this file is the
contract between connectors (which fill them), the matcher (which reads them) and the docs.
OCSF names are those of the network, HTTP, DNS and API activity classes (4001, 4002, 4003, 6003);
ECS names those of ECS 8. A connector leaves out the columns its source cannot show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

CLASSES: Final = ("network", "http", "dns", "auth", "api", "inventory")
ACTIONS: Final = ("allowed", "blocked", "failed", "unknown")


@dataclass(frozen=True, slots=True)
class Column:
    """One observation column.

    in_flight: never stored. personal: becomes a keyed pseudonym before it leaves a scan.
    """

    name: str
    type: pa.DataType
    ocsf: str
    ecs: str
    meaning: str
    in_flight: bool = False
    personal: bool = False


_text = pa.string()

COLUMNS: Final[tuple[Column, ...]] = (
    Column("time", pa.timestamp("us"), "time", "@timestamp", "when, in UTC"),
    Column("class", _text, "class_uid", "event.category", "one of CLASSES"),
    Column("src_ip", _text, "src_endpoint.ip", "source.ip", "client address", personal=True),
    Column("src_port", pa.int32(), "src_endpoint.port", "source.port", "client port"),
    Column(
        "src_user", _text, "actor.user.name", "user.name", "person at the client", personal=True
    ),
    Column("src_device", _text, "device.hostname", "host.name", "client machine", personal=True),
    Column("principal", _text, "actor.user.uid", "user.id", "calling identity: role, key, account"),
    Column("dst_host", _text, "dst_endpoint.hostname", "destination.domain", "name asked for"),
    Column("dst_ip", _text, "dst_endpoint.ip", "destination.ip", "server address"),
    Column("dst_port", pa.int32(), "dst_endpoint.port", "destination.port", "server port"),
    Column("proto", _text, "connection_info.protocol_name", "network.transport", "tcp, udp"),
    Column("app", _text, "app_name", "network.application", "the source's own name of the app"),
    Column(
        "url_path", _text, "http_request.url.path", "url.path", "path, no query", in_flight=True
    ),
    Column("url_query_keys", pa.list_(_text), "", "", "names of query parameters", in_flight=True),
    Column("http_method", _text, "http_request.http_method", "http.request.method", "upper case"),
    Column("http_status", pa.int16(), "http_response.code", "http.response.status_code", "status"),
    Column("user_agent", _text, "http_request.user_agent", "user_agent.original", "as sent"),
    Column(
        "http_headers",
        pa.map_(_text, _text),
        "http_request.http_headers",
        "",
        "the headers the catalogue asks for; names in lower case",
        in_flight=True,
    ),
    Column("tls_sni", _text, "tls.sni", "tls.client.server_name", "server name in the hello"),
    Column("tls_ja3", _text, "tls.ja3_hash.value", "tls.client.ja3", "client fingerprint"),
    Column("tls_ja4", _text, "ja4_fingerprint_list", "", "client fingerprint"),
    Column("bytes_out", pa.int64(), "traffic.bytes_out", "source.bytes", "from the client"),
    Column("bytes_in", pa.int64(), "traffic.bytes_in", "destination.bytes", "to the client"),
    Column("action", _text, "action", "event.outcome", "one of ACTIONS"),
    Column("operation", _text, "api.operation", "event.action", "API call or audit event"),
    Column("account", _text, "cloud.account.uid", "cloud.account.id", "cloud account"),
    Column("region", _text, "cloud.region", "cloud.region", "cloud region"),
    Column("tenant", _text, "metadata.tenant_uid", "organization.id", "SaaS workspace"),
    Column("resource_uid", _text, "resources[].uid", "", "id of the resource acted on"),
    Column("resource_type", _text, "resources[].type", "", "its type"),
    Column("resource_name", _text, "resources[].name", "", "its name"),
    Column("model", _text, "ai_model.name", "", "model asked for"),
    Column("oauth_client", _text, "", "", "client id of an OAuth grant"),
    Column("oauth_scopes", pa.list_(_text), "", "", "scopes granted"),
    Column(
        "conn_uid",
        _text,
        "connection_info.uid",
        "event.id",
        "joins the logs of one connection",
        in_flight=True,
    ),
    # Source and destination are as the log writes them. Where the log or its ports say that the
    # roles are others, these say so, and matching goes by them.
    Column(
        "client_ip",
        _text,
        "",
        "client.ip",
        "who asked, if not src_ip; empty: has no address",
        in_flight=True,
        personal=True,
    ),
    Column("client_port", pa.int32(), "", "client.port", "its port", in_flight=True),
    Column("server_ip", _text, "", "server.ip", "who was asked, if not dst_ip", in_flight=True),
    Column("server_port", pa.int32(), "", "server.port", "its port", in_flight=True),
    Column(
        "bytes_again", _text, "", "", "which other record its bytes are summed from", in_flight=True
    ),
    Column("aside", _text, "", "", "why a scan does not count the record", in_flight=True),
    Column("source", _text, "", "", "configured input"),
    Column("path", _text, "", "", "file or member"),
    Column("line", pa.int64(), "", "", "line in the decoded file, from 1"),
    Column("event", pa.int32(), "", "", "ordinal of the source event within its document, from 1"),
)

BY_NAME: Final = {column.name: column for column in COLUMNS}
SCHEMA: Final = pa.schema([(column.name, column.type) for column in COLUMNS])
