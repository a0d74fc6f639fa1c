"""Every address: the API under /v1, the pages beside it."""

from django.urls import include, path

urlpatterns = [
    path("v1/", include("emigrate.api.v1")),
    path("", include("emigrate.portals.urls")),
]
