"""From a published row to a resolved scenario; what the row leaves open is filled in here, and only here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import Any

from simulator.catalogue.catalogue import Entry
from simulator.catalogue.origins import Provenance, provenance, values
from simulator.catalogue.place import Document, Source, dotted
from simulator.catalogue.problems import SpecError
from simulator.catalogue.resolved import Resolved
from simulator.catalogue.validate import validate
from simulator.machine.bind import bind
from simulator.spec.model import Model
from simulator.spec.software import Software
from simulator.spec.training import Recompute, TrainingScenario
from simulator.training.memory import fullest_stage
from simulator.training.plan import make_plan, make_shard
from simulator.validation.dimensions import model_from
from simulator.validation.lending import borrowed
from simulator.validation.parts import LoadedParts, NotSimulatedError
from simulator.validation.published import PublishedRun

PARALLELISM = (
    "tensor",
    "sequence_parallel",
    "pipeline",
    "virtual_stages",
    "schedule",
    "context",
    "expert",
    "expert_tensor",
    "data",
    "sharding",
    "shard_group",
)
TRAINING = (
    "global_batch",
    "micro_batch",
    "precision",
    "offload",
    "lora",
    "expert_capacity",
    "document_length",
)
"""Keys of a row's plan that the blocks of a scenario take over."""

LEVELS: tuple[Recompute, ...] = ("none", "selective", "full")
"""Recomputation, lightest first."""

RELATIVE = 1.5
"""Spread of a stack's nearest relative over that of the stack itself [1]."""


@dataclass(frozen=True)
class Assembled:
    """A row ready to be simulated, and what had to be assumed for it.

    Attributes
    ----------
    resolved : Resolved
        The scenario.
    assumed : tuple of str
        What the source does not state.
    alternative : Resolved or None
        The scenario with the next heavier recomputation, where the source does not state it.
    """

    resolved: Resolved
    assumed: tuple[str, ...]
    alternative: Resolved | None = None


