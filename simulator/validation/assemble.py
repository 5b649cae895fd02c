"""From a published row to a resolved scenario; what the row leaves open is filled in here, and only here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import Any

from simulator.catalogue.catalogue import Catalogue, Entry
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
from simulator.validation.published import PublishedRun


class NotSimulatedError(Exception):
    """Why a row cannot be simulated."""


@dataclass(frozen=True)
class Assembled:
    """A row ready to be simulated, and what had to be assumed for it."""

    resolved: Resolved
    assumed: tuple[str, ...]


@dataclass
class Assembler:
    """Builds resolved scenarios from rows; parts are loaded once."""

    catalogue: Catalogue = field(default_factory=Catalogue)
    _entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    _origins: dict[tuple[str, str], dict[str, Provenance]] = field(default_factory=dict)

    def assemble(self, row: PublishedRun) -> Assembled:
        """Fill in a row.

        Raises
        ------
        NotSimulatedError
            If it exercises something that is not modelled, or names what the catalogue lacks.
        """
        software = self._software(str(row.plan["software"]))
        self._refuse(row)
        plan, assumed = fill_knobs(row, software.spec)
        entries = {
            "software": software,
            "collectives": self._entry("collectives", software.spec.collectives),
            "accelerator": self._entry("accelerator", row.hardware["accelerator"]),
            "model": self._model(row),
        }
        network, network_note = self._network(row)
        entries["network"] = network
        assumed += network_note
        resolved = self._resolved(row, plan, entries, plan["recompute"] or "none")
        if plan["recompute"] is None:
            resolved = self._lightest_that_fits(resolved)
            assumed += (f"recompute {resolved.scenario.training.recompute}",)
        return Assembled(resolved, assumed)

    def is_calibration(self, row: PublishedRun) -> bool:
        """Whether the row was used to fit a number of its software stack."""
        try:
            return row.id in self._software(str(row.plan["software"])).spec.calibration
        except NotSimulatedError:
            return False

    def _entry(self, kind: str, name: str) -> Entry:
        if (kind, name) not in self._entries:
            try:
                self._entries[kind, name] = self.catalogue.load(kind, name)
            except SpecError as error:
                raise NotSimulatedError(error.problems[0].message) from error
        return self._entries[kind, name]

    def _software(self, text: str) -> Entry:
        """The stack whose `matches` has the longest pattern that fits the row's free text."""
        found: list[tuple[int, str]] = []
        for name in self.catalogue.ids("software"):
            patterns = self._entry("software", name).spec.matches
            found += [(len(p), name) for p in patterns if fnmatch(text, p)]
        if not found:
            raise NotSimulatedError(f"no software stack matches `{text}`")
        return self._entry("software", max(found)[1])

    @staticmethod
    def _refuse(row: PublishedRun) -> None:
        """What is not modelled yet, said one by one."""
        plan, dimensions = row.plan, row.dimensions or {}
        degrees = ("context", "expert", "expert_tensor")
        beyond = [f"{name} {plan[name]}" for name in degrees if (plan.get(name) or 1) > 1]
        beyond += [name for name in ("cpu_offload", "lora") if plan.get(name)]
        if plan.get("sharding") not in (None, "none", "optimizer"):
            beyond.append(f"sharding {plan['sharding']}")
        if plan.get("precision") not in ("bf16", "fp16"):
            beyond.append(f"precision {plan['precision']}")
        beyond += [name for name in ("moe", "mla", "window") if dimensions.get(name)]
        if beyond:
            raise NotSimulatedError(f"not modelled yet: {', '.join(beyond)}")
        missing = [
            name
            for name in ("tensor", "pipeline", "data", "micro_batch", "global_batch")
            if plan.get(name) is None
        ]
        if missing:
            raise NotSimulatedError(f"the source does not state {', '.join(missing)}")

    def _model(self, row: PublishedRun) -> Entry:
        """The catalogue's model of that id, else one made from the dimensions beside the rows."""
        if row.model in self.catalogue.ids("model"):
            return self._entry("model", row.model)
        d = row.dimensions
        if d is None:
            raise NotSimulatedError(f"no dimensions of model `{row.model}`")
        if d.get("kind", "decoder") != "decoder":
            raise NotSimulatedError(f"not modelled yet: {d['kind']} models")
        data = {
            "format": 1,
            "kind": "model",
            "name": row.model,
            "sources": {"rows": f"models.yaml beside {row.file}"},
            "status": "datasheet",
            **{
                key: d[key]
                for key in ("layers", "hidden", "heads", "kv_heads", "head_dim", "ffn_hidden", "vocab")
            },
            "gated": d["gated"],
            "tied_embeddings": d["tied_embeddings"],
            "position": "rotary" if d["gated"] else "learned",
            "norm": "rms_norm" if d["gated"] else "layer_norm",
            "biases": not d["gated"],
            "parameters": d["params_total"],
        }
        document = Document(Source(row.file), data)
        return Entry("model", row.model, document, validate(document, Model))

    def _network(self, row: PublishedRun) -> tuple[Entry, tuple[str, ...]]:
        """The named fabric; the usual one of a system with that accelerator where a row names none."""
        name = str(row.hardware["network"])
        if name not in ("none", "unknown"):
            return self._entry("network", name), ()
        for system in self.catalogue.ids("system"):
            spec = self._entry("system", system).spec
            if spec.accelerator == row.hardware["accelerator"]:
                note = (f"network {spec.network}",) if name == "unknown" else ()
                return self._entry("network", spec.network), note
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
            "parallelism": {
                key: plan[key]
                for key in ("tensor", "sequence_parallel", "pipeline", "virtual_stages", "data", "sharding")
            },
            "training": {
                "tokens": f"{plan['global_batch'] * row.sequence} tokens",
                "sequence_length": row.sequence,
                "global_batch": plan["global_batch"],
                "micro_batch": plan["micro_batch"],
                "precision": plan["precision"],
                "recompute": recompute,
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
        """The row with the lightest recomputation that fits in memory; the heaviest if none does."""
        training = resolved.scenario.training
        levels: tuple[Recompute, ...] = ("none", "selective", "full")
        candidate = resolved
        for level in levels:
            changed = training.model_copy(update={"recompute": level})
            candidate = replace(resolved, scenario=resolved.scenario.model_copy(update={"training": changed}))
            try:
                plan = make_plan(candidate)
            except SpecError as error:
                raise NotSimulatedError(error.problems[0].message) from error
            if fullest_stage(plan, make_shard(candidate), level, bind(candidate)).fits:
                break
        return candidate


def fill_knobs(row: PublishedRun, software: Software) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The plan of a row with the stack's documented defaults where the source is silent.

    Returns
    -------
    dict
        The plan; `recompute` stays open, since the lightest that fits is found by memory.
    tuple of str
        What was assumed.
    """
    plan, assumed = dict(row.plan), []
    defaults: dict[str, Any] = {
        "sharding": software.defaults.sharding,
        "sequence_parallel": software.defaults.sequence_parallel and plan["tensor"] != 1,
        "virtual_stages": 1,
    }
    for name, default in defaults.items():
        if plan.get(name) is None:
            plan[name] = default
            assumed.append(f"{name} {str(default).lower()}")
    if plan["tensor"] == 1:
        plan["sequence_parallel"] = False  # a group of one has nothing to cut
    return plan, tuple(assumed)
