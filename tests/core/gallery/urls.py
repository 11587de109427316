from django.urls import path

from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from tests.core.gallery import views

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("gallery/", views.gallery, name="gallery"),
    path("saved/", views.saved, name="saved"),
    path("closed/", views.needs_sign_in, name="closed"),
    *urlpatterns,
]
