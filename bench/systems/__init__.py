"""The site and the yardsticks beside it."""

from .bare import Bare
from .direct import Direct
from .passthrough import PassThrough
from .product import Product
from .viewer import System, Viewer

__all__ = ["Bare", "Direct", "PassThrough", "Product", "System", "Viewer"]
