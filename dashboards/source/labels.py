"""Label matchers by what the variables choose, by the level of the series that are asked for.

Names of servers, targets and fleets are anybody's: as `regex` and between backticks they may have quotes.
"""

CHOSEN_SERVER, CHOSEN_TARGET, CHOSEN_FLEET = "${server:regex}", "${target:regex}", "${fleet:regex}"

NAMESPACE = 'namespace=~"$namespace"'
SCRAPED = NAMESPACE + ',job=~"$job"'  # of what sidecars and scalers export
INSTANCE = SCRAPED + ',instance=~"$instance"'  # one process
SERVER = SCRAPED + f",server=~`{CHOSEN_SERVER}`"  # one MCP server: all its pods
SERVER_INSTANCE = SERVER + ',instance=~"$instance"'
TARGET = SCRAPED + f",target=~`{CHOSEN_TARGET}`"
TARGET_INSTANCE = TARGET + ',instance=~"$instance"'
FLEET = SCRAPED + f",fleet=~`{CHOSEN_FLEET}`"
FLEET_INSTANCE = FLEET + ',instance=~"$instance"'
# Of the cluster's own exporters, whose job is another's: joined to servers by the rules.
WORKLOAD = NAMESPACE + f",server=~`{CHOSEN_SERVER}`"


def probed(metric, target=CHOSEN_TARGET):
    """What probers tell of these targets. By /probe there is no label: its instance is the target."""
    by_probe = f'{metric}{{{INSTANCE},target="",instance=~`{target}`}}'
    return (f'({metric}{{{INSTANCE},target=~`{target}`}}'
            f' or label_replace({by_probe}, "target", "$1", "instance", "(.*)"))')
