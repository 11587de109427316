"""Addresses of campaigns; each topic adds its own."""

from django.urls import path

from campaigns.views import (
    budget,
    copies,
    decisions,
    detail,
    lifecycle,
    listing,
    message,
    message_edit,
    money_files,
    plan,
    plan_files,
    releases,
    review,
    reviews,
    scenarios,
    spending,
    stages,
    variants,
    versions,
)

app_name = "campaigns"

urlpatterns = [
    # plan and budget
    path("", listing.campaign_list, name="list"),
    path("new/", plan.campaign_create, name="create"),
    path("export.<slug:kind>", plan_files.plan_export, name="plan_export"),
    path("import/", plan_files.plan_import, name="plan_import"),
    path("import/<int:import_pk>/", plan_files.plan_preview, name="plan_preview"),
    path("import/<int:import_pk>/columns/", plan_files.plan_columns, name="plan_columns"),
    path("templates/", copies.templates, name="templates"),
    path("templates/<int:template_pk>/use/", copies.from_template, name="from_template"),
    path("templates/<int:template_pk>/drop/", copies.template_drop, name="template_drop"),
    path("<int:pk>/stages/", stages.stages, name="stages"),
    path("<int:pk>/stages/<int:stage_pk>/", stages.stage_decide, name="stage_decide"),
    path("<int:pk>/copy/", copies.copy, name="copy"),
    path("<int:pk>/template/", copies.template_keep, name="template_keep"),
    path("<int:pk>/facts-checked/", copies.fact_checked, name="fact_checked"),
    path("channel-row/", plan.channel_row, name="channel_row"),
    path("<int:pk>/", detail.campaign_page, name="detail"),
    path("<int:pk>/edit/", plan.campaign_edit, name="edit"),
    path("<int:pk>/panels/", detail.campaign_panels, name="panels"),
    path("<int:pk>/activity/", detail.activity, name="activity"),
    path("<int:pk>/budget/", budget.budget, name="budget"),
    path("<int:pk>/budget/propose/", budget.propose, name="budget_propose"),
    path("<int:pk>/budget/approve/", budget.approve, name="budget_approve"),
    path("<int:pk>/budget/reject/", budget.reject, name="budget_reject"),
    path("<int:pk>/budget/counter/", budget.counter, name="budget_counter"),
    path("<int:pk>/budget/accept/", budget.accept, name="budget_accept"),
    path("<int:pk>/budget/move/", budget.budget_move, name="budget_move"),
    # money promised and paid, its history, scenarios
    path("<int:pk>/budget/spending/", spending.spending, name="spending"),
    path("<int:pk>/budget/commitments/new/", spending.commitment_new, name="commitment_new"),
    path(
        "<int:pk>/budget/commitments/<int:cost_pk>/", spending.commitment_correct, name="commitment_correct"
    ),
    path(
        "<int:pk>/budget/commitments/<int:cost_pk>/close/", spending.commitment_close, name="commitment_close"
    ),
    path("<int:pk>/budget/expenses/new/", spending.expense_new, name="expense_new"),
    path("<int:pk>/budget/expenses/<int:cost_pk>/", spending.expense_correct, name="expense_correct"),
    path("<int:pk>/budget/expenses/<int:cost_pk>/reverse/", spending.expense_reverse, name="expense_reverse"),
    path("<int:pk>/budget/history/", money_files.history, name="budget_history"),
    path("<int:pk>/budget/import/<slug:kind>/", money_files.money_import, name="money_import"),
    path(
        "<int:pk>/budget/import/<slug:kind>/<int:import_pk>/",
        money_files.money_import_preview,
        name="money_import_preview",
    ),
    path("<int:pk>/budget/export/<slug:what>.<slug:kind>", money_files.money_export, name="money_export"),
    path("<int:pk>/budget/scenarios/", scenarios.scenarios, name="scenarios"),
    path("<int:pk>/budget/scenarios/new/", scenarios.scenario_new, name="scenario_new"),
    path("<int:pk>/budget/scenarios/<int:scenario_pk>/", scenarios.scenario_edit, name="scenario_edit"),
    path(
        "<int:pk>/budget/scenarios/<int:scenario_pk>/choose/",
        scenarios.scenario_choose,
        name="scenario_choose",
    ),
    path("<int:pk>/budget/scenarios/<int:scenario_pk>/drop/", scenarios.scenario_drop, name="scenario_drop"),
    path("<int:pk>/decisions/", decisions.campaign_decisions, name="decisions"),
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
