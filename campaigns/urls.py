"""Addresses of campaigns; each topic adds its own."""

from django.urls import path

from campaigns.views import (
    budget,
    detail,
    lifecycle,
    listing,
    message,
    message_edit,
    plan,
    releases,
    review,
    reviews,
    variants,
    versions,
)

app_name = "campaigns"

urlpatterns = [
    # plan and budget
    path("", listing.campaign_list, name="list"),
    path("new/", plan.campaign_create, name="create"),
    path("channel-row/", plan.channel_row, name="channel_row"),
    path("<int:pk>/", detail.campaign_page, name="detail"),
    path("<int:pk>/edit/", plan.campaign_edit, name="edit"),
    path("<int:pk>/panels/", detail.campaign_panels, name="panels"),
    path("<int:pk>/activity/", detail.activity, name="activity"),
    path("<int:pk>/budget/", budget.budget, name="budget"),
    path("<int:pk>/budget/propose/", budget.propose, name="budget_propose"),
    path("<int:pk>/budget/approve/", budget.approve, name="budget_approve"),
    path("<int:pk>/budget/reject/", budget.reject, name="budget_reject"),
    # message
    path("<int:pk>/message/", message.message, name="message"),
    path("<int:pk>/message/core/", message_edit.core_edit, name="core_edit"),
    path("<int:pk>/message/facts/new/", message_edit.fact_new, name="fact_new"),
    path("<int:pk>/message/facts/<int:fact_pk>/", message_edit.fact_edit, name="fact_edit"),
    path("<int:pk>/message/facts/<int:fact_pk>/delete/", message_edit.fact_delete, name="fact_delete"),
    path("<int:pk>/message/variants/new/", variants.variants_new, name="variants_new"),
    path("<int:pk>/message/variants/<int:variant_pk>/", variants.variant_edit, name="variant_edit"),
    path(
        "<int:pk>/message/variants/<int:variant_pk>/preview/",
        variants.variant_preview,
        name="variant_preview",
    ),
    path("<int:pk>/message/variants/<int:variant_pk>/confirm/", message.confirm, name="variant_confirm"),
    path(
        "<int:pk>/message/versions/<slug:kind>/<int:object_id>/",
        versions.message_versions,
        name="message_versions",
    ),
    # regional review
    path("<int:pk>/share/", reviews.share, name="share"),
    path("<int:pk>/reviews/", reviews.reviews, name="reviews"),
    path("reviews/", review.review_inbox, name="review_inbox"),
    path("reviews/<int:pk>/", review.review, name="review"),
    path("reviews/<int:pk>/verdict/", review.verdict, name="verdict"),
    path("reviews/<int:pk>/understood/", review.review_understood, name="review_understood"),
    path("reviews/<int:pk>/approve/", review.review_approve, name="review_approve"),
    path("reviews/<int:pk>/assign/", reviews.review_assign, name="review_assign"),
    # life: steps, approval, launch gate, releases
    path("<int:pk>/gate/", lifecycle.gate, name="gate"),
    path("<int:pk>/gate/share/", lifecycle.confirm_share, name="confirm_share"),
    path("<int:pk>/gate/<int:region_pk>/waive/", lifecycle.waive, name="waive"),
    path("<int:pk>/gate/<int:region_pk>/<slug:move>/", lifecycle.region_step, name="region_step"),
    path("<int:pk>/approve/", lifecycle.approve, name="approve"),
    path("<int:pk>/step/<slug:move>/", lifecycle.step, name="step"),
    path("<int:pk>/releases/", releases.releases, name="releases"),
    path("<int:pk>/releases/<int:number>/", releases.release, name="release"),
    path(
        "<int:pk>/releases/<int:old>/<int:new>/",
        releases.release_compare,
        name="release_compare",
    ),
]