@dataclass
class Assembler(LoadedParts):
    """Builds resolved scenarios from rows; parts are loaded once."""

    _origins: dict[tuple[str, str], dict[str, Provenance]] = field(default_factory=dict)
    _lent: dict[tuple[str, str], Entry] = field(default_factory=dict)
    _stacks: dict[tuple[str, int | None, str], tuple[Entry, tuple[str, ...]] | None] = field(
        default_factory=dict
    )
    """Stacks by text, year and accelerator of a row; none where no stack is like it."""

    def assemble(self, row: PublishedRun, lender: str | None = None) -> Assembled:
        """Fill in a row.

        Parameters
        ----------
        row : PublishedRun
            The row.
        lender : str, optional
            Id of a stack whose fitted and estimated constants are used in place of the row's own.

        Raises
        ------
        NotSimulatedError
            If it exercises something that is not modelled, or names what the catalogue lacks.
        """
        stack, note = self._matched(row)
        if lender is not None:
            stack = self._with_constants(stack, lender)
        _refuse(row)
        plan, assumed = fill_knobs(row, stack.spec)
        network, network_note = self._network(row)
        entries = {
            "software": stack,
            "collectives": self._entry("collectives", stack.spec.collectives),
            "accelerator": self._entry("accelerator", row.hardware["accelerator"]),
            "model": self._model(row),
            "network": network,
        }
        resolved = self._resolved(row, plan, entries, plan["recompute"] or "none")
        assumed = (*note, *assumed, *network_note)
        if plan["recompute"] is None:
            resolved = self._lightest_that_fits(resolved)
            assumed += (f"recompute {resolved.scenario.training.recompute}",)
            return Assembled(resolved, assumed, _heavier(resolved))
        return Assembled(resolved, assumed)

    def is_calibration(self, row: PublishedRun) -> bool:
        """Whether the row was used to fit a number of its software stack."""
        try:
            return row.id in self._matched(row)[0].spec.calibration
        except NotSimulatedError:
            return False

    def stack(self, row: PublishedRun) -> str:
        """Id of the stack that a row's text means.

        Raises
        ------
        NotSimulatedError
            If no stack is like it.
        """
        return self._matched(row)[0].id

    def _with_constants(self, stack: Entry, lender: str) -> Entry:
        """A stack with the constants of another, made once."""
        key = (stack.id, lender)
        if key not in self._lent:
            origins = self._provenance(stack)
            self._lent[key] = borrowed(stack, self._entry("software", lender), origins)
        return self._lent[key]

    def _matched(self, row: PublishedRun) -> tuple[Entry, tuple[str, ...]]:
        """The stack with the longest pattern that fits the row's free text, else its nearest relative.

        One that says on whose accelerators it runs comes before those that run on all. A relative's interval
        is half as wide again.
        """
        key = (str(row.plan["software"]), row.year, str(row.hardware["accelerator"]))
        if key not in self._stacks:
            self._stacks[key] = self._match(row)
        found = self._stacks[key]
        if found is None:
            raise NotSimulatedError(f"no software stack is like `{key[0]}`")
        return found

    def _match(self, row: PublishedRun) -> tuple[Entry, tuple[str, ...]] | None:
        text = str(row.plan["software"])
        for relation in ("matches", "relatives"):
            found = [
                (relation == "matches" and self._is_bound(name), len(pattern), name)
                for name in self._ids("software")
                for pattern in self._patterns(name, relation)
                if fits(pattern, text, row.year) and self._runs_on(name, row)
            ]
            if found:
                entry = self._entry("software", max(found)[2])
                if relation == "matches":
                    return entry, ()
                wider = entry.spec.model_copy(update={"spread": RELATIVE * entry.spec.spread})
                return replace(entry, spec=wider), (f"software {entry.id}, the nearest relative",)
        return None

    def _patterns(self, stack: str, relation: str) -> tuple[str, ...]:
        """The stack's own patterns; those of the stack that it extends are left to that one."""
        spec = self._entry("software", stack).spec
        own: tuple[str, ...] = getattr(spec, relation)
        if spec.extends and own == getattr(self._entry("software", spec.extends).spec, relation):
            return ()
        return own

    def _is_bound(self, stack: str) -> bool:
        """Whether a stack runs on the accelerators of some makers only."""
        return bool(self._entry("software", stack).spec.vendors)

    def _runs_on(self, stack: str, row: PublishedRun) -> bool:
        """Whether a stack runs on the row's accelerator."""
        vendors = self._entry("software", stack).spec.vendors
        return not vendors or self._entry("accelerator", row.hardware["accelerator"]).spec.vendor in vendors

    def _model(self, row: PublishedRun) -> Entry:
        """The catalogue's model of that id, else one made from the dimensions beside the rows."""
        if row.model in self._ids("model"):
            return self._entry("model", row.model)
        d = row.dimensions
        if d is None:
            raise NotSimulatedError(f"no dimensions of model `{row.model}`")
        data = model_from(row.model, d, row.file)
        document = Document(Source(row.file), data)
        return Entry("model", row.model, document, validate(document, Model))

    def _network(self, row: PublishedRun) -> tuple[Entry, tuple[str, ...]]:
        """The named fabric; the usual one of a system with that accelerator where a row names none."""
        name = str(row.hardware["network"])
        systems = (self._entry("system", system).spec for system in self._ids("system"))
        usual = next((s for s in systems if s.accelerator == row.hardware["accelerator"]), None)
        # The links of a slice say nothing of the network between slices, whose adapters sit in the host.
        same_host = usual is not None and usual.per_node == row.hardware["per_node"]
        if name not in ("none", "unknown") and not (name.startswith("ici-") and same_host):
            return self._entry("network", name), ()
        if usual is not None:
            note = (f"network {usual.network}",) if name == "unknown" else ()
            return self._entry("network", usual.network), note
        raise NotSimulatedError(f"no system with {row.hardware['accelerator']} to take a network from")

    def _resolved(
        self, row: PublishedRun, plan: Mapping[str, Any], entries: dict[str, Entry], recompute: Recompute
    ) -> Resolved:
        data = {
            "format": 1,
            "kind": "training",
            "name": row.id,
            "model": row.model,
            "software": entries["software"].id,
            "cluster": {
                "count": row.hardware["count"],
                "accelerator": row.hardware["accelerator"],
                "per_node": row.hardware["per_node"],
                "scale_up": row.hardware["scale_up"],
                "network": entries["network"].id,
            },
            "parallelism": {key: plan[key] for key in PARALLELISM if plan.get(key) is not None},
            "training": {
                "tokens": f"{plan['global_batch'] * row.sequence} tokens",
                "sequence_length": row.sequence,
                "recompute": recompute,
                **{key: plan[key] for key in TRAINING if plan.get(key) is not None},
            },
        }
        document = Document(Source(row.id), data)
        try:
            scenario = validate(document, TrainingScenario)
        except SpecError as error:
            raise NotSimulatedError(error.problems[0].message) from error
        origins = {
            f"{kind}.{path}": origin
            for kind, entry in entries.items()
            for path, origin in self._provenance(entry).items()
        }
        return Resolved.of(scenario, entries, document, origins, dict(self.catalogue.files))

    def _provenance(self, entry: Entry) -> dict[str, Provenance]:
        key = (entry.kind, entry.id)
        if key not in self._origins:
            document = entry.document
            self._origins[key] = {dotted(k): provenance(document, k) for k in values(document.data)}
        return self._origins[key]

    @staticmethod
    def _lightest_that_fits(resolved: Resolved) -> Resolved:
        """The row with the lightest recomputation that fits in memory; the heaviest if none does.

        Where the recipes of the stack move activations to the host instead, as few layers as possible do so.
        """
        candidate = resolved
        for level, share in _ladder(resolved):
            candidate = _with_recompute(resolved, level, share)
            try:
                plan = make_plan(candidate)
            except SpecError as error:
                raise NotSimulatedError(error.problems[0].message) from error
            if fullest_stage(plan, make_shard(candidate), level, bind(candidate)).fits:
                break
        return candidate


