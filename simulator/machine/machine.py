"""Hardware with a software stack on it: cost models with their parameters bound."""

from dataclasses import dataclass, replace
from functools import cached_property

from simulator.cost.attention import FusedAttention
from simulator.cost.gemm import Gemm
from simulator.cost.streaming import Streaming
from simulator.machine.kernels import bind_attention, bind_gemm, kernels_of
from simulator.machine.links import Links
from simulator.spec.accelerator import GemmFormat, Kernels
from simulator.spec.precision import BasePrecision, LowPrecision
from simulator.spec.software import Software


@dataclass(frozen=True)
class Machine(Links):
    """Answers how long a kernel takes and what a collective sends.

    Attributes
    ----------
    software : Software
        The software stack.
    precision : str
        Number format of what is not computed below 16 bits.
    number : str or None
        Format of the matrix products of the layers, where it is below 16 bits.
    """

    software: Software
    precision: BasePrecision
    number: LowPrecision | None = None

    @property
    def kernels(self) -> Kernels:
        """Kernel parameters of the accelerator."""
        return kernels_of(self.accelerator)

    @property
    def sustained(self) -> float:
        """Rate kept in training over the rate of the kernel measurements [1]."""
        return self.kernels.sustained * self.software.sustained

    @property
    def _products(self) -> float:
        """Rate that matrix products keep, with libraries that may still be new to the accelerator [1]."""
        return self.sustained * self.software.maturity.get(self.accelerator.family, 1.0)

    @cached_property
    def gemm(self) -> Gemm:
        """Matrix products in 16 bits, at the rate that training sustains."""
        return bind_gemm(self.accelerator, self.precision, self._products)

    @cached_property
    def low_gemm(self) -> dict[GemmFormat, Gemm]:
        """Matrix products below 16 bits, by format, whose inputs are in the format already."""
        recipe = self.software.recipes.get(self.number) if self.number else None
        if recipe is None:
            return {}
        return {
            number: replace(
                bind_gemm(self.accelerator, number, self._products), cast=0.0, launch=self.gemm.launch
            )
            for number in dict.fromkeys((recipe.gemm, recipe.weight_gradient))
        }

    def product_seconds(
        self,
        m: float,
        n: float,
        k: float,
        batch: float = 1.0,
        number: GemmFormat | None = None,
        output: float = 2.0,
        launches: int = 1,
    ) -> float:
        """Time of a matrix product whose batch is spread over some launches [s]."""
        gemm = self.low_gemm[number] if number and number != self.precision else self.gemm
        if output != gemm.output:
            gemm = replace(gemm, output=output)
        return launches * float(gemm.seconds(m, n, k, batch / launches))

    @property
    def bandwidth(self) -> float:
        """Achieved memory bandwidth [B/s]."""
        return self.accelerator.memory.bandwidth * self.kernels.memory_efficiency

    @cached_property
    def streaming(self) -> Streaming:
        """Memory-bound operators."""
        return Streaming(self.bandwidth, self.kernels.launch)

    @cached_property
    def attention(self) -> FusedAttention:
        """The fused attention kernel of the software stack, at the rate that training sustains."""
        recipe = self.software.recipes.get(self.number) if self.number else None
        name = recipe.attention if recipe and recipe.attention else self.software.attention
        if name not in self.kernels.attention and self.software.attention_elsewhere:
            name = self.software.attention_elsewhere
        return bind_attention(self.accelerator, name, self.sustained)
