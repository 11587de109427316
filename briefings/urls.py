"""Addresses of briefings: the campaign's tab, the author's pages, the reader's pages."""

from django.urls import path

from briefings.views import (
    asked,
    author,
    campaign,
    check,
    deliveries,
    publishing,
    reader,
    taking,
    templates,
    training,
)

app_name = "briefings"

urlpatterns = [
    # the tab of a campaign
    path("campaigns/<int:pk>/briefings/", campaign.tab, name="campaign"),
    path("campaigns/<int:pk>/briefings/draft/", author.draft, name="draft"),
    # authors
    path("briefings/<int:pk>/edit/", author.edit, name="edit"),
    path("briefings/<int:pk>/preview/", author.preview, name="preview"),
    path("briefings/<int:pk>/start/", taking.start, name="start"),
    path("briefings/<int:pk>/take/<slug:ref>/", taking.take, name="take"),
    path("briefings/<int:pk>/publish/", publishing.publish, name="publish"),
    path("briefings/<int:pk>/remind/", campaign.remind, name="remind"),
    path("briefings/<int:pk>/versions/", publishing.versions, name="versions"),
    path("briefings/<int:pk>/versions/<int:number>/", publishing.version, name="version"),
    path("briefings/<int:pk>/versions/<int:number>/deliveries/", deliveries.listing, name="deliveries"),
    path("briefings/deliveries/<int:pk>/decide/", deliveries.decide, name="decide"),
    path("briefings/templates/", templates.listing, name="templates"),
    path("briefings/templates/new/", templates.create, name="template_new"),
    path("briefings/templates/<int:pk>/edit/", templates.edit, name="template_edit"),
    path("briefings/templates/<int:pk>/delete/", templates.delete, name="template_delete"),
    # questions from the desk
    path("briefings/questions/", asked.listing, name="asked"),
    path("briefings/questions/<int:pk>/", asked.question, name="asked_question"),
    path("briefings/questions/<int:pk>/assign/", asked.assign, name="asked_assign"),
    # readers
    path("briefings/", reader.inbox, name="inbox"),
    path("briefings/<int:pk>/", reader.read, name="read"),
    path("briefings/<int:pk>/confirm/", reader.confirm, name="confirm"),
    path("briefings/<int:pk>/check/", check.answer, name="check"),
    path("briefings/<int:pk>/refresh/", training.refresh, name="refresh"),
    path("training/", training.mine, name="training"),
    path("teams/<int:pk>/training/", training.team, name="training_team"),
    path("teams/<int:pk>/training/rhythm/", training.rhythm, name="training_rhythm"),
    path("teams/<int:pk>/training/<slug:kind>/", training.export, name="training_export"),
    path("briefings/<int:pk>/team/", reader.team_status, name="team_status"),
]
