from .disks import disk

__all__ = ["disk"]
