"""Addresses of strategies, decisions and themes, which stand beside the campaigns."""

from django.urls import include, path

from campaigns.views import decisions, strategy, themes

STRATEGY = [
    path("", strategy.strategy_list, name="list"),
    path("new/", strategy.strategy_create, name="create"),
    path("<int:pk>/", strategy.strategy_page, name="detail"),
    path("<int:pk>/strategy.pdf", strategy.strategy_pdf, name="pdf"),
    path("<int:pk>/edit/<slug:part>/", strategy.strategy_edit, name="edit"),
    path("<int:pk>/<slug:kind>/new/", strategy.strategy_part, name="part"),
    path("<int:pk>/<slug:kind>/<int:part_pk>/", strategy.strategy_part, name="part"),
    path("<int:pk>/<slug:kind>/<int:part_pk>/remove/", strategy.strategy_remove, name="remove"),
]
DECISIONS = [
    path("", decisions.decision_log, name="list"),
    path("new/", decisions.decision_create, name="create"),
    path("<int:pk>/", decisions.decision_page, name="detail"),
    path("<int:pk>/edit/", decisions.decision_edit, name="edit"),
    path("<int:pk>/answer/", decisions.decision_answer, name="answer"),
    path("<int:pk>/<slug:step>/", decisions.decision_step, name="step"),
]
THEMES = [
    path("", themes.board, name="board"),
    path("new/", themes.theme_create, name="create"),
    path("<int:pk>/", themes.theme_page, name="detail"),
    path("<int:pk>/edit/", themes.theme_edit, name="edit"),
    path("<int:pk>/vote/", themes.theme_vote, name="vote"),
    path("<int:pk>/move/", themes.theme_move, name="move"),
]
urlpatterns = [
    path("strategy/", include((STRATEGY, "strategy"))),
    path("decisions/", include((DECISIONS, "decisions"))),
    path("themes/", include((THEMES, "themes"))),
]