def fits(pattern: str, text: str, year: int | None) -> bool:
    """Whether a pattern of a stack fits a row's text and, where it names years, the year of its source.

    >>> fits("Megatron-LM@2023..2024", "Megatron-LM", 2024), fits("Megatron-LM@2025..", "Megatron-LM", 2024)
    (True, False)
    >>> fits("Megatron-LM*", "Megatron-LM 2021", None), fits("Megatron-LM@..2024", "Megatron-LM", None)
    (True, False)
    """
    words, _, years = pattern.partition("@")
    if not years:
        return fnmatch(text, words)
    first, _, last = years.partition("..")
    return fnmatch(text, words) and year is not None and int(first or 0) <= year <= int(last or 9999)


def fill_knobs(row: PublishedRun, software: Software) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The plan of a row with the stack's documented defaults where the source is silent.

    Returns
    -------
    dict
        The plan; `recompute` stays open where the stack has no default, since the lightest that fits is found
        by memory.
    tuple of str
        What was assumed.
    """
    plan, assumed = dict(row.plan), []
    defaults: dict[str, Any] = {
        "sharding": software.defaults.sharding,
        "sequence_parallel": software.defaults.sequence_parallel and plan["tensor"] != 1,
        "virtual_stages": 1,
        "micro_batch": 1,
    }
    if software.defaults.recompute is not None:
        defaults["recompute"] = software.defaults.recompute
    if plan.get("precision") == "unknown":
        plan["precision"] = None
        defaults["precision"] = software.defaults.precision
    for name, default in defaults.items():
        if plan.get(name) is None:
            plan[name] = default
            assumed.append(f"{name} {str(default).lower()}")
    if plan["tensor"] == 1:
        plan["sequence_parallel"] = False  # a group of one has nothing to cut
    plan["schedule"] = software.defaults.schedule if plan["pipeline"] > 1 else None
    plan["expert_capacity"] = software.defaults.expert_capacity
    if row.axis == "finetune" and software.defaults.document_length:
        plan["document_length"] = software.defaults.document_length
        assumed.append(f"documents of {software.defaults.document_length} tokens")
    plan["offload"] = "activations" if plan.get("cpu_offload") else "none"
    if plan.get("lora"):
        if software.defaults.lora is None:
            raise NotSimulatedError(f"{software.name} does not say what its adapters are")
        plan["lora"] = software.defaults.lora.model_dump()
        assumed.append(f"lora rank {software.defaults.lora.rank}")
    else:
        plan["lora"] = None
    return plan, tuple(assumed)


def _refuse(row: PublishedRun) -> None:
    """Rows without what every simulation needs."""
    needed = ("tensor", "pipeline", "data", "global_batch")
    missing = [name for name in needed if row.plan.get(name) is None]
    if missing:
        raise NotSimulatedError(f"the source does not state {', '.join(missing)}")


def _ladder(resolved: Resolved) -> list[tuple[Recompute, float]]:
    """Recomputation and shares of the layers whose activations go to the host, in the order of trial."""
    steps: list[tuple[Recompute, float]] = [(level, 0.0) for level in LEVELS]
    rules, sharding = resolved.software.fully_sharded, resolved.scenario.parallelism.sharding
    if rules is not None and rules.offload and sharding == "parameters":
        steps[1:1] = [("none", eighth / 8.0) for eighth in range(1, 9)]
    return steps


def _with_recompute(resolved: Resolved, level: Recompute, offloaded: float = 0.0) -> Resolved:
    update: dict[str, object] = {"recompute": level}
    if offloaded:
        update |= {"offload": "activations", "offload_share": offloaded}
    training = resolved.scenario.training.model_copy(update=update)
    return replace(resolved, scenario=resolved.scenario.model_copy(update={"training": training}))


def _heavier(resolved: Resolved) -> Resolved | None:
    """The same with the next heavier recomputation; none for the heaviest."""
    place = LEVELS.index(resolved.scenario.training.recompute)
    return _with_recompute(resolved, LEVELS[place + 1]) if place + 1 < len(LEVELS) else None
