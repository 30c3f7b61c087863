from .deep.inner.models import Deep as Renamed
from .main import Line, Order
from .parts import *
