"""Which values a function reads."""

from simulator.catalogue.scenario import load_scenario
from simulator.result.facts import Facts
from simulator.result.traced import reads_of

FACTS = Facts(load_scenario("quickstart"), ())


def test_only_what_is_read_is_noted() -> None:
    assert reads_of(FACTS, lambda facts: facts.resolved.accelerator.memory.bandwidth) == (
        "accelerator.memory.bandwidth",
    )


def test_to_pass_a_block_on_is_not_to_read_it() -> None:
    assert reads_of(FACTS, lambda facts: facts.resolved.model) == ()


def test_of_a_mapping_only_the_key_is_read() -> None:
    found = reads_of(
        FACTS,
        lambda f: (sorted(f.resolved.accelerator.compute.peak), f.resolved.accelerator.compute.peak["bf16"]),
    )
    assert found == ("accelerator.compute.peak.bf16",)


def test_items_of_a_list_of_blocks_have_numbers() -> None:
    found = reads_of(FACTS, lambda facts: [one.name for one in facts.resolved.software.head])
    assert found[:2] == ("software.head.0.name", "software.head.1.name")


def test_a_method_of_a_block_reads_all_of_it() -> None:
    found = reads_of(FACTS, lambda facts: facts.resolved.accelerator.power.activity.model_dump())
    assert found == ("accelerator.power.activity",)


def test_look_alikes_give_the_same_answers() -> None:
    seen = []
    reads_of(FACTS, lambda facts: seen.append((facts.shard.tokens, facts.machine.gemm)))
    assert seen == [(FACTS.shard.tokens, FACTS.machine.gemm)]
