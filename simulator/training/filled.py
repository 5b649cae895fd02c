"""What a plan leaves out, filled in from the cluster and the software."""

from simulator.catalogue.resolved import Resolved
from simulator.spec.training import ContextMethod, Schedule


def replicas(resolved: Resolved) -> int:
    """Data-parallel replicas; what the cluster allows if left out [1]."""
    parallel = resolved.scenario.parallelism
    ranks = parallel.tensor * parallel.pipeline * parallel.context
    return parallel.data or resolved.scenario.cluster.count // ranks


def schedule(resolved: Resolved) -> Schedule:
    """Order of the micro-batches; by the virtual stages if left out."""
    parallel = resolved.scenario.parallelism
    return parallel.schedule or ("interleaved" if parallel.virtual_stages > 1 else "1f1b")


def context_method(resolved: Resolved) -> ContextMethod:
    """How attention sees the whole sequence; as the software does it if left out."""
    return resolved.scenario.parallelism.context_method or resolved.software.defaults.context_method


def decoder_and_encoder_layers(resolved: Resolved) -> int:
    """Layers that a pipeline divides [1]."""
    model = resolved.model
    return model.layers + (model.encoder.layers if model.encoder else 0)
