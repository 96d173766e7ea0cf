"""The service over the small world of the resolvers' tests, for the HTTP door's own."""

from tests.integration.resolvers.conftest import door, service, world_folder

__all__ = ["door", "service", "world_folder"]
