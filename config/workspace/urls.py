"""The home of the workspace."""

from django.urls import path

from config.workspace import views

urlpatterns = [path("", views.home, name="home")]
