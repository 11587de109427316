"""Addresses of campaigns; each topic adds its own."""

from django.urls import path

from campaigns.views import review, reviews

app_name = "campaigns"

urlpatterns = [
    # regional review
    path("<int:pk>/share/", reviews.share, name="share"),
    path("<int:pk>/reviews/", reviews.reviews, name="reviews"),
    path("reviews/", review.review_inbox, name="review_inbox"),
    path("reviews/<int:pk>/", review.review, name="review"),
    path("reviews/<int:pk>/verdict/", review.verdict, name="verdict"),
    path("reviews/<int:pk>/understood/", review.review_understood, name="review_understood"),
    path("reviews/<int:pk>/approve/", review.review_approve, name="review_approve"),
    path("reviews/<int:pk>/assign/", reviews.review_assign, name="review_assign"),
]
