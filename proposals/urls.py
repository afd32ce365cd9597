"""Public addresses of this app, under the language."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
