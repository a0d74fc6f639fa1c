"""Every address: the API under /v1, partners' news under /callbacks, the pages beside them."""

from django.urls import include, path

urlpatterns = [
    path("v1/", include("emigrate.api.v1")),
    path("callbacks/", include("emigrate.api.callbacks")),
    path("", include("emigrate.portals.urls")),
]
