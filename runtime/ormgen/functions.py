"""The functions a query can compute: `from ormgen.functions import Count`."""

from ormgen.query.functions import Aggregate, Avg, Coalesce, Count, Function, Length, Lower, Max, Min, Sum, Trim, Upper

__all__ = ["Aggregate", "Avg", "Coalesce", "Count", "Function", "Length", "Lower", "Max", "Min", "Sum", "Trim", "Upper"]
