"""From a resolved scenario to a machine."""

from simulator.catalogue.scenario import load_scenario
from simulator.machine.bind import bind


def test_a_system_gives_its_node() -> None:
    machine = bind(load_scenario("gpt3-175b-1024-a100"))
    assert (machine.topology.per_node, machine.topology.domain) == (8, 8)
    assert machine.topology.network is not None


def test_a_node_written_out_gives_its_own() -> None:
    resolved = load_scenario(
        "quickstart",
        {
            "cluster.system": None,
            "cluster.accelerator": "nvidia-a100-sxm-80gb",
            "cluster.per_node": 4,
            "cluster.scale_up": 2,
        },
    )
    assert (bind(resolved).topology.per_node, bind(resolved).topology.domain) == (4, 2)
