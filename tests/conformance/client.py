"""What the conformance suite runs as the MCP client: `client.py URL`.

The suite names its scenario, the revision and what the client shall call in the environment; this
turns them into `mcp-vitals probe` commands. PROBE_PROTOCOL=auto leaves the revision for the probe
to find out.
"""

import json
import os
import subprocess
import sys

# The calls that a scenario wants, as (tool, arguments); each is a probe of its own.
CALLS = {
    "tools_call": [("add_numbers", {"a": 5, "b": 3})],
    "sse-retry": [("test_reconnection", {})],
    "http-standard-headers": [("test_headers", {}), ("my-hyphenated-tool", {})],
    "http-invalid-tool-headers": [("valid_tool", {"region": "us-west1"})],
}
# Tools that must be refused, not called: their `x-mcp-header` breaks the rules.
REFUSED = {
    "http-invalid-tool-headers": [
        ("invalid_empty_header", {"value": "a"}),
        ("invalid_object_header", {"data": {}}),
        ("invalid_array_header", {"items": ["a"]}),
        ("invalid_null_header", {"nil": None}),
        ("invalid_number_header", {"score": 1.5}),
        ("invalid_duplicate_same_case", {"field1": "a", "field2": "b"}),
        ("invalid_duplicate_diff_case", {"field1": "a", "field2": "b"}),
        ("invalid_space_in_name", {"value": "a"}),
        ("invalid_colon_in_name", {"value": "a"}),
        ("invalid_non_ascii_name", {"value": "a"}),
        ("invalid_control_char_name", {"value": "a"}),
    ],
}


def probe(*options: str, output: str = "json") -> dict:
    command = [os.environ["MCP_VITALS"], "probe", sys.argv[1], "--output", output, *options]
    if os.environ.get("PROBE_PROTOCOL") != "auto":
        command += ["--protocol", os.environ["MCP_CONFORMANCE_PROTOCOL_VERSION"]]
    finished = subprocess.run(command, stdout=subprocess.PIPE, timeout=15, check=False)
    print(finished.stdout.decode(), end="")
    return json.loads(finished.stdout)


def echo_of_a_schema() -> list[tuple[str, dict]]:
    """The call that hands the server a schema of its own back, as the probe received it."""
    tools = {tool["name"]: tool for tool in probe(output="manifest")["tools"]}
    return [("json_schema_echo", {"schema": tools["json_schema_2020_12_tool"]["inputSchema"]})]


def call(tool: str, arguments: dict) -> dict:
    return probe("--call", tool, "--arguments", json.dumps(arguments))


def main() -> int:
    scenario = os.environ["MCP_CONFORMANCE_SCENARIO"]
    context = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT", "{}"))
    calls = [(c["name"], c["arguments"]) for c in context.get("toolCalls", [])]
    calls = calls or CALLS.get(scenario, [])
    if scenario == "json-schema-2020-12-preservation":
        calls = echo_of_a_schema()
    results = [call(*c) for c in calls] if calls else [probe()]
    refused = [call(*c) for c in REFUSED.get(scenario, [])]
    good = all(result["success"] for result in results)
    good = good and all(result["reason"] == "canary_failed" for result in refused)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
